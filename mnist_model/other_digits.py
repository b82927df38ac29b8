"""Digits of another collection than MNIST, cut out and centred as MNIST's are: to measure on."""

import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mnist_model.contract import NUM_CLASSES, DatasetError, Image, NoDigitFound
from mnist_model.dataset import Split
from mnist_model.preprocessing import prepare


def load_other_digits(path: Path) -> Split:
    """The digits of a `.npz` file, ready for a network.

    Args:
        path: a file of NumPy's with the arrays `images`, (n, height, width) uint8, one digit each,
            and `labels`, (n,) whole numbers from 0 to 9.

    Raises:
        DatasetError: the file can't be read, holds other arrays, or a picture has no ink.
    """
    try:
        # Opened here, since NumPy leaves a file open that it can't unpack.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    # NumPy takes a file of one array for what it is, and raises what its parts lead it to.
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise DatasetError(f"{path} can't be read ({error}); {_EXPECTED}") from error
    if (
        (images.ndim, images.dtype) != (3, np.uint8)
        or labels.shape != images.shape[:1]
        or not np.isin(labels, range(NUM_CLASSES)).all()
        or not len(labels)
    ):
        raise DatasetError(
            f"{path} holds images {images.shape} {images.dtype} and labels {labels.shape} "
            f"{labels.dtype}; {_EXPECTED}"
        )
    prepared: list[Image] = []
    for image in images:
        try:
            prepared.append(prepare(image))
        except NoDigitFound as error:
            raise DatasetError(
                f"Picture {len(prepared)} of {path}, counted from 0, has no ink. "
                "Leave it out, and its label."
            ) from error
    return Split(np.stack(prepared), labels.astype(np.uint8))


_EXPECTED = (
    "expected images, (n, height, width) uint8, and labels, (n,) from 0 to 9, in a file of "
    "numpy.savez. Save the collection so."
)
