"""The connected pieces of a mask, where they lie and how large they are."""

import cv2
import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int32]
Statistics = npt.NDArray[np.int32]
"""(pieces + 1, 5): left, top, width, height and area of each label, in pixels."""


def connected_components(mask: npt.NDArray[np.uint8]) -> tuple[Labels, Statistics]:
    """Pieces of pixels that touch each other, at a corner at least.

    Args:
        mask: (height, width) uint8; pieces are made of what is not 0.

    Returns:
        (height, width) int32: 0 for what is no piece, else the piece's number, from 1 on. And the
        statistics of each number, 0 among them.
    """
    # OpenCV's own choice of algorithm gives the same numbers, in more than three times as long.
    _, labels, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_BBDT
    )
    return labels, statistics
