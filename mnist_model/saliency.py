"""Why a digit was read as that digit: which of its pixels the network went by.

A patch of paper is laid over the crop, place by place. Where that makes the digit less likely, the
network had seen something that speaks for it. Source of the method: occlusion, in Zeiler and
Fergus, "Visualizing and understanding convolutional networks" (2014), section 4.2.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, NUM_CLASSES, Image
from mnist_model.reader import DigitReader

PATCH = 5
"""Side of the patch of paper, in pixels: a little more than a stroke is wide."""

ZOOM = 6
"""Pixels of the saved picture for one of the crop."""

TITLE_HEIGHT = 26
DIGITS_A_ROW = 4

Classify = Callable[[Image], Image]
"""(n, 28, 28) float32 in [0, 1] → (n, at least 10) probabilities."""

Picture = npt.NDArray[np.uint8]


def saliency(classify: Classify, crop: Image) -> Image:
    """By how much the digit that is read becomes less likely where the crop is covered.

    Args:
        crop: (28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink.

    Returns:
        (28, 28) float32 in [-1, 1]: for each pixel, the mean over all patches that cover it.
    """
    places = [(y, x) for y in range(IMAGE_SIZE - PATCH + 1) for x in range(IMAGE_SIZE - PATCH + 1)]
    covered = np.repeat(crop[None], len(places), axis=0)
    for image, (y, x) in zip(covered, places, strict=True):
        image[y : y + PATCH, x : x + PATCH] = 0
    whole = classify(crop[None])[0, :NUM_CLASSES]
    digit = int(whole.argmax())
    losses = whole[digit] - classify(covered)[:, digit]
    total, count = np.zeros((2, IMAGE_SIZE, IMAGE_SIZE), np.float32)
    for loss, (y, x) in zip(losses, places, strict=True):
        total[y : y + PATCH, x : x + PATCH] += loss
        count[y : y + PATCH, x : x + PATCH] += 1
    return total / count


def save_saliency(reader: DigitReader, photo: bytes, path: Path) -> None:
    """Saves a PNG of each digit that is read, as the network saw it, and beside it why.

    Red speaks for the digit, blue against it. Where no digit is read, nothing is saved.

    Raises:
        PhotoError: the bytes are no picture that can be read.
        OSError: the picture can't be written.
    """
    attempt, _ = reader.attempt_on(photo)
    crops = attempt.layout.crops([sign.group for sign in attempt.digits])
    tiles = [
        _tile(crop, saliency(reader.classify, crop), _title(sign.probabilities))
        for crop, sign in zip(crops, attempt.digits, strict=True)
    ]
    if not tiles:
        return
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % min(DIGITS_A_ROW, len(tiles)))
    rows = [np.hstack(tiles[i : i + DIGITS_A_ROW]) for i in range(0, len(tiles), DIGITS_A_ROW)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.vstack(rows))[1].tobytes())


def _title(probabilities: tuple[float, ...]) -> str:
    digit = int(np.argmax(probabilities))
    return f"{digit}: {probabilities[digit]:.1%}"


def _tile(crop: Image, reasons: Image, title: str) -> Picture:
    """The crop, and the crop with its reasons, side by side: (height, width, 3) uint8."""
    paper = np.repeat((255 * (1 - crop))[..., None], 3, axis=2)
    strength = (reasons / max(float(np.abs(reasons).max()), 1e-6))[..., None]
    for_it, against = np.array([40, 40, 230]), np.array([230, 120, 40])  # blue, green, red
    coloured = np.where(strength > 0, for_it, against)
    shown = paper + 0.75 * np.abs(strength) * (coloured - paper)
    pair = np.hstack([paper, shown]).clip(0, 255).astype(np.uint8)
    large = cv2.resize(pair, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_NEAREST)
    tile = cv2.copyMakeBorder(large, TITLE_HEIGHT, 6, 6, 6, cv2.BORDER_CONSTANT, value=(255,) * 3)
    cv2.putText(tile, title, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.55, 0, 1, cv2.LINE_AA)
    return tile
