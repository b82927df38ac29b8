"""A Reading drawn onto its photo: a frame round each digit, and what it was read as.

Made to be looked at in a chat on a phone, where the picture is about 350 points wide.
"""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from mnist_model.contract import UNSURE_BELOW, Digit, Reading
from mnist_model.decoding import WORKING_SIDE, upright
from mnist_model.turning import turned_box, turned_size

SMALLEST_DRAWING = 640
"""Longest side of the drawing at least, in pixels: smaller photos are enlarged for the labels."""

# Dark enough for white letters on them (contrast of 5 to 1), and told apart by the colour-blind.
SURE_COLOUR = (0, 115, 65)
UNSURE_COLOUR = (190, 75, 0)
WHITE = (255, 255, 255)

LETTER_SHARE = 1 / 22
"""Letters are as tall as this share of the drawing's longest side ..."""

LETTER_SHARE_OF_DIGIT = 0.55
"""... but no taller than this share of the digits, so that there is room between them."""

SMALLEST_LETTER = 12  # pixels

JPEG_QUALITY = 88

Rectangles = npt.NDArray[np.float64]
"""(n, 4): left, top, right and bottom, in pixels of the drawing."""


def draw_reading(photo: bytes, reading: Reading) -> bytes:
    """The photo with all digits of its reading marked; those that are unsure get a "?" as well.

    A photo that had to be turned to be read is drawn turned, so that its digits stand upright.

    Returns:
        A JPEG whose longest side has SMALLEST_DRAWING to WORKING_SIDE pixels. A white strip is
        added above where the labels of the topmost digits need it.

    Raises:
        PhotoError: as `DigitReader.read` of the same bytes.
    """
    canvas = _fitted(upright(photo, "RGB")[0]).rotate(-reading.turned, expand=True)
    line = max(2, round(max(canvas.size) / 400))
    frames = _frames(reading, canvas, line)
    font = _font(frames, canvas)
    strip = max(0, round(_label_size("0", font)[1] - frames[:, 1].min(initial=canvas.height)))
    canvas = _with_strip_above(canvas, strip)
    frames += (0, strip, 0, strip)
    draw = ImageDraw.Draw(canvas)
    for digit, frame in zip(reading.digits, frames, strict=True):
        # White as well, to be seen on a dark photo.
        draw.rounded_rectangle(tuple(frame), 3 * line, outline=WHITE, width=line + 2)
        draw.rounded_rectangle(tuple(frame), 3 * line, outline=_colour(digit), width=line)
    taken = frames
    for digit, frame in zip(reading.digits, frames, strict=True):
        label = _place(frame, _label_size(_text(digit), font), taken, canvas.size)
        _draw_label(draw, digit, label, font)
        taken = np.vstack([taken, label])
    jpeg = io.BytesIO()
    canvas.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()


def _fitted(picture: PillowImage.Image) -> PillowImage.Image:
    longest = max(picture.size)
    factor = min(max(longest, SMALLEST_DRAWING), WORKING_SIDE) / longest
    if factor == 1:
        return picture
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), PillowImage.Resampling.BICUBIC)


def _frames(reading: Reading, canvas: PillowImage.Image, line: int) -> Rectangles:
    """Where the frames are drawn: a little outside of the boxes, but on the canvas."""
    size = turned_size(reading.photo_size, reading.turned)
    boxes = [turned_box(d.box, reading.photo_size, reading.turned) for d in reading.digits]
    corners = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    frames = np.array(corners, np.float64).reshape(-1, 2, 2)
    frames *= np.divide(canvas.size, size)
    frames += [[-2 * line], [2 * line]]
    return frames.clip(0, np.subtract(canvas.size, 1)).reshape(-1, 4)


def _font(frames: Rectangles, canvas: PillowImage.Image) -> ImageFont.FreeTypeFont:
    size = LETTER_SHARE * max(canvas.size)
    if len(frames):
        size = min(size, LETTER_SHARE_OF_DIGIT * float(np.median(frames[:, 3] - frames[:, 1])))
    font = ImageFont.load_default(max(size, SMALLEST_LETTER))
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - so with a size, says Pillow
    return font


def _with_strip_above(picture: PillowImage.Image, height: int) -> PillowImage.Image:
    taller = PillowImage.new("RGB", (picture.width, picture.height + height), WHITE)
    taller.paste(picture, (0, height))
    return taller


def _is_sure(digit: Digit) -> bool:
    return digit.confidence >= UNSURE_BELOW


def _colour(digit: Digit) -> tuple[int, int, int]:
    return SURE_COLOUR if _is_sure(digit) else UNSURE_COLOUR


def _text(digit: Digit) -> str:
    return str(digit.digit) if _is_sure(digit) else f"{digit.digit}?"


def _label_size(text: str, font: ImageFont.FreeTypeFont) -> tuple[float, float]:
    return font.getlength(text) + 0.4 * font.size, 1.1 * font.size


def _place(
    frame: npt.NDArray[np.float64],
    size: tuple[float, float],
    taken: Rectangles,
    canvas_size: tuple[int, int],
) -> npt.NDArray[np.float64]:
    """Where a label of that size stands best: over its frame, unless it hides too much there."""
    (left, top, right, bottom), (width, height) = frame, size
    corners = np.array(
        [
            *((left, top - height), (right - width, top - height)),
            *((left, bottom), (right - width, bottom)),
            *((right, top), (left - width, top)),
        ]
    )
    # Under one digit a label may be taken for that of the next row, so some covering is better.
    reluctance = np.array([0, 0, 0.5, 0.5, 0.5, 0.5]) * width * height
    corners = corners.clip(0, np.maximum(np.subtract(canvas_size, size), 0))
    places = np.hstack([corners, corners + size])
    return places[np.argmin(_hidden(places, taken) + reluctance)]


def _hidden(places: Rectangles, taken: Rectangles) -> npt.NDArray[np.float64]:
    """How many pixels of what is taken lie under each place: (n,)."""
    low = np.maximum(places[:, None, :2], taken[None, :, :2])
    high = np.minimum(places[:, None, 2:], taken[None, :, 2:])
    return np.prod((high - low).clip(min=0), axis=2).sum(axis=1)


def _draw_label(
    draw: ImageDraw.ImageDraw,
    digit: Digit,
    label: npt.NDArray[np.float64],
    font: ImageFont.FreeTypeFont,
) -> None:
    left, top, right, bottom = label
    draw.rounded_rectangle((left, top, right, bottom), font.size / 5, fill=_colour(digit))
    middle = ((left + right) / 2, (top + bottom) / 2)
    draw.text(middle, _text(digit), WHITE, font, anchor="mm")
