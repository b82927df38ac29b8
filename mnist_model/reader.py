"""A photo → a Reading: the steps of this package in their order."""

from pathlib import Path

from mnist_model.acceptance import Sign, believed
from mnist_model.classifier import DEFAULT_MODEL_PATH, Classifier, load_classifier
from mnist_model.contract import NUM_CLASSES, Box, Digit, Image, Reading
from mnist_model.decoding import DecodedPhoto, decode
from mnist_model.model_card import ModelCard
from mnist_model.search import Choice, best_reading
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.layout import Layout, find_layout


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
        signs = believed(self._signs(layout))
        rows = sorted({sign.row for sign in signs})
        digits = (
            Digit(sign.probabilities, _on_photo(sign.box, decoded), rows.index(sign.row))
            for sign in signs
        )
        return Reading(tuple(digits), decoded.photo_size)

    def _signs(self, layout: Layout) -> list[Sign]:
        """The likeliest reading of each row, from the top down."""
        outputs = self._classifier.classify(layout.images)
        signs: list[Sign] = []
        start = 0
        for number, row in enumerate(layout.rows):
            of_row = outputs[start : start + len(row.groups)]
            start += len(row.groups)
            choices = best_reading(row, of_row, layout.writing_height)
            signs += [
                _sign(row.groups[choice.index], of_row[choice.index], choice, number, layout)
                for choice in choices
            ]
        return signs


def load_reader(model_path: Path = DEFAULT_MODEL_PATH) -> DigitReader:
    """A reader on the model of a `.keras` file; takes a second or two.

    Raises:
        ModelFileError: the file or its card is missing, damaged, or they don't belong together.
    """
    return DigitReader(load_classifier(model_path))


def _sign(group: Group, output: Image, choice: Choice, row: int, layout: Layout) -> Sign:
    digits = output[:NUM_CLASSES].astype(float)
    probabilities = tuple(map(float, digits / max(digits.sum(), 1e-9)))
    return Sign(
        probabilities,
        is_digit=choice.is_digit,
        box=group.box,
        row=row,
        contrast=layout.contrast_of(group),
        ink=sum(piece.area for piece in group.pieces),
    )


def _on_photo(box: Box, decoded: DecodedPhoto) -> Box:
    width, height = decoded.photo_size
    scale = decoded.scale
    left, top = max(0, int(box.x * scale)), max(0, int(box.y * scale))
    right = min(width, round((box.x + box.width) * scale))
    bottom = min(height, round((box.y + box.height) * scale))
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))
