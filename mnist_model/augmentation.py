"""Variants of a digit that another hand, another pen and a camera could have made.

For training only. Some are left nearly as they are; the others are drawn large (pen.py), by
chance with a European stroke (european_shapes.py), or give way to a digit drawn from scratch
(drawn_digits.py), of a handwriting font (handwriting_fonts.py) or of other writers (optdigits.py).
They are then cut out and resized by `preprocessing.prepare_ink` like a digit on a photo, so that
the network learns on pictures made the way it will meet them.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from mnist_model.clutter import cluttered
from mnist_model.contract import IMAGE_SIZE, NO_DIGIT, SEVERAL, Image, NoDigitFound
from mnist_model.dataset import Labels, Split
from mnist_model.drawn_digits import drawn
from mnist_model.european_shapes import with_european_stroke
from mnist_model.handwriting_fonts import digit_of_a_font
from mnist_model.non_digits import no_digit, several
from mnist_model.optdigits import digit_of_optdigits
from mnist_model.pen import inked, placed
from mnist_model.preprocessing import prepare_ink

ONE = 1

SHARE_OF_DRAWN = 0.15
"""So many variants of other forms are no digit of MNIST's, but drawn from scratch
(drawn_digits.py)."""

SHARE_OF_SEVERAL = 0.3
"""Of the pictures that are no single digit, so many show several."""

SHAKES = (3, 15)
"""How far a camera moves while it looks, in canvas pixels: one to five of MNIST's."""

NUM_MOMENTS = 13
"""Pictures that a shaken one is the mean of: at most two canvas pixels from each to the next."""

FEW_PIXELS = (17, 40)
"""Sides of the canvas as it is seen from afar: the sign is some 9 to 20 pixels tall."""


@dataclass(frozen=True, slots=True)
class Variety:
    """What the variants of a digit, and pictures of no single digit, may be.

    Each share is in [0, 1]; all but the first are of what is not as it is.
    """

    other_forms: bool  # by chance with strokes of other hands than MNIST's, or in their forms
    share_of_fonts: float  # of these, digits of handwriting fonts; see handwriting_fonts.py
    share_of_optdigits: float  # and of other writers; see optdigits.py
    share_as_is: float  # MNIST's own picture, only turned and moved a little
    share_coarse: float  # photographed on fewer pixels than the network sees
    share_cluttered: float  # with ink around or across that is no part of it, or gaps
    share_shaken: float  # by a camera that moved


def augmented(images: Image, labels: Labels, variety: Variety, rng: np.random.Generator) -> Image:
    """A new variant of each digit.

    Args:
        images: (n, 28, 28) float32 in [0, 1].
        labels: (n,) their digits.

    Returns:
        (n, 28, 28) float32 in [0, 1].
    """
    return np.stack(
        [
            variant(image, int(label), variety, rng)
            for image, label in zip(images, labels, strict=True)
        ]
    )


def others(digits: Split, count: int, variety: Variety, rng: np.random.Generator) -> Split:
    """Pictures of what is no single digit, made of pieces of the digits given and of other signs.

    Returns:
        (count, 28, 28) float32 in [0, 1], labelled NO_DIGIT or SEVERAL.
    """
    pieces = digits.images[digits.labels != ONE]  # a piece of a one is still a one
    pictures: list[Image] = []
    labels: list[int] = []
    while len(pictures) < count:
        is_several = rng.random() < SHARE_OF_SEVERAL
        canvas = several(digits.images, rng) if is_several else no_digit(pieces, rng)
        try:
            crop = prepare_ink(disturbed(canvas, variety, rng))
        except NoDigitFound:
            continue  # the cut or the pen left no ink
        pictures.append(photographed(crop, rng))
        labels.append(SEVERAL if is_several else NO_DIGIT)
    images = np.stack(pictures) if pictures else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.float32)
    return Split(images, np.array(labels, np.uint8))


def variant(image: Image, digit: int, variety: Variety, rng: np.random.Generator) -> Image:
    """One digit by another hand, pen and camera: (28, 28) float32 in [0, 1]."""
    if rng.random() < variety.share_as_is:
        return moved(image, rng)
    canvas = by_any_hand(image, digit, variety, rng) if variety.other_forms else placed(image, rng)
    try:
        return as_photographed(canvas, variety, rng)
    except NoDigitFound:
        return image  # the pen was too fine for it


def by_any_hand(image: Image, digit: int, variety: Variety, rng: np.random.Generator) -> Image:
    """MNIST's digit, by chance with a European stroke; or one drawn, or of another hand.

    Args:
        image: (28, 28) float32 in [0, 1]: of MNIST.
        digit: which it shows.

    Returns:
        (CANVAS, CANVAS) float32 in [0, 1].
    """
    kind = rng.random()
    if kind < SHARE_OF_DRAWN:
        return placed(drawn(digit, rng), rng)
    if kind < SHARE_OF_DRAWN + variety.share_of_fonts:
        return placed(digit_of_a_font(digit, rng), rng)
    kind -= SHARE_OF_DRAWN + variety.share_of_fonts
    if kind < variety.share_of_optdigits:
        return placed(digit_of_optdigits(digit, rng), rng)
    return with_european_stroke(placed(image, rng), digit, rng)


def moved(image: Image, rng: np.random.Generator) -> Image:
    """The picture a little turned, slanted, larger or smaller, and beside its place.

    What is drawn anew (pen.py) is never quite as MNIST's own digits are, which are to be read too.

    Args:
        image: (28, 28) float32 in [0, 1].
    """
    angle = np.deg2rad(rng.uniform(-12, 12))
    zoom, slant = rng.uniform(0.88, 1.12), rng.uniform(-0.15, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = zoom * turn @ np.array([[1, slant], [0, 1]])
    middle = (IMAGE_SIZE - 1) / 2
    shift = middle - matrix @ (middle, middle) + rng.uniform(-1.5, 1.5, size=2)
    size = (IMAGE_SIZE, IMAGE_SIZE)
    return cv2.warpAffine(
        image, np.column_stack([matrix, shift]), size, flags=cv2.INTER_CUBIC
    ).clip(0, 1)


def as_photographed(canvas: Image, variety: Variety, rng: np.random.Generator) -> Image:
    """What a photo of a sign gives the network, with a pen, clutter and a shake by chance.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].

    Returns:
        (28, 28) float32 in [0, 1].

    Raises:
        NoDigitFound: the pen was too fine.
    """
    return photographed(prepare_ink(disturbed(inked(canvas, rng), variety, rng)), rng)


def disturbed(canvas: Image, variety: Variety, rng: np.random.Generator) -> Image:
    """By chance among clutter, and seen by a camera that moved or was far away.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].

    Returns:
        The same, or smaller.
    """
    if rng.random() < variety.share_cluttered:
        canvas = cluttered(canvas, rng)
    if rng.random() < variety.share_shaken:
        canvas = shaken(canvas, rng)
    if rng.random() < variety.share_coarse:
        canvas = coarse(canvas, rng)
    return canvas


def shaken(canvas: Image, rng: np.random.Generator) -> Image:
    """The sign as it is seen while the camera moves along an arc: the mean of its moments.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].
    """
    moments = np.linspace(-1, 1, NUM_MOMENTS)
    along = rng.uniform(*SHAKES) / 2 * moments
    across = rng.uniform(-0.5, 0.5) * along * moments
    angle = rng.uniform(0, 2 * np.pi)
    columns = along * np.cos(angle) - across * np.sin(angle)
    rows = along * np.sin(angle) + across * np.cos(angle)
    seen = [
        cv2.warpAffine(canvas, np.array([[1, 0, column], [0, 1, row]]), canvas.shape[::-1])
        for column, row in zip(columns, rows, strict=True)
    ]
    return _at_full_contrast(np.mean(seen, axis=0, dtype=np.float32))


def coarse(canvas: Image, rng: np.random.Generator) -> Image:
    """The sign as a camera sees it from afar: on few pixels.

    Args:
        canvas: (CANVAS, CANVAS) float32 in [0, 1].

    Returns:
        (side, side) float32 in [0, 1], of a side in FEW_PIXELS.
    """
    side = int(rng.integers(*FEW_PIXELS))
    small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    return _at_full_contrast(small)


def _at_full_contrast(ink: Image) -> Image:
    """As `normalize` does: full where most is."""
    return ink / max(ink.max(), np.float32(1e-3))


def photographed(image: Image, rng: np.random.Generator) -> Image:
    """By chance cut out a little off, out of focus, faint or strong, and grainy.

    Args:
        image: (28, 28) float32 in [0, 1].
    """
    if rng.random() < 0.5:
        zoom = rng.uniform(0.92, 1.06)
        shift = (1 - zoom) * (IMAGE_SIZE - 1) / 2 + rng.uniform(-1.2, 1.2, size=2)
        matrix = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
        image = cv2.warpAffine(image, matrix, (IMAGE_SIZE, IMAGE_SIZE))
    return taken(image, rng)


def taken(image: Image, rng: np.random.Generator, *, most_blur: float = 0.8) -> Image:
    """By chance out of focus, faint or strong, and grainy.

    Args:
        image: (height, width) float32 in [0, 1].
        most_blur: the largest standard deviation of the blur, in pixels.
    """
    if rng.random() < 0.2:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, most_blur))
    if rng.random() < 0.2:
        image = image * np.float32(rng.uniform(0.7, 1.3))
    if rng.random() < 0.15:
        grain = rng.standard_normal(image.shape, dtype=np.float32)
        image = image + np.float32(rng.uniform(0, 0.08)) * grain
    return image.clip(0, 1)
