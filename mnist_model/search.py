"""The likeliest reading of a row among all ways to group its pieces.

Each way to walk from the row's left end to its right, group by group, is a reading; its score is
the sum of its groups' log probabilities, a group of three pieces counted three times, so that
every reading explains the same number of pieces. The best is found piece by piece (dynamic
programming), as in Burges et al., "Shortest path segmentation" (1992).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.contract import NUM_CLASSES, Image
from mnist_model.segmentation.grouping import Group, Pieces

JUNK_PRIOR = 0.25
"""How likely ink as tall as the writing is no digit, before one looks at it."""

TOUCHING_PRIOR = 0.03
"""How likely two neighbouring digits touch, before one looks at them."""

SHORTEST = 0.35
"""Digits shorter than this share of the writing's height are less and less likely."""

LEAST_HEIGHT = 0.2
"""Nothing under this share of the writing's height is a digit."""

SHORTNESS_POWER = 2.0
"""How fast: the power of their height's share of SHORTEST."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of the best reading, and whether it is read as a digit."""

    group: Group
    is_digit: bool


def best_reading(
    groups: Sequence[Group], outputs: Mapping[Pieces, Image], writing_height: float
) -> list[Choice]:
    """The groups of the likeliest reading of a row, from left to right.

    Args:
        groups: all candidates of the row, with each of its pieces alone among them.
        outputs: of each group's pieces, (11,) float32: how likely it is each digit, and none.
        writing_height: in pixels.
    """
    num_pieces = max((group.end for group in groups), default=0)
    best = [0.0] + [-np.inf] * num_pieces
    step: dict[int, Choice] = {}
    # Sorted by their end, so that the best way to each group's start is known when it is reached.
    for group in sorted(groups, key=lambda group: group.end):
        digit, junk = _log_probabilities(group, outputs[group.pieces], writing_height)
        score = best[group.first] + max(digit, junk) * len(group.pieces)
        if group.first and _touch(step[group.first].group, group):
            score += np.log(TOUCHING_PRIOR)
        if group.end not in step or score > best[group.end]:
            best[group.end] = score
            step[group.end] = Choice(group, is_digit=digit > junk)
    path: list[Choice] = []
    end = num_pieces
    while end > 0:
        path.append(step[end])
        end = step[end].group.first
    return path[::-1]


def _touch(left: Group, right: Group) -> bool:
    """Whether two neighbouring groups are parts of one stroke that was cut between them."""
    source = right.pieces[0].source
    return source is not None and left.pieces[-1].source is source


def _log_probabilities(group: Group, output: Image, writing_height: float) -> tuple[float, float]:
    """That the group is the likeliest digit, and that it is none."""
    height = min(group.box.height / writing_height, 1.0)
    digit = np.log(max(float(output[:NUM_CLASSES].max()), 1e-6))
    if height < LEAST_HEIGHT:
        digit = -np.inf
    digit += SHORTNESS_POWER * min(0.0, np.log(height / SHORTEST))
    # Only a stroke as it stands can be something else; halves and pairs of it are mistakes.
    junk = -np.inf
    if group.is_whole:
        junk = np.log(max(float(output[NUM_CLASSES]), 1e-6)) + height * np.log(JUNK_PRIOR)
    return digit, junk
