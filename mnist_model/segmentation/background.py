"""Grey values → how much ink lies on each pixel, whatever the light and the paper.

The paper's own brightness is estimated everywhere by a median over a window much wider than a
pen's stroke, and each pixel is compared with it. A median, not a mean, because it keeps the edges
of shadows and of the sheet where they are, and treats dark ink and chalk on a board alike; then
shadows get back the corners that it rounds off (shadows.py). Source of the idea: background
estimation and normalization as in Gatos, Pratikakis, Perantonis, "Adaptive degraded document
image binarization" (2006).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.decoding import GreyImage
from mnist_model.segmentation.shadows import DARKEST_PAPER, in_shadow
from mnist_model.shrinking import shrunk

PAPER_SIDE = 256
"""The paper is estimated on a picture shrunk to this longest side, in pixels."""

NARROW_WINDOW = 65
"""Side of the median's window there, in pixels. It follows shadows, and bears strokes up to an
eighth of the picture wide."""

WIDE_WINDOW = 195
"""The window for pictures that one digit fills with a broad pen."""

BROAD_SIDE = 128
"""Broad strokes are looked for on a picture shrunk further, to this longest side, in pixels."""

STEEPEST_LIGHT = 0.35
"""By how much light changes over a window at most, as a share of its brightness."""

BROAD_STROKE = 6.0
"""Radius of a stroke there, from which the wide window is taken, in pixels."""

STROKE_ROOM = 2.0
"""A shadow is at least so many times as broad as the broadest stroke ..."""

NARROWEST_SHADOW = 12
"""... and twice this many pixels: for strokes that `broadest_radius` misses."""

BROADEST_STROKE = 48
"""What is broader than twice this many pixels is no stroke."""

FIRM = 0.6
"""Broad strokes are looked for among ink of this share of the strongest contrast: a shadow is
fainter than ink."""


@dataclass(frozen=True, slots=True)
class Background:
    """What a picture would be without ink, on at most PAPER_SIDE pixels a side."""

    paper: GreyImage  # (height, width) uint8: how bright it is under each pixel
    edges: GreyImage  # (height, width) uint8; 1 where a shadow, or the sheet, ends
    ink_is_dark: bool  # or else lighter than its paper


def find_background(grey: GreyImage, ink_is_dark: bool | None = None) -> Background:
    """The background of a picture.

    Args:
        grey: (height, width) uint8.
        ink_is_dark: what to take the ink for; None: for what it seems to be.
    """
    small = shrunk(grey, PAPER_SIDE)
    radius = broadest_radius(small, ink_is_dark)
    paper = paper_of(small, WIDE_WINDOW if radius > BROAD_STROKE else NARROW_WINDOW)
    room = round(STROKE_ROOM * radius * PAPER_SIDE / BROAD_SIDE)
    reach = min(max(room, NARROWEST_SHADOW), BROADEST_STROKE)

    def background(*, ink_is_dark: bool) -> Background:
        if ink_is_dark:
            return Background(*in_shadow(small, paper, reach), ink_is_dark=True)
        inverted, edges = in_shadow(255 - small, 255 - paper, reach)
        return Background(255 - inverted, edges, ink_is_dark=False)

    if ink_is_dark is not None:
        return background(ink_is_dark=ink_is_dark)
    dark, light = background(ink_is_dark=True), background(ink_is_dark=False)
    # Only now, that the corners of shadows are no ink, is it sure which of both the ink is.
    return dark if is_ink_dark(small, dark.paper, light.paper) else light


def contrast(grey: GreyImage, background: Background) -> Image:
    """How far each pixel departs from its paper: positive is ink.

    Args:
        grey: (height, width) uint8.

    Returns:
        (height, width) float32, at most 1; 0 is paper, 1 is black on white or white on black.
    """
    paper = cv2.resize(background.paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return departure(grey, paper, background.ink_is_dark)


def paper_of(grey: GreyImage, window: int) -> GreyImage:
    """The brightness that the paper has under each pixel: the median of what lies around it.

    Beyond the border the picture goes on mirrored. Where its light falls off towards the border it
    goes on falling, else the median there would be too bright.

    Args:
        grey: (height, width) uint8.
        window: odd side of the square that the median is taken over, in pixels.
    """
    half = window // 2
    mirrored = np.pad(grey.astype(np.int16), half, mode="reflect")
    falling = np.pad(grey.astype(np.int16), half, mode="reflect", reflect_type="odd").clip(0, 255)
    # A steeper fall is the edge of something, such as a dark table around the sheet.
    is_light = np.abs(falling - mirrored) <= STEEPEST_LIGHT * mirrored
    padded = np.where(is_light, falling, mirrored).astype(np.uint8)
    return cv2.medianBlur(padded, window)[half:-half, half:-half]


def broadest_radius(grey: GreyImage, ink_is_dark: bool | None = None) -> float:
    """Half the width of the broadest stroke, in pixels of a picture of BROAD_SIDE.

    Shadows are broad as well, but reach the picture's border; strokes end before it.

    Args:
        grey: (height, width) uint8, longest side PAPER_SIDE.
        ink_is_dark: what to take the ink for; None: for what it seems to be.
    """
    small = shrunk(grey, BROAD_SIDE)
    # The same part of the picture: half as many pixels, and an odd number of them.
    paper = paper_of(small, WIDE_WINDOW * BROAD_SIDE // PAPER_SIDE)
    if ink_is_dark is None:
        ink_is_dark = is_ink_dark(small, paper, paper)
    ink = departure(small, paper, ink_is_dark).clip(0, 1)
    ink = cv2.blur(ink, (3, 3))  # one bright pixel is no measure
    mask = (ink > FIRM * ink.max()).astype(np.uint8)
    _, labels = cv2.connectedComponents(mask)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    mask[np.isin(labels, border)] = 0
    return float(cv2.distanceTransform(mask, cv2.DIST_L2, 3).max())


def is_ink_dark(grey: GreyImage, if_dark: GreyImage, if_light: GreyImage) -> bool:
    """Whether ink is darker than paper: the sharper departures decide.

    Args:
        grey: (height, width) uint8.
        if_dark: the paper under it if ink is dark, likewise.
        if_light: the paper if ink is light.
    """
    return _sharpness(if_dark, grey) >= _sharpness(grey, if_light)


def _sharpness(bright: GreyImage, dark: GreyImage) -> float:
    """The third power lets a thin firm stroke outweigh a broad faint glare."""
    difference = cv2.subtract(bright, dark).astype(np.float32)
    return float((difference * difference * difference).sum())


def departure(grey: GreyImage, paper: GreyImage, ink_is_dark: bool) -> Image:
    """How far `grey` lies on the ink's side of `paper`: float32, at most 1, at least -11.

    Dark ink takes away a share of the paper's light, so it is measured against the paper's
    brightness; chalk adds light, up to white. What lies on the other side may be farther off than
    ink can be: light on dark paper is many times as bright.
    """
    level, value = paper.astype(np.float32), grey.astype(np.float32)
    if ink_is_dark:
        return cv2.divide(level - value, cv2.max(level, DARKEST_PAPER))
    return cv2.divide(value - level, cv2.max(255 - level, DARKEST_PAPER))
