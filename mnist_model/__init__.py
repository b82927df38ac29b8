"""Reads handwritten digits from pictures: bytes in, a Reading out; knows nothing of Telegram.

What computes on pixels is imported when it is first used: the bot's own process hands photos to
others, and needs the records and the errors alone.
"""

import importlib
import typing

from mnist_model.contract import (
    MAX_PHOTO_BYTES,
    UNSURE_BELOW,
    Box,
    DamagedPhoto,
    DatasetError,
    Digit,
    EmptyPhoto,
    ModelFileError,
    NotAPhoto,
    PhotoError,
    PhotoTooLarge,
    ReaderError,
    Reading,
)
from mnist_model.model_card import DEFAULT_MODEL_PATH, Accuracy, ModelCard

if typing.TYPE_CHECKING:
    from mnist_model.backend import compute_on_one_thread
    from mnist_model.drawing import draw_reading
    from mnist_model.reader import DigitReader, load_reader

__all__ = [
    "DEFAULT_MODEL_PATH",
    "MAX_PHOTO_BYTES",
    "UNSURE_BELOW",
    "Accuracy",
    "Box",
    "DamagedPhoto",
    "DatasetError",
    "Digit",
    "DigitReader",
    "EmptyPhoto",
    "ModelCard",
    "ModelFileError",
    "NotAPhoto",
    "PhotoError",
    "PhotoTooLarge",
    "ReaderError",
    "Reading",
    "compute_on_one_thread",
    "draw_reading",
    "load_reader",
]

_ON_PIXELS = {
    "DigitReader": "mnist_model.reader",
    "compute_on_one_thread": "mnist_model.backend",
    "draw_reading": "mnist_model.drawing",
    "load_reader": "mnist_model.reader",
}


def __getattr__(name: str) -> typing.Any:
    if name not in _ON_PIXELS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ON_PIXELS[name]), name)
