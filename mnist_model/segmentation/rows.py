"""Boxes → rows in reading order: from the top down, each from left to right.

Lines that people write rise, fall and bend, so no straight baseline is fitted: each box is
chained to the nearest box on its right that stands at the same height as itself.
"""

from collections.abc import Sequence

import numpy as np

from mnist_model.contract import Box

SAME_ROW_OVERLAP = 0.4
"""Two boxes stand in one row if they share at least this much of the lower box's height."""


def find_rows(boxes: Sequence[Box]) -> list[list[int]]:
    """The indices of `boxes`, row by row.

    Args:
        boxes: the digits' boxes, or their strokes', in any order.
    """
    rows: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda index: boxes[index].x):
        home = max(
            rows,
            key=lambda row: _overlap(boxes[row[-1]], boxes[index]),
            default=None,
        )
        if home is not None and _overlap(boxes[home[-1]], boxes[index]) >= SAME_ROW_OVERLAP:
            home.append(index)
        else:
            rows.append([index])
    return sorted(rows, key=lambda row: float(np.mean([_middle(boxes[i]) for i in row])))


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _overlap(one: Box, other: Box) -> float:
    """The share of the lower box's height that both have in common, in [0, 1]."""
    shared = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(shared, 0) / max(min(one.height, other.height), 1)
