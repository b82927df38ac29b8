"""Digits of another collection than MNIST, cut out and centred as MNIST's are: to measure on."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mnist_model.contract import NUM_CLASSES, DatasetError
from mnist_model.dataset import Split
from mnist_model.preprocessing import prepare


def load_other_digits(path: Path) -> Split:
    """The digits of a `.npz` file, ready for a network.

    Args:
        path: a file of NumPy's with the arrays `images`, (n, height, width) uint8, one digit each,
            and `labels`, (n,) whole numbers from 0 to 9.

    Raises:
        DatasetError: the file can't be read or holds other arrays.
        NoDigitFound: a picture has no ink.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
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
    return Split(np.stack([prepare(image) for image in images]), labels.astype(np.uint8))


_EXPECTED = (
    "expected images, (n, height, width) uint8, and labels, (n,) from 0 to 9, in a file of "
    "numpy.savez. Save the collection so."
)
