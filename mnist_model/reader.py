"""A photo → a Reading: the steps of this package in their order."""

from pathlib import Path

import cv2
import numpy as np

from mnist_model.classifier import DEFAULT_MODEL_PATH, Classifier, load_classifier
from mnist_model.contract import Box, Digit, Image, Reading
from mnist_model.decoding import DecodedPhoto, decode
from mnist_model.model_card import ModelCard
from mnist_model.preprocessing import prepare_ink
from mnist_model.segmentation.background import contrast
from mnist_model.segmentation.binarization import binarize
from mnist_model.segmentation.grouping import Group, group_strokes
from mnist_model.segmentation.rows import find_rows
from mnist_model.segmentation.strokes import find_strokes

LEAST_CONFIDENCE = 0.5
"""What the classifier is less sure of than this is taken for no digit."""


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
        strength = contrast(decoded.grey)
        groups = group_strokes(find_strokes(binarize(strength)))
        images = [ink_of(group, strength) for group in groups]
        stack = np.stack(images) if images else np.zeros((0, 28, 28), np.float32)
        probabilities = self._classifier.probabilities(stack)
        sure = [i for i in range(len(groups)) if probabilities[i].max() >= LEAST_CONFIDENCE]
        rows = find_rows([groups[i].box for i in sure])
        digits = tuple(
            Digit(
                tuple(map(float, probabilities[sure[i]])),
                _on_photo(groups[sure[i]].box, decoded),
                row,
            )
            for row, members in enumerate(rows)
            for i in members
        )
        return Reading(digits, decoded.photo_size)


def load_reader(model_path: Path = DEFAULT_MODEL_PATH) -> DigitReader:
    """A reader on the model of a `.keras` file; takes a second or two.

    Raises:
        ModelFileError: the file or its card is missing, damaged, or they don't belong together.
    """
    return DigitReader(load_classifier(model_path))


def ink_of(group: Group, strength: Image) -> Image:
    """The 28x28 network input of one group of strokes, without what stands beside it.

    Args:
        strength: (height, width) float32 contrast of the whole picture (background.py).

    Returns:
        (28, 28) float32 in [0, 1].
    """
    box = group.box
    # The pixels around a stroke are its soft edge: they belong to it as well.
    mask = cv2.copyMakeBorder(group.mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    crop = strength[box.y : box.y + box.height, box.x : box.x + box.width]
    full = float(np.percentile(crop[group.mask > 0], 75))
    ink = (crop / max(full, 1e-6)).clip(0, 1) * near
    return prepare_ink(np.maximum(ink, 0.5 * group.mask).astype(np.float32))


def _on_photo(box: Box, decoded: DecodedPhoto) -> Box:
    width, height = decoded.photo_size
    scale = decoded.scale
    left, top = max(0, int(box.x * scale)), max(0, int(box.y * scale))
    right = min(width, round((box.x + box.width) * scale))
    bottom = min(height, round((box.y + box.height) * scale))
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))
