"""Other ways from ink to the groups of pieces that may be digits; all other steps stay."""

from collections.abc import Iterator, Sequence

import numpy as np

from experiments.other_ways.ways import Swap, Way
from mnist_model import search
from mnist_model.contract import Box
from mnist_model.segmentation import layout
from mnist_model.segmentation.grouping import Group, find_groups
from mnist_model.segmentation.strokes import Mask, Stroke, find_strokes


def between_blanks(ink: Mask, edges: Mask, *, fine_alone: bool = False) -> tuple[Stroke, ...]:
    """What stands between two blank columns of a row, and the rows between blank rows.

    The profile is that of the ink without specks and surroundings, so that it is compared with
    our pieces of ink, and not with how these two are taken away.

    Source: projection profiles, as in Casey and Lecolinet, "A survey of methods and strategies in
    character segmentation" (1996), section 2.
    """
    writing = np.zeros_like(ink)
    for stroke in find_strokes(ink, edges, fine_alone=fine_alone):
        box = stroke.box
        writing[box.y : box.y + box.height, box.x : box.x + box.width] |= stroke.mask
    return tuple(
        _stroke(writing, top, bottom, left, right)
        for top, bottom in _runs(writing, axis=1)
        for left, right in _runs(writing[top:bottom], axis=0)
    )


def _runs(ink: Mask, axis: int) -> Iterator[tuple[int, int]]:
    """Where the profile along an axis has ink: each run's start and end.

    Args:
        axis: that is summed up: 1 gives runs of rows, 0 of columns.
    """
    edges = np.flatnonzero(np.diff(ink.max(axis=axis).astype(np.int8), prepend=0, append=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _stroke(writing: Mask, top: int, bottom: int, left: int, right: int) -> Stroke:
    rows = np.flatnonzero(writing[top:bottom, left:right].any(axis=1)).tolist()
    top, bottom = top + rows[0], top + rows[-1] + 1
    mask = writing[top:bottom, left:right].copy()
    return Stroke(Box(left, top, right - left, bottom - top), mask, int(mask.sum()))


def whole(stroke: Stroke, _writing_height: float) -> tuple[Stroke, ...]:
    """In place of `cut`: no cuts."""
    return (stroke,)


def of_one_stroke(
    row: Sequence[Stroke], sure: Sequence[bool], writing_height: float
) -> list[Group]:
    """In place of `find_groups`: only pieces that were cut from one stroke are put together."""
    groups = find_groups(row, sure, writing_height)
    return [
        group for group in groups if len({piece.source or piece for piece in group.pieces}) == 1
    ]


NO_CUTTING = Swap(search, "cut", whole)
NO_JOINING = Swap(search, "find_groups", of_one_stroke)

SEGMENTATIONS = (
    Way("each connected piece is one digit", (NO_CUTTING, NO_JOINING)),
    Way(
        "cut at blank columns of each row",
        (Swap(layout, "find_strokes", between_blanks), NO_CUTTING, NO_JOINING),
    ),
    Way("ours without cutting", (NO_CUTTING,)),
    Way("ours without joining", (NO_JOINING,)),
)
