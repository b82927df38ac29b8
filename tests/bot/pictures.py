"""Pictures that people send, made of MNIST's test digits, and some that nobody should."""

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from mnist_model.dataset import Split, load_test_split

DIGIT_SIDE = 96  # pixels
PAPER, INK = 235.0, 30.0  # grey values


@cache
def mnist() -> Split:
    return load_test_split()


@cache
def photo(*rows: str, hand: int = 1, picture_format: str = "JPEG") -> bytes:
    """A sheet of paper with rows of handwritten digits, all in one hand: photo("12", "345")."""
    longest = max(map(len, rows))
    ink = np.zeros(((2 * len(rows) + 1) * DIGIT_SIDE, (longest + 2) * DIGIT_SIDE), np.float32)
    for row, digits in enumerate(rows):
        for column, digit in enumerate(digits):
            top, left = (2 * row + 1) * DIGIT_SIDE, (column + 1) * DIGIT_SIDE
            ink[top : top + DIGIT_SIDE, left : left + DIGIT_SIDE] = _written(int(digit), hand)
    grey = PAPER + ink * (INK - PAPER)
    return encoded(Image.fromarray(grey.astype(np.uint8)).convert("RGB"), picture_format)


def _written(digit: int, hand: int) -> np.ndarray:
    """(DIGIT_SIDE, DIGIT_SIDE) float32 in [0, 1]; 1 is full ink.

    Hand 1 is plain; hand 0 holds a five that passes for a six.
    """
    split = mnist()
    image = split.images[np.flatnonzero(split.labels == digit)[hand]]
    enlarged = Image.fromarray(image).resize((DIGIT_SIDE, DIGIT_SIDE), Image.Resampling.BICUBIC)
    return np.asarray(enlarged, np.float32).clip(0, 1)


def turned(photo: bytes, degrees: int) -> bytes:
    """The photo turned clockwise by a multiple of 90 degrees."""
    return encoded(Image.open(io.BytesIO(photo)).rotate(-degrees, expand=True), "JPEG")


def blank(grey: int, side: int = 400, picture_format: str = "PNG") -> bytes:
    """A square of one grey value."""
    return encoded(Image.new("RGB", (side, side), (grey, grey, grey)), picture_format)


def encoded(picture: Image.Image, picture_format: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, picture_format)
    return written.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """A PNG of a few kilobytes that unfolds to side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    one_bit_grey = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", one_bit_grey)
        + chunk(b"IDAT", zlib.compress(bytes(side * (side // 8 + 1)), 9))
        + chunk(b"IEND", b"")
    )
