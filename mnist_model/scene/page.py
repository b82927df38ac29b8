"""Digits of MNIST written on a page, in one row or several, with the digits known exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.dataset import Split
from mnist_model.scene.texture import clouds

MNIST_HEIGHT = 20
"""The longest side of MNIST's digits, in MNIST's pixels."""

BORDER = 2
"""Room for the soft edge of a digit's ink, in MNIST's pixels."""

SIZES = ((640, 480), (960, 720), (1280, 960), (1280, 720), (480, 640), (960, 1280))
"""Widths and heights of the photos, in pixels."""

MARGIN = 0.12
"""Writing keeps at least this share of the page's sides away from its edges, so that a tilted
photo still shows all of it."""

TALLEST = 0.6
"""Digits are at most this share of the page high ..."""

SHORTEST = 0.1
"""... and alone at least this share."""

WHITE_PAPER = (0.87, 0.865, 0.85)
BLACK_INK = (0.13, 0.13, 0.15)

EDGE = 1.5
"""Ink turns to paper within about so many pixels, as sharply as a camera draws it."""

Colour = tuple[float, float, float]
"""Red, green and blue in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet with writing, before it is photographed."""

    ink: Image  # (height, width) float32 in [0, 1]: 0 is bare paper, 1 is full ink
    paper: Image  # (height, width, 3) float32 in [0, 1]: what colour the bare paper is
    pen: Colour  # of full ink
    digit_height: float  # pixels
    rows: tuple[str, ...]  # the digits that stand there: ("12", "345")

    @property
    def text(self) -> str:
        """What an exact reading says: the rows joined by "/"."""
        return "/".join(self.rows)


def write_page(digits: Split, row_lengths: Sequence[int], rng: np.random.Generator) -> Page:
    """A white page with digits in black ink: how large, where and how far apart, chance says.

    Args:
        digits: those to write, in reading order.
        row_lengths: how many of them stand in each row; together all of them.
    """
    width, height = SIZES[rng.integers(len(SIZES))]
    ends = list(accumulate(row_lengths))
    parts = [slice(end - length, end) for end, length in zip(ends, row_lengths, strict=True)]
    rows = [_row(digits.images[part], rng) for part in parts]
    leading = rng.uniform(26, 40)
    # All writing, in MNIST's pixels; no digit is lower or taller than its row by a tenth.
    block = max(row.width for row in rows), leading * (len(rows) - 1) + 1.2 * MNIST_HEIGHT
    room = (1 - 2 * MARGIN) * width, (1 - 2 * MARGIN) * height
    largest = min(room[0] / block[0], room[1] / block[1], TALLEST * height / MNIST_HEIGHT)
    smallest = max(0.5 * largest, SHORTEST * height / MNIST_HEIGHT)
    zoom = rng.uniform(min(smallest, largest), largest)
    left = MARGIN * width + rng.uniform(0, 1) * (room[0] - block[0] * zoom)
    foot = MARGIN * height + rng.uniform(0, 1) * (room[1] - block[1] * zoom)
    ink = np.zeros((height, width), np.float32)
    for row in rows:
        foot += 1.1 * MNIST_HEIGHT * zoom if row is rows[0] else leading * zoom
        _write_row(ink, row, (left, foot), zoom)
    ink *= (0.95 + 0.04 * clouds(ink.shape, 3, rng)).clip(0, 1)  # no pen inks evenly
    return Page(
        ink,
        sheet_of(WHITE_PAPER, (height, width), rng),
        BLACK_INK,
        MNIST_HEIGHT * zoom,
        tuple("".join(map(str, digits.labels[part])) for part in parts),
    )


def sheet_of(
    colour: Colour, shape: tuple[int, int], rng: np.random.Generator, *, fibres: float = 0.006
) -> Image:
    """Paper of one colour: (height, width, 3) float32, a little uneven as all paper is.

    Args:
        fibres: the standard deviation of its brightness.
    """
    fine, coarse = clouds(shape, 2, rng), clouds(shape, max(shape) / 3, rng)
    unevenness = 1 + fibres * (fine + coarse)
    return (unevenness[..., None] * np.array(colour, np.float32)).clip(0, 1)


def render(page: Page) -> Image:
    """What the page looks like: (height, width, 3) float32 in [0, 1]."""
    ink = page.ink[..., None]
    return page.paper * (1 - ink) + np.array(page.pen, np.float32) * ink


def sharpened(ink: Image, level: float, slope: float) -> Image:
    """Ink whose soft edges are made firm at `level`, `slope` times as steep."""
    return ((ink - np.float32(level)) * np.float32(slope) + np.float32(0.5)).clip(0, 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """Digits beside each other; all lengths in MNIST's pixels."""

    digits: tuple[Image, ...]  # each cropped to its ink
    gaps: tuple[float, ...]  # before each digit; the first is 0
    lifts: tuple[float, ...]  # how far above the line each digit stands

    @property
    def width(self) -> float:
        return sum(digit.shape[1] for digit in self.digits) + sum(self.gaps)


def _row(images: Image, rng: np.random.Generator) -> _Row:
    gaps = rng.uniform(2, 12) + rng.uniform(-1, 1, len(images))
    gaps[0] = 0
    # People write up or down a little, and never quite on the line.
    lifts = np.linspace(0, rng.uniform(-1, 1), len(images)) + rng.uniform(-1, 1, len(images))
    return _Row(tuple(map(_tight, images)), tuple(gaps.tolist()), tuple(lifts.tolist()))


def _tight(image: Image) -> Image:
    """A digit without the rows and columns round it that have next to no ink."""
    rows = np.flatnonzero(image.max(axis=1) > 0.3)
    columns = np.flatnonzero(image.max(axis=0) > 0.3)
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _write_row(ink: Image, row: _Row, start: tuple[float, float], zoom: float) -> None:
    """Writes a row onto `ink`, in place, `start` being the foot of its left end: x and y."""
    x, foot = start
    for digit, gap, lift in zip(row.digits, row.gaps, row.lifts, strict=True):
        x += gap * zoom
        stroke = _enlarged(digit, zoom)
        left = round(x - BORDER * zoom)
        top = round(foot - (lift + digit.shape[0] + BORDER) * zoom)
        place = ink[top : top + stroke.shape[0], left : left + stroke.shape[1]]
        np.maximum(place, stroke, out=place)
        x += digit.shape[1] * zoom


def _enlarged(digit: Image, zoom: float) -> Image:
    """A digit `zoom` times as large, with smooth and firm edges; BORDER round it, zoomed."""
    padded = np.pad(digit, BORDER)
    height, width = (round(side * zoom) for side in padded.shape)
    smooth = cv2.resize(padded, (width, height), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(smooth, (0, 0), 0.65 * zoom)
    # At a stroke's edge the ink climbs from 0 to 1 within about two of MNIST's pixels.
    return sharpened(smooth, 0.4, max(1.0, 2 * zoom / EDGE))
