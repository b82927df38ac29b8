"""Ink without the lines that were printed on the paper: ruled, squared and form paper.

A line is a run of ink far longer than any stroke of the writing, or one from border to border.
Only its own thickness is taken away, so that a digit standing across it stays whole. Source of
the method: opening with a long straight element, as in Shi and Govindaraju, "Line separation for
complex document images" (2004), with the crossing strokes kept by their run length.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Box
from mnist_model.segmentation.components import Labels, Statistics, connected_components
from mnist_model.segmentation.posts import sides
from mnist_model.segmentation.strokes import Mask, writing_height
from mnist_model.shrinking import shrunk

SHORTEST_RUN = 0.08
"""A line is built of straight runs, at least this share of the picture's longest side long."""

SHORTEST_LINE = 0.2
"""A line is at least this share of the picture's longest side long ..."""

WRITING_HEIGHTS = 3.0
"""... and at least this many times as long as the writing is high, or goes right across."""

SEVERAL_LINES = 3
"""So many lines in one direction are ruling, though they end a little before the borders."""

AT_BORDER = 0.02
"""Else they end within this share of the picture's width from the borders."""

GAP = 4
"""What interrupts a line is at most twice so many pixels wide, where lines are looked for."""

THICKEST_LINE = 0.03
"""A line is at most this share of the picture's longest side thick."""

THICKEST_TRACE = 0.016
"""But faint print no more than this: what is broader, such as wiped chalk, is no line."""

TILT = 0.004
"""How far a run may leave its row, as a share of the picture's width: a tilt of 3 degrees."""


AS_FINE = 1.3
"""An upright line is as fine as the level ones if it is at most so many times as thick."""

MOSTLY_INK = 0.6
"""That a line is thicker than others can be seen if it has ink on this share of the longest one's
length. On a faint one, most ink is the writing that stands on it."""

DETECTION_SIDE = 320
"""Lines are looked for on the ink shrunk to about this longest side, in pixels."""


def without_ruling(ink: Mask, traces: Mask) -> Mask:
    """The ink without level and upright ruled lines.

    Near firm writing, faint lines are no ink (binarization.py), and are in pieces there. So they
    are looked for among all traces.

    Args:
        ink: (height, width) uint8; 1 is ink, 0 is paper.
        traces: (height, width) uint8; 1 is ink or faint print.
    """
    small_ink = _coarse(ink)
    small_traces = _coarse(traces) | small_ink
    level = _level_ruling(small_ink, small_traces)
    # Upright lines go only where they run right across, or are as fine as the level ones: a one is
    # an upright line as well.
    tall = _lines(np.ascontiguousarray(small_ink.T), np.ascontiguousarray(small_traces.T))
    boxes = sides(small_ink, _whole_lines(level, axis=0)[0])
    upright = _long(tall, np.inf).T | _as_fine(tall.T, level, ink) | boxes
    for lines, axis in ((level, 0), (upright, 1)):
        if lines.any():
            ink = _without(ink, np.ascontiguousarray(lines), axis)
    return ink


def _lines(ink: Mask, traces: Mask) -> Mask:
    """The pixels of level lines, thin ones where they are only traces."""
    return _runs(ink, THICKEST_LINE) | _runs(traces, THICKEST_TRACE)


def _level_ruling(ink: Mask, traces: Mask) -> Mask:
    lines = _lines(ink, traces)
    writing = _writing_height(ink & ~lines)
    return _long(lines, WRITING_HEIGHTS * writing if writing else np.inf)


def _as_fine(upright: Mask, level: Mask, ink: Mask) -> Mask:
    """Those of the upright lines that are no thicker than the level ones.

    Args:
        ink: of the picture itself; the lines are on the coarser grid of `_coarse`.
    """
    if not level.any() or not upright.any():
        return np.zeros_like(upright)
    finest = AS_FINE * _thickness(_runs_across(_in_full(level, ink), 2, ink, axis=0)[1])
    labels, stats = connected_components(upright)
    in_full = _in_full(labels.astype(np.uint16), ink)
    runs = _runs_across(in_full, len(stats), ink, axis=1)
    are_fine = [label > 0 and _thickness(across) <= finest for label, across in enumerate(runs)]
    return np.array(are_fine)[labels].astype(np.uint8)


def _coarse(ink: Mask) -> Mask:
    """The ink on a coarser grid: a coarse pixel has ink where a third of its pixels has."""
    small = shrunk(ink * np.uint8(255), DETECTION_SIDE)
    return (small > 85).view(np.uint8)


def _runs(ink: Mask, thickest: float) -> Mask:
    """The pixels of level runs of ink that are long and thin enough for a line.

    Args:
        thickest: how thick it may be, as a share of the picture's longest side.
    """
    height, width = ink.shape
    reach = max(1, round(TILT * width))
    thick = cv2.dilate(ink, np.ones((2 * reach + 1, 1), np.uint8))
    run = max(12, round(SHORTEST_RUN * max(ink.shape))) | 1
    # Opening with a level element, as two running sums: their cost does not grow with its length.
    core = (cv2.boxFilter(thick, cv2.CV_32F, (run, 1), normalize=False) > run - 0.5).view(np.uint8)
    if not core.any():
        return core
    runs = (cv2.boxFilter(core, cv2.CV_32F, (run, 1), normalize=False) > 0.5).view(np.uint8)
    labels, stats = connected_components(runs)
    most = thickest * max(height, width) + 2 * reach
    is_line = [
        label > 0
        and stat[cv2.CC_STAT_WIDTH] >= SHORTEST_LINE * max(ink.shape)
        and stat[cv2.CC_STAT_AREA] <= most * stat[cv2.CC_STAT_WIDTH]
        for label, stat in enumerate(stats.tolist())
    ]
    return np.array(is_line)[labels].astype(np.uint8) & ink


def _long(lines: Mask, least: float) -> Mask:
    """Those of the lines that are at least so long, or go right across the picture.

    A few must reach its borders: in a picture that its digits fill, the stroke of a one and the
    roof of a seven nearly do.
    """
    width = lines.shape[1]
    reach = max(3, round(TILT * width) * 2 + 1)
    # A line that the writing interrupts is still one line. It grows by as much on either side, for
    # which there is room at the borders, too.
    padded = cv2.copyMakeBorder(lines, 0, 0, GAP, GAP, cv2.BORDER_CONSTANT)
    joined = cv2.dilate(padded, np.ones((reach, 2 * GAP + 1), np.uint8))
    labels, stats = connected_components(joined)
    left, length = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH] - 2 * GAP
    short_of_border = np.maximum(left, width - left - length)
    is_across = short_of_border <= AT_BORDER * width + 5 + GAP
    is_across[0] = False  # what is no line
    if np.count_nonzero(is_across) < SEVERAL_LINES:
        is_across &= short_of_border <= AT_BORDER * width
    is_long = is_across | (length >= least)
    is_long[0] = False
    return is_long[labels[:, GAP:-GAP]].astype(np.uint8) & lines


def _without(ink: Mask, coarse_lines: Mask, axis: int) -> Mask:
    """The ink without the lines, but with what stands across them.

    Args:
        coarse_lines: lines on the coarser grid of `_coarse`.
        axis: across the lines: 0 for level ones, 1 for upright ones.
    """
    labels, stats = _whole_lines(coarse_lines, axis)
    lines = _in_full(labels.astype(np.uint16), ink)
    # The coarse grid may have missed a line's edge.
    lines = cv2.dilate(lines, np.ones((3, 3), np.uint8))
    runs = _runs_across(lines, len(stats), ink, axis)
    thickness_of_all = _thickness(np.concatenate(runs))
    extents = stats[1:, 2 + axis] * (ink.shape[1 - axis] / coarse_lines.shape[1 - axis])
    lengths = np.zeros(len(stats), int)
    for label in range(1, len(stats)):
        # Of a whole line, as a part of one may be the roof of a seven that lies on it.
        is_seen = runs[label].size >= MOSTLY_INK * extents.max()
        its_own = _thickness(runs[label]) if is_seen else 0.0
        lengths[label] = max(3, round(1.7 * max(its_own, thickness_of_all)) + 1)
    without = ink
    for length in set(lengths[1:].tolist()):
        across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _along(length, 1 - axis))
        without = without & ~((lengths[lines] == length).view(np.uint8) & ~across)
    return without


def _whole_lines(lines: Mask, axis: int) -> tuple[Labels, Statistics]:
    """The label of the line that a pixel is on, of which writing may have left pieces, 0 for none;
    and the statistics of each.
    """
    labels, stats = connected_components(cv2.dilate(lines, _along(2 * GAP + 1, axis)))
    return labels * lines, stats


def _along(length: int, axis: int) -> Mask:
    """An element of so many pixels along the lines, one across them; see `_without`."""
    return np.ones((1, length) if axis == 0 else (length, 1), np.uint8)


def _in_full(coarse: npt.NDArray[Any], ink: Mask) -> npt.NDArray[Any]:
    """What was found on the coarser grid, on that of the ink."""
    return cv2.resize(coarse, ink.shape[::-1], interpolation=cv2.INTER_NEAREST)


def _runs_across(
    lines: npt.NDArray[Any], num_labels: int, ink: Mask, axis: int
) -> list[npt.NDArray[np.int_]]:
    """How long the runs of ink across each line are, in pixels.

    Args:
        lines: (height, width): the label of the line that a pixel belongs to, 0 for none.
        num_labels: 0 among them.
        axis: across the lines: 0 for level ones, 1 for upright ones.
    """
    on_lines = (lines > 0).view(np.int8) & ink.view(np.int8)
    edges = np.diff(on_lines, axis=axis, prepend=0, append=0)
    across, labels = (edges, lines) if axis == 1 else (edges.T, lines.T)
    places, starts = np.nonzero(across == 1)
    runs = np.nonzero(across == -1)[1] - starts
    label_of = labels[places, starts]
    return [runs[label_of == label] for label in range(num_labels)]


def _thickness(runs: npt.NDArray[np.int_]) -> float:
    """How thick a line is with such runs of ink across it, in pixels."""
    return float(np.median(runs)) if runs.size else 1.0


def _writing_height(ink: Mask) -> float:
    _, stats = connected_components(ink)
    pieces = stats[1:].tolist()
    if not pieces:
        return 0.0
    boxes = [Box(x, y, width, height) for x, y, width, height, _ in pieces]
    return writing_height(boxes, [area for *_, area in pieces])
