"""Reads the files of pictures beside MNIST's that training learns from, if they are whole."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_model.contract import NUM_CLASSES, DatasetError, Image
from mnist_model.model_card import sha256_of

DATA = Path(__file__).parent.parent / "data"

Pictures = npt.NDArray[np.uint8]


def arrays_of(path: Path, sha256: str) -> dict[str, Pictures]:
    """The arrays of a file by name.

    Args:
        path: an .npz file of arrays of uint8.
        sha256: its checksum, if it is as it was committed.

    Raises:
        DatasetError: it is missing, can't be read or has another checksum.
    """
    restore = f"Restore it with `git checkout data/{path.parent.name}`."
    try:
        checksum = sha256_of(path)
    except OSError as error:
        raise DatasetError(f"{path} can't be read ({error.strerror}). {restore}") from error
    if checksum != sha256:
        raise DatasetError(
            f"{path} is damaged: its SHA-256 is {checksum}, expected {sha256}. {restore}"
        )
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def by_digit(arrays: dict[str, Pictures]) -> tuple[Pictures, ...]:
    """The pictures of each digit from 0 on, of a file with `images` and `labels`."""
    return tuple(arrays["images"][arrays["labels"] == digit] for digit in range(NUM_CLASSES))


def one_of(pictures: Pictures, rng: np.random.Generator) -> Image:
    """A picture by chance: float32 in [0, 1]."""
    return pictures[rng.integers(len(pictures))].astype(np.float32) / np.float32(255)
