"""Pictures of what is no single digit, for training the network's answers NO_DIGIT and SEVERAL.

A photo's ink is not all digits: there are letters, scribbles, blots, and halves of digits where
the reader cut at a wrong place; and there are digits that touch. MNIST has none of these, so they
are made here from MNIST's own digits, from the typefaces that Matplotlib brings, and from random
strokes. Shapes that a person would take for a digit (O, l, S, Z, a lone upright stroke) are left
out.
"""

import string
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.handwriting_fonts import letter_of_a_font
from mnist_model.pen import (
    CANVAS,
    blank,
    draw_line,
    drawn_strokes,
    inked,
    placed,
    smooth,
    stroke_of,
)
from mnist_model.written_signs import WRITTEN_SIGNS

LETTERS = (
    "".join(sorted(set(string.ascii_letters) - set("ODQolIiSsZzBbGgqyJ")))
    + "γηκλμνξπτφχψωΓΔΛΞΠΣΦΨΩ"
    + "ЖДЦШЩЮЯФИНПЛМКЭжцшщюяфинлмк"
    + '+=*#%&?!@€~^<>{}[]":;-'
)
"""Signs that no person takes for a digit. A comma, cut out, is as tall as a one."""

SHARE_OF_HANDWRITTEN = 0.4
"""Of the letters, so many are of handwriting fonts (handwriting_fonts.py)."""

TYPEFACES = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Italic")


LEAST_LENGTH, MOST_WIDTH = 3.0, 1.45
"""A stroke is straight if it is at least so many of its widths long, and at most so many pens
wide."""


def no_digit(digits: Image, rng: np.random.Generator) -> Image:
    """One picture of no digit, on a canvas of pen.py, inked.

    Args:
        digits: (n, 28, 28) float32 in [0, 1]: digits to cut up, without the ones, whose pieces
            still look like ones.
    """
    kind = rng.random()
    if kind < 0.35:
        canvas = fragment(digits, rng)
    elif kind < 0.45:
        canvas = side_by_side([placed(_any(digits, rng), rng), fragment(digits, rng)], rng)
    elif kind < 0.65:
        canvas = letter(rng)
    elif kind < 0.8:
        sign = WRITTEN_SIGNS[str(rng.choice(list(WRITTEN_SIGNS)))]
        canvas = placed(drawn_strokes(sign, rng), rng, wobble=1.8)
    else:
        canvas = scribble(rng)
    return inked(canvas, rng)


def several(digits: Image, rng: np.random.Generator) -> Image:
    """Two digits or three that touch or nearly do, on a canvas of pen.py, inked.

    Args:
        digits: (n, 28, 28) float32 in [0, 1].
    """
    count = 2 if rng.random() < 0.75 else 3
    return inked(side_by_side([placed(_any(digits, rng), rng) for _ in range(count)], rng), rng)


def fragment(digits: Image, rng: np.random.Generator) -> Image:
    """The left or the upper part of a digit that was cut in two, but none that is a one.

    Right parts are left out, since many are digits: those of a four and a nine are ones.

    Args:
        digits: (n, 28, 28) float32 in [0, 1], without the ones. Some must have ink.
    """
    while True:
        canvas = placed(_any(digits, rng), rng)
        angle = rng.normal(0, 0.25) + rng.choice([0, np.pi / 2], p=[0.75, 0.25])
        rows, columns = np.indices(canvas.shape)
        along = columns * np.cos(angle) + rows * np.sin(angle)
        ink = canvas > 0.5
        if not ink.any():
            continue
        cut = np.quantile(along[ink], rng.uniform(0.3, 0.7))
        part = np.where(along < cut, canvas, np.float32(0))
        if not is_upright_stroke(part):
            return part


def is_upright_stroke(canvas: Image) -> bool:
    """Whether the ink lies along one straight line, more upright than level.

    That of two dots above each other does, too.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    places = np.argwhere(canvas > 0.5)  # (row, column)
    if len(places) < 2:
        return False
    spreads, axes = np.linalg.eigh(np.cov(places.T))
    width, length = np.sqrt(12 * spreads.clip(min=0))  # as those of a rectangle
    is_straight = length > LEAST_LENGTH * width and width < MOST_WIDTH * stroke_of(canvas)
    return bool(is_straight and abs(axes[0, 1]) > abs(axes[1, 1]))


def side_by_side(signs: Sequence[Image], rng: np.random.Generator) -> Image:
    """Signs written in a row, overlapping or a little apart, shrunk to fit one canvas.

    Args:
        signs: each (CANVAS, CANVAS) float32 in [0, 1].
    """
    row = np.zeros((CANVAS, len(signs) * CANVAS), np.float32)
    end = 0  # column where the ink ends so far
    for sign in signs:
        columns = np.flatnonzero((sign > 0.5).any(axis=0))
        if not columns.size:
            continue
        ink = sign[:, columns[0] : columns[-1] + 1]
        start = max(0, end + int(rng.integers(-12, 9))) if end else 0
        drop = int(rng.integers(-8, 9))
        part = row[:, start : start + ink.shape[1]]
        np.maximum(part, np.roll(ink, drop, axis=0)[:, : part.shape[1]], out=part)
        end = max(end, start + ink.shape[1])
    size = max(CANVAS, end)
    square = np.zeros((size, size), np.float32)
    top, left = (size - CANVAS) // 2, (size - end) // 2
    square[top : top + CANVAS, left : left + end] = row[:, :end]
    return cv2.resize(square, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA)


def letter(rng: np.random.Generator) -> Image:
    """A letter, printed or by another hand, or a sign, turned and warped as digits are."""
    if rng.random() < SHARE_OF_HANDWRITTEN:
        return placed(letter_of_a_font(rng), rng, wobble=1.8)
    sign = LETTERS[rng.integers(len(LETTERS))]
    return placed(_rendered(sign, TYPEFACES[rng.integers(len(TYPEFACES))]), rng, wobble=1.8)


def scribble(rng: np.random.Generator) -> Image:
    """A random curve, a blot, a cross, a frame, a twig, an icon or a coarse texture."""
    kind = rng.integers(7)
    canvas = blank()
    middle, reach = CANVAS / 2, CANVAS * 0.38
    pen = rng.uniform(3, 12)
    if kind == 0:
        knots = rng.uniform(middle - reach, middle + reach, size=(int(rng.integers(4, 10)), 2))
        draw_line(canvas, smooth(knots), pen)
    elif kind == 1:
        axes = rng.uniform(0.25, 1, size=2) * reach
        centre = (round(middle), round(middle))
        sides = (round(axes[0]), round(axes[1]))
        cv2.ellipse(canvas, centre, sides, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    elif kind == 2:
        for _ in range(int(rng.integers(2, 5))):
            ends = rng.uniform(middle - reach, middle + reach, size=(2, 2))
            draw_line(canvas, ends, pen)
    elif kind == 3:
        left, top = rng.uniform(middle - reach, middle - 10, size=2)
        right, bottom = rng.uniform(middle + 10, middle + reach, size=2)
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        draw_line(canvas, corners[: int(rng.integers(4, 6))], pen)
    elif kind == 4:
        foot, tip = (middle + rng.uniform(-10, 10), middle + reach), rng.uniform(-12, 12)
        draw_line(canvas, [foot, (foot[0] + tip, middle - reach)], pen)
        for _ in range(int(rng.integers(2, 6))):
            share, side = rng.uniform(0.1, 0.9), rng.uniform(10, 30) * rng.choice([-1, 1])
            fork = (foot[0] + tip * share, foot[1] - 2 * reach * share)
            draw_line(canvas, [fork, (fork[0] + side, fork[1] - rng.uniform(8, 30))], 0.7 * pen)
    elif kind == 5:
        draw_icon(canvas, rng)
    else:
        noise = rng.standard_normal((14, 14)).astype(np.float32)
        noise = cv2.resize(noise, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        canvas = (noise > rng.uniform(0, 0.8)).astype(np.float32)
        canvas[:10] = canvas[-10:] = canvas[:, :10] = canvas[:, -10:] = 0
    return canvas


def draw_icon(canvas: Image, rng: np.random.Generator) -> None:
    """A disc or a square, as apps have for a sign, with an angular figure cut out, in place."""
    middle, reach = CANVAS / 2, CANVAS * 0.38
    sides = int(rng.choice([4, 32]))
    radius = reach * np.sqrt(2) if sides == 4 else reach  # a square's sides are `reach` away
    turns = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    outline = radius * np.stack([np.cos(turns), np.sin(turns)], 1)
    corners = int(rng.integers(3, 8))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reaches = reach * rng.uniform(0.2, 0.95, corners)[:, None]
    figure = reaches * np.stack([np.cos(angles), np.sin(angles)], 1)
    for points, ink in ((outline, 1.0), (figure, 0.0)):
        cv2.fillPoly(canvas, [np.round(middle + points).astype(np.int32)], ink)


def _any(digits: Image, rng: np.random.Generator) -> Image:
    return digits[rng.integers(len(digits))]


@cache
def _rendered(sign: str, typeface: str) -> Image:
    """A sign as a (28, 28) float32 picture whose ink is about 20 pixels high or wide."""
    import matplotlib as mpl  # noqa: PLC0415 - only training needs its typefaces
    from PIL import Image as PillowImage  # noqa: PLC0415
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415

    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{typeface}.ttf"
    font = ImageFont.truetype(str(path), 100)
    left, top, right, bottom = font.getbbox(sign)
    side = max(right - left, bottom - top) * 28 / 20
    picture = PillowImage.new("L", (round(side), round(side)), 0)
    corner = ((side - right + left) / 2 - left, (side - bottom + top) / 2 - top)
    ImageDraw.Draw(picture).text(corner, sign, font=font, fill=255)
    small = picture.resize((28, 28), PillowImage.Resampling.BOX)
    return np.asarray(small, np.float32) / np.float32(255)
