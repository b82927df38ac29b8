"""The upright sides of boxes and tables, which would be read as ones.

They are thin pieces that stand from one level line to the next, with another between the same two
lines or more above and below. One alone may be a one. So may all that stand on lines too faint for
ink, as printed sides are as firm as their lines.
"""

from collections import Counter

import numpy as np

from mnist_model.segmentation.components import Labels, connected_components
from mnist_model.segmentation.strokes import Mask

WIDEST = 0.15
"""A side is at most this share of its height wide, ..."""

LOWEST = 8
"""... and higher than so many pixels."""

GAP = 2
"""It ends within so many pixels of a level line, and stands above another but for these."""

REACH = 4
"""Or within so many, if there is ink between: what touches a line is taken for a part of it."""

LEAST_BESIDE = 2
"""So many pieces between the same two lines are sides ..."""

LEAST_STACKED = 3
"""... or so many above each other. A one that is two squares tall is fewer."""


def sides(ink: Mask, lines: Labels) -> Mask:
    """The pixels of the upright sides of boxes.

    Args:
        ink: (height, width) uint8, on the grid that lines are looked for on (ruling.py).
        lines: (height, width): the label of the level line that a pixel is on, 0 for none.
    """
    firm = lines * ink
    if not firm.any():
        return np.zeros_like(ink)
    labels, stats = connected_components(ink & (lines == 0).view(np.uint8))
    found, between, columns = [], [], []
    for label, (x, y, width, height, _) in enumerate(stats.tolist()[1:], start=1):
        if width > WIDEST * height or height <= LOWEST:
            continue
        # Not over the piece itself, whose own ink is there.
        beside = np.r_[max(0, x - 4) : max(0, x - 2), x + width + 2 : x + width + 4]
        at_its_side = firm[:, beside[beside < ink.shape[1]]].max(axis=1, initial=0)
        is_ink = ink[:, x : x + width].max(axis=1)
        above = _line_at(y, -1, at_its_side, is_ink)
        below = _line_at(y + height - 1, 1, at_its_side, is_ink)
        if above and below:
            found.append(label)
            between.append((above, below))
            columns.append(x + width / 2)
    num_beside = Counter(between)
    num_stacked = np.count_nonzero(np.abs(np.subtract.outer(columns, columns)) <= GAP, axis=1)
    are_sides = [
        label
        for label, lines_of_it, stacked in zip(found, between, num_stacked, strict=True)
        if num_beside[lines_of_it] >= LEAST_BESIDE or stacked >= LEAST_STACKED
    ]
    return np.isin(labels, are_sides).astype(np.uint8)


def _line_at(end: int, step: int, lines: Labels, is_ink: Mask) -> int:
    """The label of the line at the upper or lower end of a piece, 0 for none.

    Args:
        end: the row that it ends in.
        step: from there on, outward: -1 or 1.
        lines: (height,) the label of the firm line in each row, beside the piece.
        is_ink: (height,) uint8; 1 where there is ink in a row, above and below the piece as well.
    """
    for distance in range(-GAP, REACH + 1):
        row = end + step * distance
        if not 0 <= row < len(lines):
            return 0
        if lines[row]:
            return int(lines[row])
        if distance >= GAP and not is_ink[min(end, row) : max(end, row) + 1].all():
            return 0
    return 0
