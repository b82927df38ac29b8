"""Shapes that MNIST's American writers seldom made, drawn onto its digits for training.

A bar through the seven, a flag and a foot on the one, a slash through the zero: each takes the
digit on its canvas (pen.py) and returns it with the stroke added by the same pen.
"""

import numpy as np

from mnist_model.contract import Image
from mnist_model.drawn_ones import largest_angle
from mnist_model.pen import draw_line, stroke_of

SHARES = {0: 0.1, 1: 0.45, 7: 0.35}
"""How often a digit gets its European stroke."""


def with_european_stroke(canvas: Image, digit: int, rng: np.random.Generator) -> Image:
    """The digit, by chance with the stroke that Europeans add to it; others are left alone.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    if rng.random() >= SHARES.get(digit, 0.0) or not (canvas > 0.5).any():
        return canvas
    canvas = canvas.copy()
    if digit == 0:
        slash(canvas, rng)
    elif digit == 7:
        bar(canvas, rng)
    else:
        kind = rng.random()
        if kind < 0.8:
            flag(canvas, rng)
        if kind > 0.5:
            foot(canvas, rng)
    return canvas


def slash(canvas: Image, rng: np.random.Generator) -> None:
    """A stroke through a zero from the upper right to the lower left, in place."""
    left, top, right, bottom = _bounds(canvas)
    reach = rng.uniform(-0.1, 0.15)
    width, height = right - left, bottom - top
    start = (right + reach * width, top + rng.uniform(0, 0.25) * height)
    end = (left - reach * width, bottom - rng.uniform(0, 0.25) * height)
    draw_line(canvas, [start, end], stroke_of(canvas))


def bar(canvas: Image, rng: np.random.Generator) -> None:
    """A short stroke across the stem of a seven, in place."""
    left, top, right, bottom = _bounds(canvas)
    row = round(top + rng.uniform(0.4, 0.65) * (bottom - top))
    stem = np.flatnonzero(canvas[row] > 0.5)
    if not stem.size:
        return
    middle = float(stem[-1]) - stroke_of(canvas) / 2
    half = rng.uniform(0.18, 0.38) * max(right - left, 0.5 * (bottom - top))
    rise = rng.uniform(-0.15, 0.35) * half
    draw_line(
        canvas, [(middle - half, row + rise), (middle + half, row - rise)], stroke_of(canvas)
    )


def flag(canvas: Image, rng: np.random.Generator) -> None:
    """The upstroke of a one, from its top down to the left, in place."""
    _, top, _, bottom = _bounds(canvas)
    pen = stroke_of(canvas)
    tip = np.flatnonzero(canvas[min(round(top + pen / 2), len(canvas) - 1)] > 0.5)
    x = float(tip.mean()) if tip.size else len(canvas) / 2
    share = rng.uniform(0.2, 0.5)
    angle = np.deg2rad(rng.uniform(25, largest_angle(share)))  # from the vertical
    length = share * (bottom - top)
    y = top + pen / 2
    end = (x - length * np.sin(angle), y + length * np.cos(angle))
    draw_line(canvas, [(x, y), end], pen)


def foot(canvas: Image, rng: np.random.Generator) -> None:
    """A short stroke under a one, in place."""
    _, top, _, bottom = _bounds(canvas)
    pen = stroke_of(canvas)
    row = max(0, round(bottom - pen / 2))
    base = np.flatnonzero(canvas[row] > 0.5)
    x = float(base.mean()) if base.size else len(canvas) / 2
    half = rng.uniform(0.12, 0.35) * (bottom - top)
    tilt = rng.uniform(-0.15, 0.15) * half
    draw_line(canvas, [(x - half, row + tilt), (x + half, row - tilt)], pen)


def _bounds(canvas: Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the ink, in canvas pixels."""
    mask = canvas > 0.5
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])
