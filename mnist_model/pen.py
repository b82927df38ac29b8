"""A canvas to draw and to distort digits on at several times MNIST's resolution, for training.

What is drawn here goes through `preprocessing.prepare_ink`, like every crop of a photo, so that
the network learns on pictures made the way it will meet them.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, Image
from mnist_model.preprocessing import INK_SIZE

CANVAS = 112
"""Side of the canvas, in pixels."""

ZOOM = 3.0
"""Pixels of the canvas for one of MNIST's, before a hand's own size is drawn by chance."""

DETAIL = 4
"""Pixels of a drawing (`drawn_strokes`) for one of MNIST's."""

DRAWN_HEIGHT = INK_SIZE * DETAIL
"""How tall signs are drawn, in pixels: as in MNIST."""

SHARE_OF_GRAINY = 0.12
"""So many pens cover the paper only in part: chalk on a board, a pencil on rough paper."""

SPOTS = (22, 74)
"""How many spots of such a pen there are, light or dark, along a side of the canvas: each is a
fortieth to a twelfth of the digit's height."""

STRAY = 0.025
"""The standard deviation of a knot's distance from its place, as a share of the height."""

Points = npt.NDArray[np.float64]

Knots = Sequence[tuple[float, float]] | Points
"""Where a stroke passes, (x, y) in units of the sign's height; a knot named twice is a corner."""


def blank() -> Image:
    """An empty canvas: (CANVAS, CANVAS) float32, all 0."""
    return np.zeros((CANVAS, CANVAS), np.float32)


def draw_line(
    canvas: Image,
    points: Points | Sequence[Sequence[float] | Points],
    width: float,
    ink: float = 1.0,
) -> None:
    """Draws a line through `points`, (x, y) in canvas pixels, as wide as a pen, in place."""
    fixed_point = np.round(np.asarray(points, np.float64) * 16).astype(np.int32)
    thickness = max(1, round(width))
    cv2.polylines(canvas, [fixed_point], False, ink, thickness, cv2.LINE_8, shift=4)


def corner(x: float, y: float) -> list[tuple[float, float]]:
    """A knot where the pen turns sharply: a smooth curve through twice the same has a corner."""
    return [(x, y), (x, y)]


def smooth(knots: Points) -> Points:
    """A curve through the knots, (n, 2): a Catmull-Rom spline, eight points a stretch."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    stretches = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        curve = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
        stretches.append((curve + (3 * b - a - 3 * c + d) * t**3) / 2)
    return np.concatenate([*stretches, knots[-1:]])


def drawn_strokes(strokes: Sequence[Knots], rng: np.random.Generator) -> Image:
    """A sign of these strokes, by one pen; each knot strays, so that no two drawings are alike.

    Returns:
        (28 * DETAIL, 28 * DETAIL) float32 in [0, 1]: 0 is paper, 1 is ink.
    """
    side = IMAGE_SIZE * DETAIL
    picture = np.zeros((side, side), np.float32)
    width = rng.uniform(0.55, 1.25)
    broadest = min(4.2, 5.6 * width)  # a broader pen would fill the rings of a narrow sign
    pen = rng.uniform(1.2, broadest) * DETAIL
    curves = [smooth(np.asarray(k) + rng.normal(0, STRAY, (len(k), 2))) for k in strokes]
    points = np.concatenate(curves)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = np.array([width, 1.0]) * DRAWN_HEIGHT
    scale *= min(1.0, (side - 2 * pen) / max((high - low) * scale))  # nothing is cut off
    for curve in curves:
        draw_line(picture, (curve - (low + high) / 2) * scale + (side - 1) / 2, pen)
    return picture


def placed(image: Image, rng: np.random.Generator, *, wobble: float = 1.5) -> Image:
    """A picture on the canvas, by chance turned, slanted, stretched and unsteady.

    Args:
        image: (28, 28) float32 in [0, 1], or the same in more pixels, as (112, 112).
        wobble: largest local shift, in pixels of MNIST's.

    Returns:
        (CANVAS, CANVAS) float32 in [0, 1].
    """
    angle = np.deg2rad(np.clip(rng.normal(0, 8), -20, 20))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    width, height = rng.uniform(0.8, 1.2, size=2)
    slant = np.clip(rng.normal(0, 0.2), -0.5, 0.5)
    # Where each canvas pixel is looked up: (x, y) from the centre, in pixels of MNIST's.
    matrix = turn @ np.array([[width, slant], [0, height]]) / ZOOM
    lookup = np.tensordot(matrix, _GRID, axes=1)
    if rng.random() < 0.5:
        lookup = _other_proportions(lookup, rng)
    if rng.random() < 0.6:
        lookup = lookup + _wobble(rng, wobble)
    side = len(image)
    columns, rows = (lookup * (side / IMAGE_SIZE) + (side - 1) / 2).astype(np.float32)
    return cv2.remap(image, columns, rows, cv2.INTER_CUBIC).clip(0, 1)


def inked(canvas: Image, rng: np.random.Generator) -> Image:
    """The same lines with a thinner or a thicker pen, edges between soft and sharp, and by chance
    grain.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    weight = int(rng.integers(-3, 7))  # thinned more, fine strokes would break
    if weight:
        size = 2 * ((abs(weight) + 1) // 2) + 1
        nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        canvas = cv2.dilate(canvas, nib) if weight > 0 else cv2.erode(canvas, nib)
    edge = rng.uniform(1.2, 6)
    canvas = ((canvas - 0.5) * np.float32(edge) + np.float32(0.5)).clip(0, 1)
    return grained(canvas, rng) if rng.random() < SHARE_OF_GRAINY else canvas


def grained(canvas: Image, rng: np.random.Generator) -> Image:
    """The same lines with lighter spots.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    side = int(rng.integers(*SPOTS))
    spots = rng.standard_normal((side, side), dtype=np.float32)
    spots = cv2.resize(spots, canvas.shape[::-1], interpolation=cv2.INTER_CUBIC)
    cover = rng.uniform(0.6, 1) + rng.uniform(0.15, 0.5) * spots
    return canvas * cover.astype(np.float32).clip(0, 1)


def stroke_of(canvas: Image) -> float:
    """About how wide the pen is, in canvas pixels: four times the mean distance to the paper."""
    distance = cv2.distanceTransform((canvas > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    # Across a stroke the distance climbs evenly to half the width: the mean is a quarter.
    inside = distance[distance > 0]
    return float(4 * inside.mean()) if inside.size else 0.0


_GRID = np.stack(np.meshgrid(np.arange(CANVAS), np.arange(CANVAS))) - (CANVAS - 1) / 2


def _other_proportions(lookup: Points, rng: np.random.Generator) -> Points:
    """The waist of the digit higher or lower, its head broader or narrower than its foot.

    A nine with a small head and a long leg is a nine as well.

    Args:
        lookup: (2, CANVAS, CANVAS) places in the image, in its pixels from its centre.
    """
    columns, rows = lookup
    half = INK_SIZE / 2
    inside = (1 - (rows / half) ** 2).clip(min=0)
    rows = rows + rng.uniform(-3, 3) * inside
    columns = columns * (1 + rng.uniform(-0.25, 0.25) * (rows / half).clip(-1, 1))
    return np.stack([columns, rows])


def _wobble(rng: np.random.Generator, largest: float) -> Image:
    """(2, CANVAS, CANVAS) shifts that change slowly over the picture: elastic distortion.

    Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003).
    """
    coarse = rng.uniform(-largest, largest, size=(2, 6, 6)).astype(np.float32)
    size = (CANVAS, CANVAS)
    return np.stack([cv2.resize(axis, size, interpolation=cv2.INTER_CUBIC) for axis in coarse])
