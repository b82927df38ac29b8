"""What Telegram does to a picture sent as a photo: JPEG, several sizes, long side ≤ 1280."""

import random
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import Image, ImageOps

# Phones take HEIC; Telegram's apps turn it into JPEG before they send it.
pillow_heif.register_heif_opener()

SIDES = (90, 320, 800, 1280)
"""The boxes that the sizes of one photo fit into, in pixels."""

MAX_SIDES_SUM = 10_000
MAX_SIDES_RATIO = 20
JPEG_QUALITY = 87


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


def photo_sizes(picture: bytes) -> tuple[SizedJpeg, ...]:
    """The sizes Telegram keeps of a photo, the smallest first; the metadata is gone from them.

    Raises:
        UnreadablePicture: not a picture, or a damaged one.
        WrongDimensions: more than 10,000 pixels of width plus height, or longer than 20:1.
    """
    # Pillow refuses some sizes from the header, by an error or, a little lower, by a warning.
    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        opened = Image.open(BytesIO(picture))
        _check_dimensions(*opened.size)
        opened.draft(None, (SIDES[-1], SIDES[-1]))  # a large JPEG decodes faster at half its size
        upright = ImageOps.exif_transpose(opened)
        flat = _on_white(upright)
    except bombs as error:
        raise WrongDimensions(str(error)) from error
    # Pillow's readers raise many kinds of error on damaged files.
    except (OSError, ValueError, SyntaxError, EOFError) as error:
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
    _check_dimensions(*opened.size)
    return (SizedJpeg(*opened.size, picture),)


def in_no_order(sizes: tuple[SizedJpeg, ...], seed: int) -> tuple[SizedJpeg, ...]:
    """The same sizes, shuffled: Telegram promises no order, so nobody may rely on one."""
    shuffled = list(sizes)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - nothing secret about an order
    return tuple(shuffled)


def _check_dimensions(width: int, height: int) -> None:
    if width + height > MAX_SIDES_SUM or max(width, height) > MAX_SIDES_RATIO * min(width, height):
        raise WrongDimensions(
            f"{width}x{height} pixels: width plus height may be {MAX_SIDES_SUM} at most, "
            f"and one at most {MAX_SIDES_RATIO} times the other."
        )


def _on_white(picture: Image.Image) -> Image.Image:
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
