"""One digit cut from a photo → the 28x28 picture that the networks know from MNIST.

The way of a crop, one small function a step:

    grey  ─ invert ─▶ ink is bright ─ normalize ─▶ [0, 1] ─ enlarge ─▶ more pixels than 20x20
          ─ crop ─▶ the ink's bounding box ─ thicken ─▶ strokes as wide as MNIST's
          ─ resize ─▶ 20x20 box ─ centre ─▶ (28, 28)

MNIST was made the same way: the ink fitted into 20x20 pixels with its aspect kept, then placed on
28x28 so that its centre of mass lies in the middle (yann.lecun.com/exdb/mnist). Pictures turn
grey while they are decoded (decoding.py), where JPEG gives its brightness channel for free.
"""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, Image, NoDigitFound

INK_SIZE = 20
"""Longest side of the ink within a network input, in pixels: MNIST's."""

MIDDLE = IMAGE_SIZE / 2
"""Row and column of the centre of mass, in pixels from the middle of the top left pixel. Half a
pixel past the picture's own middle, because MNIST's digits lie from 13.5 to 14.5, and evenly."""

THINNEST_STROKE = 1.9
"""Strokes thinner than this once resized, in pixels, are widened to it. It is thin for MNIST: a
sixth of its training digits lie below, half of them above 2.4 (`stroke_width` of each)."""

FINE_SIDE = 50
"""Ink of fewer pixels than INK_SIZE is enlarged to at least this long before it is cut out: a box
of its own pixels would cut much off its soft edge, or leave much paper."""

SOFT_EDGE = 2
"""Pixels of paper kept around ink that is enlarged: as far as INTER_CUBIC looks."""

THICKEN_SIDE = 200
"""Strokes are widened on a picture at least this long, in pixels: ten times INK_SIZE."""

INK_LEVEL = 0.5
"""A pixel with at least this much ink counts as part of a stroke."""


def prepare(grey: npt.NDArray[np.uint8]) -> Image:
    """A grey picture of one digit, ready for a network.

    Args:
        grey: (height, width) uint8, ink darker or brighter than the paper.

    Returns:
        (28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink.

    Raises:
        NoDigitFound: all pixels are alike, so there is no ink.
    """
    return prepare_ink(normalize(invert_if_dark_on_light(grey)))


def prepare_ink(ink: Image) -> Image:
    """An ink map of one digit, ready for a network.

    Args:
        ink: (height, width) float32 in [0, 1]; 0 is paper, 1 is full ink.

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NoDigitFound: there is no ink.
    """
    return centre(resize(thicken(crop(enlarge(ink)))))


def invert_if_dark_on_light(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture with ink brighter than paper: inverted where its border is its brighter part.

    A digit seldom touches the border, so the border's median is the paper's grey.

    Args:
        grey: (height, width) uint8.
    """
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    middle = (float(grey.min()) + float(grey.max())) / 2
    return cv2.bitwise_not(grey) if float(np.median(border)) > middle else grey


def normalize(grey: npt.NDArray[np.uint8]) -> Image:
    """Grey values stretched to [0, 1]: the darkest becomes 0, the brightest 1.

    Args:
        grey: (height, width) uint8.

    Returns:
        The same shape, float32; all 0 where all pixels are alike.
    """
    low, high = float(grey.min()), float(grey.max())
    return (grey.astype(np.float32) - low) / max(high - low, 1.0)


def enlarge(ink: Image) -> Image:
    """Ink smaller than INK_SIZE, on more pixels, with smooth outlines; other ink as it is.

    Args:
        ink: (height, width) float32 in [0, 1].

    Returns:
        float32 in [0, 1]: of what was enlarged, the ink and SOFT_EDGE around it.

    Raises:
        NoDigitFound: no pixel has ink of at least INK_LEVEL.
    """
    rows, columns = _box(ink)
    longest_side = max(rows.stop - rows.start, columns.stop - columns.start)
    if longest_side >= INK_SIZE:
        return ink
    # An odd factor keeps the middle of each pixel as it is, so no ink falls below INK_LEVEL.
    factor = -(-FINE_SIDE // longest_side) | 1
    soft = np.pad(ink, SOFT_EDGE)[
        rows.start : rows.stop + 2 * SOFT_EDGE, columns.start : columns.stop + 2 * SOFT_EDGE
    ]
    size = (soft.shape[1] * factor, soft.shape[0] * factor)
    return cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)


def crop(ink: Image) -> Image:
    """The part of the picture that holds ink of at least INK_LEVEL.

    Args:
        ink: (height, width) float32 in [0, 1].

    Raises:
        NoDigitFound: no pixel has that much ink.
    """
    return ink[_box(ink)]


def _box(ink: Image) -> tuple[slice, slice]:
    """The rows and columns from the first to the last that have ink of at least INK_LEVEL."""
    mask = ink >= INK_LEVEL
    if not mask.any():
        raise NoDigitFound(
            f"None of {ink.size} pixels has ink of {INK_LEVEL} or more. "
            "Lower the threshold that separates ink from paper, or refuse the photo."
        )
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def stroke_width(ink: Image) -> float:
    """How wide the pen's strokes are, in pixels: the ink's area by half its outline's length.

    Args:
        ink: (height, width) float32 in [0, 1], with ink of at least INK_LEVEL.
    """
    mask = (ink >= INK_LEVEL).astype(np.uint8)
    contours, _ = cv2.findContours(
        cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT),
        cv2.RETR_LIST,
        cv2.CHAIN_APPROX_NONE,
    )
    # A contour runs through the middle of the border pixels: half a pixel inside the outline.
    half_outline = sum(cv2.arcLength(contour, closed=True) for contour in contours) / 2
    return float(mask.sum()) / max(half_outline, 1.0)


def thicken(ink: Image) -> Image:
    """Strokes widened until, resized to INK_SIZE, they are as wide as MNIST's thin ones.

    A fine pen on a large photo would otherwise fade to nothing when it is shrunk.

    Args:
        ink: (height, width) float32 in [0, 1], cropped to its ink.

    Returns:
        float32 in [0, 1], larger by the margin that the strokes grew into; shrunk if it was large.
    """
    if _missing_width(ink) < 1:
        return ink
    ink = _shrunk_by_maximum(ink)
    missing = _missing_width(ink)
    if missing < 1:
        return ink
    margin = (missing + 1) // 2
    padded = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    return cv2.dilate(padded, pen)


def _missing_width(ink: Image) -> int:
    """By how many pixels the strokes are too thin."""
    return round(THINNEST_STROKE * max(ink.shape) / INK_SIZE - stroke_width(ink))


def _shrunk_by_maximum(ink: Image) -> Image:
    """The ink shrunk to less than twice THICKEN_SIDE, so that no thin stroke fades.

    Widening a hair line on a large photo takes seconds otherwise: the time grows with the fourth
    power of the side.
    """
    block = max(1, max(ink.shape) // THICKEN_SIDE)
    height, width = (-(-side // block) for side in ink.shape)
    padded = np.zeros((height * block, width * block), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    return padded.reshape(height, block, width, block).max(axis=(1, 3))


def resize(ink: Image) -> Image:
    """The ink fitted into INK_SIZE x INK_SIZE pixels, its aspect kept.

    Args:
        ink: (height, width) float32 in [0, 1], cropped to its ink.

    Returns:
        float32 in [0, 1], whose longest side is INK_SIZE and whose shortest is at least 1.
    """
    factor = INK_SIZE / max(ink.shape)
    height, width = (max(1, round(side * factor)) for side in ink.shape)
    # Averaging keeps thin strokes when it shrinks them.
    return cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA).clip(0, 1)


def centre(ink: Image) -> Image:
    """The ink placed on paper of 28x28 so that its centre of mass lies in the middle.

    Args:
        ink: (height, width) float32 in [0, 1], at most 28x28.

    Returns:
        (28, 28) float32 in [0, 1]. Ink that would fall off the paper keeps to its edge.
    """
    row, column = centre_of_mass(ink)
    top = min(max(round(MIDDLE - row), 0), IMAGE_SIZE - ink.shape[0])
    left = min(max(round(MIDDLE - column), 0), IMAGE_SIZE - ink.shape[1])
    paper = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)
    paper[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return paper


def centre_of_mass(ink: Image) -> tuple[float, float]:
    """Where the ink balances: (row, column), in pixels from the middle of the top left pixel.

    Args:
        ink: (height, width) float32 in [0, 1].

    Raises:
        NoDigitFound: there is no ink, so there is no centre.
    """
    total = float(ink.sum())
    if total == 0:
        raise NoDigitFound(
            f"Cannot centre a digit: all {ink.size} pixels are paper (0). "
            "Lower the threshold that separates ink from paper, or refuse the photo."
        )
    rows, columns = np.arange(ink.shape[0]), np.arange(ink.shape[1])
    return float(rows @ ink.sum(axis=1)) / total, float(ink.sum(axis=0) @ columns) / total
