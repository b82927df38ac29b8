"""Strings of digits written in a row, as line pictures with their labels, to train on.

Each sign is drawn much as the single digits are that the classifier learns on (pen.py,
european_shapes.py, clutter.py); the row is written with one pen, and then handed
over by the very steps that hand over a row of a photo (`find_strokes`, pictures.py).
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import cv2
import numpy as np
import numpy.typing as npt

from experiments.line_reader.pictures import line_picture, padded
from mnist_model.augmentation import ONE, taken
from mnist_model.clutter import cluttered
from mnist_model.contract import Image
from mnist_model.dataset import Split
from mnist_model.european_shapes import with_european_stroke
from mnist_model.examples import num_cores
from mnist_model.non_digits import fragment, letter, scribble
from mnist_model.pen import CANVAS, ZOOM, inked, placed
from mnist_model.preprocessing import INK_SIZE
from mnist_model.segmentation.strokes import find_strokes

LONGEST = 8
"""Digits in a string, at most."""

WIDTH = 256
"""Of the pictures trained on, in pixels; what is wider is drawn again."""

BLANK = 0
"""The label of "no digit here"; digit d is labelled d + 1. Also fills up short strings."""

SHARE_WITHOUT_DIGITS = 0.12
"""Of the rows, so many hold other signs alone, and their string is empty."""

SHARE_WITH_OTHERS = 0.15
"""Of the rows of digits, so many hold another sign as well."""

SHARE_CLUTTERED = 0.16
"""Of the signs, so many have specks, lines or gaps."""

USES = 3
"""Rows that each drawn sign stands in, beside other neighbours and under another pen: to draw it
takes most of the time."""

USUAL_HEIGHT = ZOOM * INK_SIZE
"""Of a digit, in pixels of the canvas."""

PAPER = 24
"""Around a row, in pixels of its canvas, so that no sign of it touches the border."""

LEAST_LEFT = 0.4
"""A pen that leaves less than this share of the ink has left digits out, and the row is drawn
again."""

PART = 200
"""Rows that one task makes."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Line pictures with their strings."""

    pictures: Image  # (n, HEIGHT, WIDTH) float32 in [0, 1]
    labels: npt.NDArray[np.int32]  # (n, LONGEST): digits + 1, then BLANK

    @property
    def strings(self) -> tuple[str, ...]:
        return tuple("".join(str(label - 1) for label in row if label) for row in self.labels)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign on its canvas, before the pen: a digit, or None for any other."""

    canvas: Image
    digit: int | None


def lines(digits: Split, count: int, *, seed: int, epoch: int = 0) -> Lines:
    """Rows composed of the digits given; the same on any number of cores."""
    num_parts = -(-count // PART)
    sizes = [
        count * (part + 1) // num_parts - count * part // num_parts for part in range(num_parts)
    ]
    per_part = PART * (LONGEST + 1) // 2 // USES
    tasks = []
    for part, size in enumerate(sizes):
        chosen = np.random.default_rng([seed, epoch, part]).choice(len(digits.labels), per_part)
        own = Split(digits.images[chosen], digits.labels[chosen])
        tasks.append((own, size, [seed, epoch, part, 1]))
    if num_parts == 1:
        return _part(*tasks[0])
    with ProcessPoolExecutor(num_cores(), mp_context=get_context("spawn")) as workers:
        parts = list(workers.map(_part, *zip(*tasks, strict=True)))
    return Lines(
        np.concatenate([part.pictures for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def _part(digits: Split, count: int, seed: list[int]) -> Lines:
    cv2.setNumThreads(1)  # each process has a core of its own
    rng = np.random.default_rng(seed)
    signs = [
        Sign(with_european_stroke(placed(image, rng), int(label), rng), int(label))
        for image, label in zip(digits.images, digits.labels, strict=True)
    ]
    pieces = digits.images[digits.labels != ONE]  # a piece of a one is still a one
    pictures: list[Image] = []
    labels = np.full((count, LONGEST), BLANK, np.int32)
    while len(pictures) < count:
        written = _chosen(signs, pieces, rng)
        picture = _photographed_row([sign.canvas for sign in written], rng)
        if picture is not None:
            string = [sign.digit + 1 for sign in written if sign.digit is not None]
            labels[len(pictures), : len(string)] = string
            pictures.append(picture)
    return Lines(padded(pictures, WIDTH), labels)


def _chosen(signs: list[Sign], pieces: Image, rng: np.random.Generator) -> list[Sign]:
    """The signs of one row, from left to right."""
    if rng.random() < SHARE_WITHOUT_DIGITS:
        return [_other(pieces, rng) for _ in range(rng.integers(1, 6))]
    row = [signs[i] for i in rng.integers(len(signs), size=rng.integers(1, LONGEST + 1))]
    if rng.random() < SHARE_WITH_OTHERS:
        row.insert(int(rng.integers(len(row) + 1)), _other(pieces, rng))
    return row


def _other(pieces: Image, rng: np.random.Generator) -> Sign:
    """What `non_digits.no_digit` makes, before the pen."""
    kind = rng.random()
    if kind < 0.3:
        return Sign(fragment(pieces, rng), None)
    return Sign(letter(rng) if kind < 0.7 else scribble(rng), None)


def _photographed_row(canvases: list[Image], rng: np.random.Generator) -> Image | None:
    """The line picture of signs beside each other; None if it is too wide or the pen too fine."""
    written = _written(canvases, rng)
    ink = inked(written, rng)
    if np.count_nonzero(ink > 0.5) < LEAST_LEFT * np.count_nonzero(written > 0.5):
        return None
    mask = (ink > 0.5).astype(np.uint8)
    strokes = find_strokes(mask, edges=np.zeros_like(mask))
    if not strokes:
        return None
    picture = line_picture(sorted(strokes, key=lambda stroke: stroke.box.x), ink)
    return taken(picture, rng, most_blur=0.9) if picture.shape[1] <= WIDTH else None


def _written(canvases: list[Image], rng: np.random.Generator) -> Image:
    """Signs in a row: touching, close or far apart; of one size or several; rising or falling."""
    row = np.zeros((4 * CANVAS, (1 + 2 * len(canvases)) * CANVAS), np.float32)
    nearest, farthest = ((-8, 8), (2, 16), (8, 90))[rng.choice(3, p=[0.3, 0.35, 0.35])]
    unevenness = rng.choice([0.04, 0.15, 0.35], p=[0.5, 0.3, 0.2])
    slope, jitter = rng.normal(0, 0.04), rng.uniform(0, 5)
    end = PAPER
    for canvas in canvases:
        sign = _tight(cluttered(canvas, rng) if rng.random() < SHARE_CLUTTERED else canvas)
        if sign is None:
            continue
        zoom = float(np.exp(np.clip(rng.normal(0, unevenness), -1, 0.4)))
        sign = cv2.resize(sign, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)
        left = max(0, end + int(rng.integers(nearest, farthest)))
        lift = rng.random() * max(0, USUAL_HEIGHT - sign.shape[0])  # a small zero may hang high
        foot = len(row) * 5 // 8 + round(slope * left + rng.normal(0, jitter) - lift)
        top = int(np.clip(foot - sign.shape[0], 0, len(row) - sign.shape[0]))
        place = row[top : top + sign.shape[0], left : left + sign.shape[1]]
        np.maximum(place, sign[:, : place.shape[1]], out=place)
        end = left + sign.shape[1]
    filled = np.flatnonzero(row.max(axis=1))
    if not filled.size:
        return row[:CANVAS]
    return row[filled[0] - PAPER : filled[-1] + PAPER, : end + PAPER]


def _tight(canvas: Image) -> Image | None:
    """The sign without the paper around it."""
    mask = canvas > 0.5
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if rows.size else None
