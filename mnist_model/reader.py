"""A photo → a Reading: the steps of this package in their order."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mnist_model.acceptance import Sign, believed
from mnist_model.classifier import DEFAULT_MODEL_PATH, Classifier, load_classifier
from mnist_model.contract import NUM_CLASSES, Box, Digit, Image, Reading
from mnist_model.decoding import decode
from mnist_model.model_card import ModelCard
from mnist_model.search import best_reading
from mnist_model.segmentation.cutting import cut
from mnist_model.segmentation.grouping import Group, Pieces, find_groups
from mnist_model.segmentation.layout import Layout, find_layout
from mnist_model.segmentation.strokes import Stroke

BEYOND_DOUBT = 0.95
"""A stroke that is a digit with this probability is neither cut nor joined to another such."""


class DigitReader:
    """Reads the digits on photos; safe to use from several threads."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @property
    def card(self) -> ModelCard:
        return self._classifier.card

    def read(self, photo: bytes) -> Reading:
        """The digits on a photo, in reading order.

        Args:
            photo: the bytes of a picture in one of decoding.FORMATS.

        Raises:
            PhotoError: the bytes are no picture that can be read; its classes say why.
        """
        decoded = decode(photo)
        layout = find_layout(decoded.grey)
        signs = believed(self.signs(layout))
        scale = max(decoded.photo_size) / max(layout.strength.shape)
        rows = sorted({sign.row for sign in signs})
        digits = (
            Digit(
                sign.probabilities,
                _on_photo(sign.group.box, scale, decoded.photo_size),
                rows.index(sign.row),
            )
            for sign in signs
        )
        return Reading(tuple(digits), decoded.photo_size)

    def signs(self, layout: Layout) -> list[Sign]:
        """The likeliest reading of each row, from the top down.

        Each stroke is judged as it stands first. Only what is no digit beyond doubt is cut, and
        joined with its neighbours: most photos need little more of the network than that.
        """
        strokes = [stroke for row in layout.rows for stroke in row]
        known = self._judged(layout, [Group((stroke,), 0, 1) for stroke in strokes])
        rows = [_candidates(row, known, layout.writing_height) for row in layout.rows]
        new = [group for groups in rows for group in groups if group.pieces not in known]
        known |= self._judged(layout, new)
        return [
            _sign(choice.group, known[choice.group.pieces], choice.is_digit, number, layout)
            for number, groups in enumerate(rows)
            for choice in best_reading(groups, known, layout.writing_height)
        ]

    def _judged(self, layout: Layout, groups: Sequence[Group]) -> dict[Pieces, Image]:
        """What the network says of each group: (11,) probabilities."""
        outputs = self._classifier.classify(layout.crops(groups))
        return {group.pieces: output for group, output in zip(groups, outputs, strict=True)}


def load_reader(model_path: Path = DEFAULT_MODEL_PATH) -> DigitReader:
    """A reader on the model of a `.keras` file; takes a second or two.

    Raises:
        ModelFileError: the file or its card is missing, damaged, or they don't belong together.
    """
    return DigitReader(load_classifier(model_path))


def _candidates(
    row: Sequence[Stroke], known: Mapping[Pieces, Image], writing_height: float
) -> list[Group]:
    pieces: list[Stroke] = []
    sure: list[bool] = []
    for stroke in row:
        is_sure = float(known[(stroke,)][:NUM_CLASSES].max()) >= BEYOND_DOUBT
        parts = (stroke,) if is_sure else cut(stroke, writing_height)
        pieces += parts
        sure += [is_sure] * len(parts)
    return find_groups(pieces, sure, writing_height)


def _sign(group: Group, output: Image, is_digit: bool, row: int, layout: Layout) -> Sign:
    digits = output[:NUM_CLASSES].astype(float)
    return Sign(
        group,
        tuple(map(float, digits / max(digits.sum(), 1e-9))),
        is_digit=is_digit,
        row=row,
        contrast=layout.contrast_of(group),
    )


def _on_photo(box: Box, scale: float, photo_size: tuple[int, int]) -> Box:
    width, height = photo_size
    left, top = max(0, int(box.x * scale)), max(0, int(box.y * scale))
    right = min(width, round((box.x + box.width) * scale))
    bottom = min(height, round((box.y + box.height) * scale))
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))
