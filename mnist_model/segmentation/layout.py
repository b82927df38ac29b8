"""The first steps of segmentation in their order: a grey picture → rows of strokes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from mnist_model.contract import IMAGE_SIZE, Box, Image
from mnist_model.decoding import GreyImage
from mnist_model.preprocessing import prepare_ink
from mnist_model.quantiles import quantile, quantile_of_picture
from mnist_model.segmentation.background import contrast, departure, find_background
from mnist_model.segmentation.binarization import binarize, firmest_ink
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.rows import TALL, find_rows
from mnist_model.segmentation.ruling import without_ruling
from mnist_model.segmentation.strokes import Mask, Stroke, find_strokes, writing_height
from mnist_model.shrinking import shrunk

COARSE_SIDE = 640
"""Longest side of the picture that is looked at first, in pixels."""

TALL_ENOUGH = 40.0
"""Writing this tall there, in pixels, needs no closer look: twice MNIST's own digits."""

ROOM = 0.5
"""How much paper is put around a picture on each side, as a share of its longest side: a digit
that fills it becomes half as tall as what is looked at."""

GROUND, WHOLE_SIDE = 1 / 3, 0.95
"""Ink on this share of a photo or more, and along this share of one of its sides, is no digit that
fills it, but what its paper lies on, or another light."""

EVEN_PAPER = 0.8
"""Where paper is taken for even, this share of the picture's pixels are darker than it."""


LEAST_TALL, MANY_LOW = 0.2, 3
"""So many strokes that are low, but at least this share of the writing's height tall, are digits
beside a large sign, such as a heading; unless there are as many tall ones, as where commas are."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What may be read on a picture, before anything is read."""

    grey: GreyImage  # (height, width) uint8: the picture it was found on
    ink_is_dark: bool  # or else lighter than its paper
    contrast: Image  # (height, width) float32, at most 1; positive is ink
    writing_height: float  # pixels
    rows: tuple[tuple[Stroke, ...], ...]  # from the top down, each from left to right
    is_firmest: bool = False  # of the firmest ink alone, on paper taken for even
    room: float = 0.0  # pixels of paper that were put around the photo, on each side of it

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """All of them, in reading order."""
        return tuple(stroke for row in self.rows for stroke in row)

    def crops(self, groups: Sequence[Group]) -> Image:
        """(len(groups), 28, 28) float32 in [0, 1]: the groups, ready for a network."""
        crops = [ink_of(group, self.contrast) for group in groups]
        return np.stack(crops) if crops else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.float32)

    def firmness_of(self, group: Group) -> float:
        """How firm the ink of a group is: the contrast that its firmest quarter exceeds."""
        return _firmness(_part(self.contrast, group.box), group.mask)


def find_layout(grey: GreyImage, ink_is_dark: bool | None = None) -> Layout:
    """The strokes of a picture, row by row.

    Args:
        grey: (height, width) uint8.
        ink_is_dark: what to take the ink for; None: for what it seems to be.
    """
    return _coarse_first(grey, partial(_layout_of, ink_is_dark=ink_is_dark))


def find_firmest_layout(grey: GreyImage, *, ink_is_dark: bool) -> Layout:
    """The strokes of the firmest ink alone, row by row: patterns, print and most shadows go.

    The paper is taken for even, so that nothing of light and pattern has to be understood: for
    photos of which `find_layout` makes little. It finds nothing where something broader is as firm
    as the ink, such as a dark table around the sheet.

    Args:
        grey: (height, width) uint8.
    """
    return _coarse_first(grey, partial(_firmest_layout_of, ink_is_dark=ink_is_dark))


def find_fine_layout(grey: GreyImage, *, ink_is_dark: bool) -> Layout:
    """The strokes of a picture without what is far broader, such as a pen that lies on the sheet.

    Args:
        grey: (height, width) uint8.
    """
    return _coarse_first(grey, partial(_layout_of, ink_is_dark=ink_is_dark, fine_alone=True))


def find_layout_with_room(grey: GreyImage) -> Layout:
    """The strokes of a picture with paper put around it, row by row: for one that a digit fills.

    Where there is more ink than paper, no paper can be seen under it. What lies along most of the
    border is taken for the paper.

    Args:
        grey: (height, width) uint8.
    """
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    room = round(ROOM * max(grey.shape))
    around = np.pad(grey, room, constant_values=round(np.median(border)))
    layout = _layout_of(shrunk(around, COARSE_SIDE), None)
    layout = replace(layout, room=room * max(layout.grey.shape) / max(around.shape))
    return with_strokes(layout, [s for s in layout.strokes if not _is_ground(s, layout)])


def _is_ground(stroke: Stroke, layout: Layout) -> bool:
    """Whether a stroke is most likely what the paper on a photo lies on, or another light.

    Args:
        layout: of the photo with room around it.
    """
    inside = slice(round(layout.room) + 1, -round(layout.room) - 1)
    if not 0 < GROUND * layout.contrast[inside, inside].size <= stroke.area:
        return False
    ink = np.zeros_like(layout.contrast)
    _part(ink, stroke.box)[...] = stroke.mask
    photo = ink[inside, inside]
    sides = photo[0], photo[-1], photo[:, 0], photo[:, -1]
    return any(side.mean() >= WHOLE_SIDE for side in sides)


def _coarse_first(grey: GreyImage, layout_of: Callable[[GreyImage], Layout]) -> Layout:
    """The layout of a picture of COARSE_SIDE pixels, which costs a quarter, or of all pixels, if
    the writing on it is small.
    """
    coarse = layout_of(shrunk(grey, COARSE_SIDE))
    if coarse.writing_height >= TALL_ENOUGH or coarse.grey.shape == grey.shape:
        return coarse
    return layout_of(grey)


def _layout_of(grey: GreyImage, ink_is_dark: bool | None, *, fine_alone: bool = False) -> Layout:
    background = find_background(grey, ink_is_dark)
    strength = contrast(grey, background)
    ink = without_ruling(*binarize(strength))
    strokes = find_strokes(ink, background.edges, fine_alone=fine_alone)
    return with_strokes(Layout(grey, background.ink_is_dark, strength, 0.0, ()), strokes)


def _firmest_layout_of(grey: GreyImage, ink_is_dark: bool) -> Layout:
    paper = quantile_of_picture(grey, EVEN_PAPER if ink_is_dark else 1 - EVEN_PAPER)
    strength = departure(grey, np.full_like(grey, round(paper)), ink_is_dark)
    strokes = find_strokes(firmest_ink(strength), np.zeros_like(grey))
    nothing = Layout(grey, ink_is_dark, strength, 0.0, (), is_firmest=True)
    return with_strokes(nothing, strokes)


def with_strokes(layout: Layout, strokes: Sequence[Stroke]) -> Layout:
    """The same picture with these strokes on it, put into rows; or as it is, if it has these."""
    if set(strokes) == set(layout.strokes):
        return layout
    if not strokes:
        return replace(layout, writing_height=0.0, rows=())
    boxes = [stroke.box for stroke in strokes]
    height = writing_height(boxes, [stroke.area for stroke in strokes])
    rows = find_rows(boxes, min(height, _height_of_many(boxes, height)))
    in_rows = tuple(tuple(strokes[i] for i in row) for row in rows)
    return replace(layout, writing_height=height, rows=in_rows)


def _height_of_many(boxes: Sequence[Box], writing_height: float) -> float:
    """How tall the many small digits are beside a large one, which holds most of the ink, so that
    they seemed to be no more than parts of digits; infinite if there are not so many.
    """
    low = [
        box.height
        for box in boxes
        if LEAST_TALL * writing_height <= box.height < TALL * writing_height
        and box.height >= box.width  # as no bar is of a five
    ]
    num_tall = sum(box.height >= TALL * writing_height for box in boxes)
    return float(np.median(low)) if len(low) >= max(MANY_LOW, num_tall + 1) else np.inf


def ink_of(group: Group, contrast: Image) -> Image:
    """The 28x28 network input of one group of strokes, without what stands beside it.

    Args:
        contrast: (height, width) float32 of the whole picture (background.py).

    Returns:
        (28, 28) float32 in [0, 1].
    """
    return prepare_ink(ink_map(group, contrast))


def ink_map(group: Group, contrast: Image) -> Image:
    """The ink of a group of strokes as it stands, of any length, up to a whole row.

    Args:
        contrast: (height, width) float32 of the whole picture (background.py).

    Returns:
        (box.height, box.width) float32 in [0, 1]; 0 is paper, 1 is full ink.
    """
    mask = group.mask
    # The pixels around a stroke are its soft edge: they belong to it as well.
    around = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    near = cv2.dilate(around, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    part = _part(contrast, group.box)
    ink = (part / max(_firmness(part, mask), 1e-6)).clip(0, 1) * near
    return np.maximum(ink, 0.5 * mask).astype(np.float32)


def _part(contrast: Image, box: Box) -> Image:
    return contrast[box.y : box.y + box.height, box.x : box.x + box.width]


def _firmness(part: Image, mask: Mask) -> float:
    return float(quantile(part[mask > 0], 0.75))
