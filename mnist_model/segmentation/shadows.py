"""Where light ends: the edges of shadows, and of a sheet on its table.

A wide median rounds the corner of a shadow off, so that the corner would count as ink. What is
broader than a pen's stroke in every direction can be told from ink without a median: a closing
takes strokes away and leaves shadows as they are, but for a little of their corners.

Here ink is dark; for chalk the picture is inverted. All pictures are small (background.py).
"""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.decoding import GreyImage

PENUMBRA = 0.3
"""By how much shadows are grown, as a share of the closing's radius: over their soft edge, and
over the tip of a right-angled corner, which lies 0.41 radii beyond the closing's disc."""

STEEP = 0.3
"""At an edge the light changes by this share of its brightness ..."""

EDGE_RADIUS = 3
"""... within twice this many pixels."""

DARKEST_PAPER = 24.0
"""Grey value under which paper counts as this bright, so that noise in a black shadow is not
magnified into ink or edges."""


def in_shadow(grey: GreyImage, lit: GreyImage, radius: int) -> tuple[GreyImage, GreyImage]:
    """The paper's brightness with all shadows in it, and where it steps.

    Where ink touches the edge of a shadow it is measured against the shadow, so that the edge
    itself is no ink. Ink that is darker than the shadow stays ink.

    Args:
        grey: (height, width) uint8.
        lit: (height, width) uint8, the paper's brightness, rounded where shadows have corners.
        radius: strokes of half this width and broader shadows are told apart, in pixels.

    Returns:
        Both (height, width) uint8; of the second, 1 is an edge and 0 is none.
    """
    grown = max(1, round(PENUMBRA * radius))
    pad = radius + grown
    # Shadows go on beyond the border; else a disc would not fit into one that ends there.
    padded = cv2.copyMakeBorder(grey, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, _disc(radius))
    paper = np.minimum(lit, cv2.erode(closed, _disc(grown))[pad:-pad, pad:-pad])
    return paper, edges_of(np.minimum(lit, closed[pad:-pad, pad:-pad]))


def edges_of(paper: GreyImage) -> GreyImage:
    """Where the paper's brightness steps: (height, width) uint8, 1 is an edge."""
    bright = cv2.dilate(paper, _disc(EDGE_RADIUS)).astype(np.float32)
    step = bright - cv2.erode(paper, _disc(EDGE_RADIUS))
    return (step > STEEP * np.maximum(bright, DARKEST_PAPER)).astype(np.uint8)


def _disc(radius: int) -> npt.NDArray[np.uint8]:
    side = 2 * radius + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
