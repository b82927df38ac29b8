"""Ink that does not belong to the digit."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, Image

FINE = 8
"""Lines are drawn so many times as large, and then shrunk, so that they are smooth."""

Points = npt.NDArray[np.float64]
"""(n, 2): right and down, in pixels."""


def spatter(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Drops of ink of all sizes."""
    num_drops = (2, 4, 7, 11, 16)[severity - 1]
    return _with_marks(images, lambda canvas: _draw_drops(canvas, num_drops, rng))


def dotted_line(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Dotted lines from one edge of the picture to the other."""
    num_lines = severity

    def draw(canvas: Image) -> None:
        for _ in range(num_lines):
            _draw_dots(canvas, _across(rng, num_corners=0))

    return _with_marks(images, draw)


def zigzag(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """A line from one edge to the other, the thicker and the more jagged the severer."""
    num_corners = (2, 4, 6, 8, 10)[severity - 1]
    width = (0.8, 0.9, 1.0, 1.2, 1.4)[severity - 1]

    def draw(canvas: Image) -> None:
        points = (FINE * _across(rng, num_corners)).round().astype(np.int32)
        cv2.polylines(canvas, [points], isClosed=False, color=1.0, thickness=round(FINE * width))

    return _with_marks(images, draw)


def _with_marks(images: Image, draw: Callable[[Image], None]) -> Image:
    """The pictures, each with what `draw` adds to an empty one FINE times as large."""
    spoiled = []
    for image in images:
        canvas = np.zeros((FINE * IMAGE_SIZE, FINE * IMAGE_SIZE), np.float32)
        draw(canvas)
        marks = cv2.resize(canvas, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_AREA)
        spoiled.append(np.maximum(image, marks))
    return np.stack(spoiled)


def _draw_drops(canvas: Image, num_drops: int, rng: np.random.Generator) -> None:
    for _ in range(num_drops):
        centre = rng.uniform(0, len(canvas), 2).astype(int).tolist()
        radius = FINE * (0.4 + rng.exponential(0.5))
        cv2.circle(canvas, centre, round(radius), 1.0, cv2.FILLED)


def _draw_dots(canvas: Image, line: Points) -> None:
    start, end = line
    num_dots = round(float(np.linalg.norm(end - start)) / 2.5)
    for share in np.linspace(0, 1, num_dots):
        dot = FINE * (start + share * (end - start))
        cv2.circle(canvas, dot.round().astype(int).tolist(), round(0.6 * FINE), 1.0, cv2.FILLED)


def _across(rng: np.random.Generator, num_corners: int) -> Points:
    """From the left edge to the right one, or from the top down, with corners off the line."""
    along = np.linspace(0, IMAGE_SIZE, num_corners + 2)
    start, end = rng.uniform(0.15 * IMAGE_SIZE, 0.85 * IMAGE_SIZE, 2)
    aside = np.linspace(start, end, num_corners + 2)
    side = rng.choice((-1.0, 1.0))
    aside[1:-1] += side * rng.uniform(1.5, 4.5, num_corners) * (-1.0) ** np.arange(num_corners)
    points = np.stack([along, aside], axis=1)
    return points if rng.random() < 0.5 else points[:, ::-1]
