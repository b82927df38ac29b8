"""What Telegram does to a picture sent as a photo: JPEG, several sizes, long side ≤ 1280."""

import random
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import ExifTags, Image

# Phones take HEIC; Telegram's apps turn it into JPEG before they send it.
pillow_heif.register_heif_opener()

SIDES = (90, 320, 800, 1280)
"""The boxes that the sizes of one photo fit into, in pixels."""

MAX_SIDES_SUM = 10_000
"""Width and height of a photo that a bot sends, in pixels; people's apps make theirs smaller."""

MAX_PIXELS = 80_000_000
"""Of a person's photo: this server decodes it, where an app would."""

MAX_SIDES_RATIO = 20
JPEG_QUALITY = 87

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by EXIF's orientation."""


class UnreadablePicture(Exception):
    """The bytes don't decode to a picture."""


class WrongDimensions(Exception):
    """A picture too large or too narrow to be sent as a photo."""


@dataclass(frozen=True, slots=True)
class SizedJpeg:
    """One size of a photo."""

    width: int
    height: int
    content: bytes


def photo_sizes(picture: bytes, max_sides_sum: int | None = None) -> tuple[SizedJpeg, ...]:
    """The sizes Telegram keeps of a photo, the smallest first; the metadata is gone from them.

    Raises:
        UnreadablePicture: not a picture, or a damaged one.
        WrongDimensions: longer than 20:1, of more pixels of width plus height, or than MAX_PIXELS.
    """
    # Pillow refuses some sizes from the header, by an error or, a little lower, by a warning.
    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        opened = Image.open(BytesIO(picture))
        _check_dimensions(*opened.size, max_sides_sum)
        opened.draft(None, (SIDES[-1], SIDES[-1]))  # a large JPEG decodes faster at half its size
        flat = _upright(_on_white(opened), _orientation(opened))
    except bombs as error:
        raise WrongDimensions(str(error)) from error
    except WrongDimensions:
        raise
    # Pillow's readers raise many kinds of error on damaged files.
    except Exception as error:
        raise UnreadablePicture(str(error)) from error
    longest = max(flat.size)
    sides = [side for side in SIDES if side < longest] + [min(longest, SIDES[-1])]
    return tuple(_jpeg(flat, side) for side in sorted(set(sides)))


def as_it_is(picture: bytes) -> tuple[SizedJpeg, ...]:
    """A JPEG as its own only size, with no more than its header looked at.

    Raises:
        UnreadablePicture, WrongDimensions: as photo_sizes.
    """
    try:
        opened = Image.open(BytesIO(picture), formats=["JPEG"])
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadablePicture(str(error)) from error
    _check_dimensions(*opened.size, MAX_SIDES_SUM)
    return (SizedJpeg(*opened.size, picture),)


def in_no_order(sizes: tuple[SizedJpeg, ...], seed: int) -> tuple[SizedJpeg, ...]:
    """The same sizes, shuffled: Telegram promises no order, so nobody may rely on one."""
    shuffled = list(sizes)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - nothing secret about an order
    return tuple(shuffled)


def _check_dimensions(width: int, height: int, max_sides_sum: int | None) -> None:
    if max(width, height) > MAX_SIDES_RATIO * min(width, height):
        raise WrongDimensions(
            f"{width}x{height} pixels: one side may be {MAX_SIDES_RATIO} times the other at most."
        )
    if width * height > MAX_PIXELS:
        raise WrongDimensions(f"{width}x{height} pixels: {MAX_PIXELS} in all at most.")
    if max_sides_sum is not None and width + height > max_sides_sum:
        raise WrongDimensions(
            f"{width}x{height} pixels: width plus height may be {max_sides_sum} at most."
        )


def _orientation(picture: Image.Image) -> int | None:
    """How a loaded picture lies by its EXIF; None where that doesn't say, or can't be read."""
    try:
        return picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _upright(picture: Image.Image, orientation: int | None) -> Image.Image:
    # Pillow's exif_transpose writes all of the EXIF anew, and fails at any tag that is odd.
    turn = UPRIGHT.get(orientation or 1)
    return picture if turn is None else picture.transpose(turn)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    paper = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(paper, layers).convert("RGB")


def _jpeg(picture: Image.Image, side: int) -> SizedJpeg:
    smaller = picture.copy()
    smaller.thumbnail((side, side))
    content = BytesIO()
    smaller.save(content, "JPEG", quality=JPEG_QUALITY)
    return SizedJpeg(smaller.width, smaller.height, content.getvalue())
