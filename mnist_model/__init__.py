"""Reads handwritten digits from pictures: bytes in, a Reading out; knows nothing of Telegram."""

from mnist_model.classifier import DEFAULT_MODEL_PATH
from mnist_model.contract import (
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
from mnist_model.drawing import draw_reading
from mnist_model.model_card import Accuracy, ModelCard
from mnist_model.opening import MAX_PHOTO_BYTES
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
    "draw_reading",
    "load_reader",
]
