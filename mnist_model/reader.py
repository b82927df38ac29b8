"""A photo → a Reading: the steps of this package in their order."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mnist_model.acceptance import Sign, believed
from mnist_model.attempts import (
    OTHER_TURNS,
    Attempt,
    clearer_ink,
    clearest,
    hardly_read,
    is_legible,
    is_well_read,
    less_ink,
    on_the_sheet,
    roomier,
)
from mnist_model.classifier import Classifier, given_a_digit, load_classifier
from mnist_model.contract import NUM_CLASSES, Box, Digit, Image, Reading
from mnist_model.decoding import GreyImage, decode, decode_chroma
from mnist_model.model_card import DEFAULT_MODEL_PATH, ModelCard
from mnist_model.search import TALL, best_readings, candidates
from mnist_model.segmentation.cutting import upper_and_lower
from mnist_model.segmentation.grouping import Group, Pieces
from mnist_model.segmentation.layout import (
    Layout,
    find_fine_layout,
    find_firmest_layout,
    find_layout,
    find_layout_with_room,
    with_strokes,
)
from mnist_model.segmentation.rings import rings
from mnist_model.segmentation.sheet import sheet_alone
from mnist_model.segmentation.strokes import Stroke, pen_width
from mnist_model.turning import Size, turned_box, turned_picture, turned_size

LIKELY = 0.8
"""A stroke that two lines of writing may share is parted if both parts are digits with at least
this probability; and what goes around a digit as likely is a ring."""

MOST_CANDIDATES = 1000
"""Signs that the network judges for one photo, the strokes as they stand not counted. A page of
letters would ask for ten thousand, and hold up everybody else's photos."""


class DigitReader:
    """Reads the digits on photos; safe to use from several threads."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @property
    def card(self) -> ModelCard:
        return self._classifier.card

    def classify(self, crops: Image) -> Image:
        """What the network says of each crop; see Classifier.classify."""
        return self._classifier.classify(crops)

    def read(self, photo: bytes) -> Reading:
        """The digits on a photo, in reading order.

        Args:
            photo: the bytes of a picture in one of opening.FORMATS.

        Raises:
            PhotoError: the bytes are no picture that can be read; its classes say why.
        """
        return _reading(*self.attempt_on(photo))

    def attempt_on(self, photo: bytes) -> tuple[Attempt, Size]:
        """The attempt that reads a photo best, and the photo's width and height in pixels.

        Where no strokes are found on it, as nothing is darker or lighter than the paper, its
        colours are looked at.

        Raises:
            PhotoError: as `read`.
        """
        decoded = decode(photo)
        attempt = self.attempt(decoded.grey)
        if not attempt.signs:
            in_colour = self.attempt(decode_chroma(photo).grey)
            attempt = in_colour if is_legible(in_colour) else attempt
        return attempt, decoded.photo_size

    def attempt(self, grey: GreyImage) -> Attempt:
        """The reading of a picture as it lies, or, where it is hardly read so, of another attempt.

        Args:
            grey: (height, width) uint8.
        """
        upright = self._attempt(find_layout(grey))
        if is_well_read(upright):
            return upright
        if hardly_read(upright):
            other_ink = find_layout(grey, ink_is_dark=not upright.layout.ink_is_dark)
            upright = clearer_ink(upright, self._attempt(other_ink))
        if not is_well_read(upright) and (sheet := sheet_alone(grey)) is not None:
            upright = on_the_sheet(upright, self._attempt(find_layout(sheet, ink_is_dark=True)))
        # Where there seems to be no ink, either, it may be lost in a texture.
        if not is_well_read(upright):
            firmest = find_firmest_layout(grey, ink_is_dark=upright.layout.ink_is_dark)
            upright = less_ink(upright, self._attempt(firmest))
        if hardly_read(upright):
            fine = find_fine_layout(grey, ink_is_dark=upright.layout.ink_is_dark)
            upright = less_ink(upright, self._attempt(fine))
        if not is_legible(upright):
            upright = roomier(upright, self._attempt(find_layout_with_room(grey)))
        if not hardly_read(upright):
            return upright
        return clearest(
            upright,
            (
                self._attempt(find_layout(turned_picture(grey, degrees)), degrees)
                for degrees in OTHER_TURNS
            ),
        )

    def _attempt(self, layout: Layout, turned: int = 0) -> Attempt:
        layout = self._lines_parted(self._without_rings(layout))
        signs = self.signs(layout)
        return Attempt(turned, layout, signs, believed(signs))

    def signs(self, layout: Layout) -> list[Sign]:
        """The likeliest reading of each row, from the top down.

        Each stroke is judged as it stands first. Only what is no digit beyond doubt is joined with
        its neighbours, and only what may be several digits is cut: most photos need little more of
        the network than that.
        """
        known = self._judged(layout, [Group((stroke,), 0, 1) for stroke in layout.strokes])
        rows = _candidates_of_rows(layout, known)
        groups = [group for row in rows for group in row]
        known |= {
            group.pieces: known[(group.pieces[0].source,)]
            for group in groups
            if group.is_whole and group.pieces[0].source
        }
        new = [group for group in groups if group.pieces not in known]
        known |= self._judged(layout, new)
        readings = best_readings(rows, known, layout.writing_height)
        return [
            _sign(choice.group, known[choice.group.pieces], choice.is_digit, number, layout)
            for number, choices in enumerate(readings)
            for choice in choices
        ]

    def _without_rings(self, layout: Layout) -> Layout:
        """The layout without the rings that were drawn around digits, which look like zeros."""
        held = dict(rings(layout.strokes))
        judged = tuple({stroke for within in held.values() for stroke in within})
        digits = {s for s, tells in zip(judged, self._tell(layout, judged), strict=True) if tells}
        strokes = [s for s in layout.strokes if not digits.intersection(held.get(s, ()))]
        return with_strokes(layout, strokes)

    def _lines_parted(self, layout: Layout) -> Layout:
        """The layout, but digits of two lines of writing that touch are strokes of their own."""
        strokes: list[Stroke] = []
        for stroke in layout.strokes:
            parts = upper_and_lower(stroke, layout.writing_height)
            is_parted = (
                bool(parts)
                and _stands_in_lines(parts, stroke, layout)
                and all(self._tell(layout, parts))
            )
            strokes += parts if is_parted else (stroke,)
        return with_strokes(layout, strokes)

    def _tell(self, layout: Layout, strokes: Pieces) -> list[bool]:
        """Whether each stroke is a digit that can be little else."""
        outputs = self._judged(layout, [Group((stroke,), 0, 1) for stroke in strokes]).values()
        # The half of a long leg looks like a one, and so does the slash of a zero.
        return [o[:NUM_CLASSES].max() >= LIKELY and o.argmax() != 1 for o in outputs]

    def _judged(self, layout: Layout, groups: Sequence[Group]) -> dict[Pieces, Image]:
        """What the network says of each group: (12,) probabilities."""
        outputs = self.classify(layout.crops(groups))
        return {group.pieces: output for group, output in zip(groups, outputs, strict=True)}


def load_reader(model_path: Path = DEFAULT_MODEL_PATH) -> DigitReader:
    """A reader on the model of a `.keras` file; takes a second or two.

    Raises:
        ModelFileError: the file or its card is missing, damaged, or they don't belong together.
    """
    return DigitReader(load_classifier(model_path))


def _stands_in_lines(parts: Pieces, whole: Stroke, layout: Layout) -> bool:
    """Whether other strokes stand at the height of each part, and on either side of the whole.

    A large digit before two lines of small ones has them on one side.
    """
    others = [
        stroke.box
        for stroke in layout.strokes
        if stroke is not whole and stroke.box.height >= TALL * layout.writing_height
    ]
    are_left = {box.x < whole.box.x for box in others}
    return len(are_left) == 2 and all(
        any(0 <= box.y + box.height / 2 - part.box.y < part.box.height for box in others)
        for part in parts
    )


def _candidates_of_rows(layout: Layout, known: Mapping[Pieces, Image]) -> list[list[Group]]:
    """The candidates of each row, or, where they come to too many, the strokes as they stand."""
    rows: list[list[Group]] = []
    for row in layout.rows:
        rows.append(candidates(row, known, layout.writing_height))
        if sum(map(len, rows)) > MOST_CANDIDATES:  # no row more: to find them takes time, too
            return [_as_they_stand(row) for row in layout.rows]
    return rows


def _as_they_stand(row: Sequence[Stroke]) -> list[Group]:
    return [Group((stroke,), index, index + 1) for index, stroke in enumerate(row)]


def _sign(group: Group, output: Image, is_digit: bool, row: int, layout: Layout) -> Sign:
    return Sign(
        group,
        tuple(map(float, given_a_digit(output.astype(float)))),
        likeness=float(output[:NUM_CLASSES].max()),
        is_digit=is_digit,
        row=row,
        contrast=layout.firmness_of(group),
        pen=pen_width(group.mask),
    )


def _reading(attempt: Attempt, photo_size: Size) -> Reading:
    size = turned_size(photo_size, attempt.turned)
    room = attempt.layout.room
    scale = max(size) / (max(attempt.layout.grey.shape) - 2 * room)
    rows = sorted({sign.row for sign in attempt.digits})
    digits = (
        Digit(
            sign.probabilities,
            turned_box(_on_photo(sign.group.box, room, scale, size), size, -attempt.turned),
            rows.index(sign.row),
        )
        for sign in attempt.digits
    )
    return Reading(tuple(digits), photo_size, attempt.turned)


def _on_photo(box: Box, room: float, scale: float, photo_size: Size) -> Box:
    width, height = photo_size
    x, y = box.x - room, box.y - room
    left, top = max(0, int(x * scale)), max(0, int(y * scale))
    right = min(width, round((x + box.width) * scale))
    bottom = min(height, round((y + box.height) * scale))
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))
