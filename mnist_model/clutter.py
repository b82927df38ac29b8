"""Ink, and gaps in it, that a photo has around a digit and across it, for training.

What the steps before the network leave there: dust and the grain of the paper, rests of ruled
lines, a hair or a stroke of the neighbour's, and where the pen skipped.
"""

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.pen import CANVAS, draw_line, smooth

MOST_SPECKS = 80
MANY_SPECKS = 20
"""More specks than this are finer."""

PITCH = (25, 60)
"""How far apart ruled lines are, in canvas pixels: the digit is one to three squares tall."""


def cluttered(canvas: Image, rng: np.random.Generator) -> Image:
    """With specks, ruled lines, a stray stroke, or a gap where the pen skipped.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    canvas = canvas.copy()
    kinds = (_strew_specks, _rule, _scrawl, _leave_gap)
    kinds[rng.choice(len(kinds), p=(0.3, 0.3, 0.2, 0.2))](canvas, rng)
    return canvas


def _strew_specks(canvas: Image, rng: np.random.Generator) -> None:
    count = int(np.exp(rng.uniform(0, np.log(MOST_SPECKS))))
    largest = 2 if count > MANY_SPECKS else 3
    for x, y in rng.integers(6, CANVAS - 6, size=(count, 2)).tolist():
        # On ink, a speck of light: grain takes away as well as it adds.
        ink = 0.0 if rng.random() < 0.3 else 1.0
        cv2.circle(canvas, (x, y), int(rng.integers(1, largest + 1)), ink, -1)


def _rule(canvas: Image, rng: np.random.Generator) -> None:
    """Level or upright lines, or both, of any length; one, mostly, or three as on a page."""
    width, pitch = rng.uniform(1, 4), rng.uniform(*PITCH)
    count = 1 if rng.random() < 0.6 else 3
    directions = [[True], [False], [True, False]][int(rng.choice(3, p=[0.5, 0.3, 0.2]))]
    for is_level in directions:
        first, tilt = rng.uniform(15, CANVAS - 15), rng.uniform(-4, 4)
        start, end = np.sort(rng.uniform(0, CANVAS, size=2))
        for number in range(count):
            across = (first + number * pitch) % CANVAS
            ends = [(start, across - tilt), (end, across + tilt)]
            draw_line(canvas, ends if is_level else [(y, x) for x, y in ends], width)


def _scrawl(canvas: Image, rng: np.random.Generator) -> None:
    """A thin stroke that has nothing to do with the digit, beside it or across."""
    knots = rng.uniform(5, CANVAS - 5, size=(int(rng.integers(2, 6)), 2))
    draw_line(canvas, smooth(knots), rng.uniform(1, 4))


def _leave_gap(canvas: Image, rng: np.random.Generator) -> None:
    angle = rng.uniform(0, np.pi)
    middle = CANVAS / 2 + rng.normal(0, 15, size=2)
    reach = CANVAS * np.array([np.cos(angle), np.sin(angle)])
    draw_line(canvas, [middle - reach, middle + reach], rng.uniform(1, 5), ink=0.0)
