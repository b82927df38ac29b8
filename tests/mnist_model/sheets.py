"""Sheets of paper with MNIST's test digits on them, as a camera sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw

from mnist_model.contract import Box
from mnist_model.dataset import Split, load_test_split
from tests.bot.pictures import encoded

DIGIT_SIDE = 96
"""Side of an enlarged digit with its margin, in pixels."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sheet:
    """A picture of a sheet, and where its digits stand, row by row."""

    grey: Grey
    boxes: tuple[Box, ...]

    def photo(self, picture_format: str = "PNG") -> bytes:
        return encoded(PillowImage.fromarray(self.grey), picture_format)


@cache
def mnist() -> Split:
    return load_test_split()


def written(digit: int, *, which: int = 1, side: int = DIGIT_SIDE) -> npt.NDArray[np.float32]:
    """(side, side) float32 in [0, 1], 1 is ink: MNIST's test digit of that value, enlarged.

    Not the first ones: among them is a five that most people would take for a six.
    """
    split = mnist()
    image = split.images[np.flatnonzero(split.labels == digit)[which]]
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def sheet(
    *rows: str,
    paper: float = 225,
    ink: float = 40,
    side: int = DIGIT_SIDE,
    light: float = 0.0,
    noise: float = 0.0,
) -> Sheet:
    """Rows of digits: sheet("12", "345").

    Args:
        light: how much brighter the right edge is lit than the left one, as a share.
        noise: standard deviation of the camera's noise, in grey values.
    """
    height, width = (2 * len(rows) + 1) * side, (max(map(len, rows), default=0) + 2) * side
    amount = np.zeros((height, width), np.float32)
    boxes = []
    for row, digits in enumerate(rows):
        for column, digit in enumerate(digits):
            top, left = (2 * row + 1) * side, (column + 1) * side
            image = written(int(digit), side=side)
            amount[top : top + side, left : left + side] = image
            down, right = np.nonzero(image >= 0.5)
            x, y = left + int(right.min()), top + int(down.min())
            boxes.append(Box(x, y, int(np.ptp(right)) + 1, int(np.ptp(down)) + 1))
    grey = paper + amount * (ink - paper)
    grey *= np.linspace(1 - light / 2, 1 + light / 2, width, dtype=np.float32)
    grey += np.random.default_rng(1).normal(0, noise, grey.shape)
    return Sheet(grey.clip(0, 255).astype(np.uint8), tuple(boxes))


def write_on(page: Grey, digits: Iterable[int], top: int, left: int, side: int) -> None:
    """Writes digits beside each other on a sheet, in place."""
    for digit in digits:
        part = page[top : top + side, left : left + side]
        np.minimum(part, (225 - 185 * written(digit, side=side)).astype(np.uint8), out=part)
        left += side


def patterned(page: Sheet) -> Sheet:
    """The sheet with grey waves printed all over it, crossing each other."""
    height, width = page.grey.shape
    pattern = PillowImage.new("L", (width, height), 255)
    draw = ImageDraw.Draw(pattern)
    x = np.arange(-20, width + 20, 4)
    for start in range(-40, height + 40, 22):
        for bend in (16, -16):
            y = start + bend * np.sin(x / 30)
            draw.line(np.column_stack([x, y]).ravel().tolist(), fill=130, width=4)
    return Sheet(np.minimum(page.grey, np.asarray(pattern)), page.boxes)
