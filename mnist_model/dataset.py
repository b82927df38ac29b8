"""MNIST: 70,000 handwritten digits, read from its four original files.

Y. LeCun and C. Cortes, licence CC BY-SA 3.0. The digits of the training and of the test files come
from different writers.
"""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, DatasetError, Image

Labels = npt.NDArray[np.uint8]
"""(n,) true digits, 0 to 9; in what is trained on, NO_DIGIT and SEVERAL as well."""

DEFAULT_FOLDER = Path(__file__).parent.parent / "data" / "mnist"

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""File name → checksum of the unpacked file."""

NUM_VALIDATION = 5_000
"""The last digits of the training file, held out to choose by: the same ones for every seed."""


@dataclass(frozen=True, slots=True)
class Split:
    """Digits with their labels."""

    images: Image  # (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink
    labels: Labels


@dataclass(frozen=True, slots=True)
class Dataset:
    """All of MNIST."""

    train: Split  # 55,000 digits to learn from
    validation: Split  # 5,000 digits to choose by
    test: Split  # 10,000 digits to look at once, at the end


def load_mnist(folder: Path = DEFAULT_FOLDER) -> Dataset:
    """Read MNIST's four files, each as `NAME.gz` or unpacked as `NAME`, and check them.

    Raises:
        DatasetError: a file is missing, can't be read, or has another checksum.
    """
    images = _load_images(folder, "train-images-idx3-ubyte")
    labels = _load_labels(folder, "train-labels-idx1-ubyte")
    return Dataset(
        train=Split(images[:-NUM_VALIDATION], labels[:-NUM_VALIDATION]),
        validation=Split(images[-NUM_VALIDATION:], labels[-NUM_VALIDATION:]),
        test=load_test_split(folder),
    )


def load_test_split(folder: Path = DEFAULT_FOLDER) -> Split:
    """MNIST's 10,000 test digits alone; see `load_mnist`."""
    return Split(
        images=_load_images(folder, "t10k-images-idx3-ubyte"),
        labels=_load_labels(folder, "t10k-labels-idx1-ubyte"),
    )


# The IDX format: a magic number and one size per axis, 4 bytes each, then one byte per element.
# The checksum has vouched for the header already.
def _load_images(folder: Path, name: str) -> Image:
    pixels = np.frombuffer(_unpacked(folder, name), np.uint8, offset=16)
    return pixels.reshape(-1, IMAGE_SIZE, IMAGE_SIZE).astype(np.float32) / np.float32(255)


def _load_labels(folder: Path, name: str) -> Labels:
    return np.frombuffer(_unpacked(folder, name), np.uint8, offset=8)


def _unpacked(folder: Path, name: str) -> bytes:
    path = folder / f"{name}.gz"
    if not path.exists():
        path = folder / name
    content = _read(path)
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != SHA256[name]:
        raise DatasetError(
            f"The MNIST file {path} is damaged: its {len(content)} unpacked bytes have SHA-256 "
            f"{checksum}, expected {SHA256[name]}. {_RESTORE}"
        )
    return content


def _read(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except FileNotFoundError as error:
        raise DatasetError(
            f"The MNIST file {path.name} is missing in {path.parent}, and so is {path.name}.gz. "
            f"{_RESTORE}"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"The MNIST file {path} can't be read ({type(error).__name__}: {error}). {_RESTORE}"
        ) from error


_RESTORE = (
    "Restore it with `git checkout data/mnist`, or name a folder that has MNIST's four original "
    "files with --data."
)
