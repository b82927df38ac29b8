"""A Reading drawn onto its photo: a box round each digit, and what it was read as."""

import io

from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont, ImageOps

from mnist_model.contract import UNSURE_BELOW, Digit, Reading
from mnist_model.decoding import WORKING_SIDE, open_picture

BOX_COLOUR = (0, 150, 80)
UNSURE_COLOUR = (215, 95, 0)
LABEL_COLOUR = (255, 255, 255)

JPEG_QUALITY = 88


def draw_reading(photo: bytes, reading: Reading) -> bytes:
    """The photo with all digits of its reading marked, as a JPEG of at most WORKING_SIDE pixels.

    Raises:
        PhotoError: as `DigitReader.read` of the same bytes.
    """
    canvas = _upright(photo)
    scale = canvas.width / reading.photo_size[0]
    draw = ImageDraw.Draw(canvas)
    for digit in reading.digits:
        _draw_digit(draw, digit, scale, canvas.size)
    jpeg = io.BytesIO()
    canvas.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()


def _upright(photo: bytes) -> PillowImage.Image:
    picture = open_picture(photo)
    picture.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        picture = PillowImage.new("RGBA", rgba.size, "white")
        picture.alpha_composite(rgba)
    picture = picture.convert("RGB")
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE))
    return picture


def _draw_digit(
    draw: ImageDraw.ImageDraw, digit: Digit, scale: float, canvas: tuple[int, int]
) -> None:
    colour = BOX_COLOUR if digit.confidence >= UNSURE_BELOW else UNSURE_COLOUR
    line = max(2, max(canvas) // 400)
    box = digit.box
    left, top = box.x * scale - 2 * line, box.y * scale - 2 * line
    right, bottom = (box.x + box.width) * scale + 2 * line, (box.y + box.height) * scale + 2 * line
    draw.rounded_rectangle((left, top, right, bottom), radius=3 * line, outline=colour, width=line)
    # As tall as a phone needs it, but no taller than the digit it stands over.
    size = min(max(max(canvas) / 28, (bottom - top) / 4), max((bottom - top) / 1.5, 12))
    font = ImageFont.load_default(size)
    text = str(digit.digit)
    x0, y0, x1, y1 = font.getbbox(text)
    width, height = x1 - x0 + 0.5 * size, y1 - y0 + 0.4 * size
    # Over the box, or inside its upper edge where the picture ends.
    label_top = top - height if top >= height else top
    draw.rounded_rectangle(
        (left, label_top, left + width, label_top + height), radius=2 * line, fill=colour
    )
    corner = (left + 0.25 * size - x0, label_top + 0.2 * size - y0)
    draw.text(corner, text, font=font, fill=LABEL_COLOUR)
