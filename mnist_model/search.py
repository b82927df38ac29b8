"""The likeliest reading of a row among all ways to cut and to group its strokes.

Each way to walk from the row's left end to its right, group by group, is a reading. Its score is
the sum of its groups' log probabilities; a group of two strokes counts twice and half a stroke
counts half, so that every reading explains the same number of strokes. To cut a stroke costs what
the network says against its being several digits. The best is found piece by piece (dynamic
programming), as in Burges et al., "Shortest path segmentation" (1992).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mnist_model.contract import NO_DIGIT, NUM_CLASSES, SEVERAL, Image
from mnist_model.punctuation import Read, punctuation
from mnist_model.segmentation.cutting import cut
from mnist_model.segmentation.grouping import Group, Pieces, find_groups
from mnist_model.segmentation.strokes import Stroke

BEYOND_DOUBT = 0.95
"""A stroke that is a digit with this probability is not cut, and not joined with another such."""

MAYBE_SEVERAL = 0.02
"""A stroke is cut where it is several digits with at least this probability: to cut one costs the
logarithm of it, which a less likely one never makes good."""

NO_DIGIT_PRIOR = 0.35
"""How likely ink as tall as the writing is no digit, before one looks at it."""

PRIOR_WEIGHT = 2.0
"""So many signs of the photo say as much of that as this number does."""

TALL = 0.5
"""Signs of at least this share of the writing's height are counted for it: commas say nothing of
what stands between them."""

LEAST_HEIGHT = 0.2
"""Nothing under this share of the writing's height is a digit."""

LEAST_PART = 0.4
"""Nothing under this share of the height of the stroke that it was cut from is a digit."""

SHORTEST = 0.35
"""Digits shorter than this share of the writing's height are less and less likely ..."""

SHORTNESS_POWER = 2.0
"""... by this power of their height's share of SHORTEST."""

LEAST_ONE = 0.45
"""No one is under this share of the height of most in its row: cut out, a comma is a one."""

LEAST_PROBABILITY = 1e-6
IMPOSSIBLE = float(np.log(LEAST_PROBABILITY))


@dataclass(frozen=True, slots=True)
class Choice:
    """A group of the best reading, and whether it is read as a digit."""

    group: Group
    is_digit: bool


def candidates(
    row: Sequence[Stroke], outputs: Mapping[Pieces, Image], writing_height: float
) -> list[Group]:
    """Which pieces of a row may be one digit, the strokes cut that may be several.

    Args:
        row: the strokes of one row, from left to right.
        outputs: of each stroke alone, as `best_readings` takes them.
        writing_height: in pixels.
    """
    pieces: list[Stroke] = []
    sure: list[bool] = []
    for stroke in row:
        output = outputs[(stroke,)]
        is_sure = bool(output[:NUM_CLASSES].max() >= BEYOND_DOUBT)
        is_cut = not is_sure and output[SEVERAL] >= MAYBE_SEVERAL
        parts = cut(stroke, writing_height) if is_cut else (stroke,)
        pieces += parts
        sure += [is_sure] * len(parts)
    return find_groups(pieces, sure, writing_height)


def best_readings(
    rows: Sequence[Sequence[Group]], outputs: Mapping[Pieces, Image], writing_height: float
) -> list[list[Choice]]:
    """The groups of the likeliest reading of each row, from left to right.

    They are chosen twice. Where nearly all signs of a photo are digits, an odd one is likely a
    digit, too, and among letters it likely is none: so how likely ink is no digit is estimated
    from the first reading for the second (empirical Bayes, as in Robbins, "An empirical Bayes
    approach to statistics", 1956).

    Args:
        rows: all candidates of each row, with each of its pieces alone among them.
        outputs: of each group's pieces, and of each stroke that was cut, (12,) float32: how
            likely it is each digit, none, or several.
        writing_height: in pixels.
    """
    first = [best_reading(groups, outputs, writing_height) for groups in rows]
    prior = _no_digit_prior([choice for row in first for choice in row], writing_height)
    best = [best_reading(groups, outputs, writing_height, prior) for groups in rows]
    return [_without_punctuation(row, outputs) for row in best]


def _without_punctuation(row: Sequence[Choice], outputs: Mapping[Pieces, Image]) -> list[Choice]:
    digits = [choice.group for choice in row if choice.is_digit]
    marks = punctuation(
        [
            Read(int(outputs[group.pieces][:NUM_CLASSES].argmax()), group.box, group.mask)
            for group in digits
        ]
    )
    no_digits = {digits[number].first for number in marks}
    return [replace(c, is_digit=c.is_digit and c.group.first not in no_digits) for c in row]


def best_reading(
    groups: Sequence[Group],
    outputs: Mapping[Pieces, Image],
    writing_height: float,
    no_digit_prior: float = NO_DIGIT_PRIOR,
) -> list[Choice]:
    """The likeliest reading of one row; see `best_readings`."""
    row = sorted((group for group in groups if len(group.pieces) == 1), key=lambda g: g.first)
    cut = _Cut(tuple(group.pieces[0] for group in row))
    heights = sorted(g.box.height for g in row if g.box.height >= LEAST_HEIGHT * writing_height)
    least_one = LEAST_ONE * heights[len(heights) // 2] if heights else 0.0
    best = [0.0] + [-np.inf] * len(row)
    step: dict[int, Choice] = {}
    # Sorted by their end, so that the best way to each group's start is known when it is reached.
    for group in sorted(groups, key=lambda group: group.end):
        digit, none = _log_probabilities(
            group, outputs[group.pieces], writing_height, least_one, no_digit_prior
        )
        score = best[group.first] + cut.strokes_in(group) * max(digit, none)
        score += sum(_log(outputs[(stroke,)][SEVERAL]) for stroke in cut.begun_by(group))
        if group.end not in step or score > best[group.end]:
            best[group.end] = score
            step[group.end] = Choice(group, is_digit=digit > none)
    path: list[Choice] = []
    end = len(row)
    while end > 0:
        path.append(step[end])
        end = step[end].group.first
    return path[::-1]


class _Cut:
    """Which pieces of a row are parts of which stroke."""

    def __init__(self, pieces: Pieces) -> None:
        self._num_parts = Counter(piece.source for piece in pieces if piece.source)
        self._first_part: dict[Stroke, Stroke] = {}
        for piece in pieces:
            if piece.source:
                self._first_part.setdefault(piece.source, piece)

    def strokes_in(self, group: Group) -> float:
        """How many strokes a group holds; a part of one counts as a fraction."""
        return sum(
            1 / self._num_parts[piece.source] if piece.source else 1 for piece in group.pieces
        )

    def begun_by(self, group: Group) -> list[Stroke]:
        """The strokes whose first part is in the group, but not all their parts.

        Every reading that cuts a stroke has just one such group, so its cost is paid once.
        """
        held = Counter(piece.source for piece in group.pieces if piece.source)
        return [
            stroke
            for stroke, num_held in held.items()
            if num_held < self._num_parts[stroke] and self._first_part[stroke] in group.pieces
        ]


def _no_digit_prior(choices: Sequence[Choice], writing_height: float) -> float:
    tall = [c for c in choices if c.group.box.height >= TALL * writing_height]
    num_others = sum(not choice.is_digit for choice in tall)
    return (PRIOR_WEIGHT * NO_DIGIT_PRIOR + num_others) / (PRIOR_WEIGHT + len(tall))


def _log_probabilities(
    group: Group, output: Image, writing_height: float, least_one: float, no_digit_prior: float
) -> tuple[float, float]:
    """That the group is the likeliest digit, and that it is none.

    Args:
        least_one: the height, in pixels, under which nothing in its row is a one.
    """
    height = min(group.box.height / writing_height, 1.0)
    sources = [piece.source for piece in group.pieces if piece.source]
    least = max([LEAST_HEIGHT * writing_height, *(LEAST_PART * s.box.height for s in sources)])
    if output[:NUM_CLASSES].argmax() == 1:
        least = max(least, least_one)
    tallness = min(1.0, height / SHORTEST) ** SHORTNESS_POWER if group.box.height >= least else 0.0
    digit = _log(tallness * output[:NUM_CLASSES].max())
    # Only a stroke as it stands can be something else; halves and pairs of it are mistakes.
    none = IMPOSSIBLE
    if group.is_whole:
        # What looks like a digit, but is too short for one, is none.
        no_digit = output[NO_DIGIT] + (1 - tallness) * output[:NUM_CLASSES].sum()
        none = _log(no_digit) + height * np.log(no_digit_prior)
    return digit, none


def _log(probability: float) -> float:
    return float(np.log(max(float(probability), LEAST_PROBABILITY)))
