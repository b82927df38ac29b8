"""The bytes of a picture → its pixels, upright, opaque and of bounded size.

Large JPEGs are decoded straight to grey at a fraction of their size.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags
from PIL import Image as PillowImage

from mnist_model.contract import DamagedPhoto, PhotoTooLarge
from mnist_model.opening import open_picture
from mnist_model.shrinking import shrunk

WORKING_SIDE = 1280
"""Longest side after decoding, in pixels. Digits that a person writes stay well over MNIST's 20
pixels, and all later steps cost the same however large the photo is."""

SMALLEST_SIDE = 256
"""Smaller pictures are enlarged until their longest side is this long, so that smoothing and
shrinking leave a stroke of one pixel alone."""

CHROMA_SIDE = 128
"""How the colours of a picture differ is looked at on this longest side, in pixels."""

WHITES = (1.0, *(2.0**bits - 1 for bits in (8, 10, 12, 14, 16)))
"""The values that white has in pictures of more than 8 bits: the least that no pixel exceeds
twice, as resampling and sharpening overshoot it."""

UPRIGHT = {
    2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
    3: PillowImage.Transpose.ROTATE_180,
    4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
    5: PillowImage.Transpose.TRANSPOSE,
    6: PillowImage.Transpose.ROTATE_270,
    7: PillowImage.Transpose.TRANSVERSE,
    8: PillowImage.Transpose.ROTATE_90,
}
"""What turns a picture upright, by EXIF's orientation (EXIF 2.32, tag 0x0112). Pillow's own
exif_transpose writes all of the EXIF anew, and fails at any tag that is not as it should be."""

GreyImage = npt.NDArray[np.uint8]
Mode = Literal["L", "RGB"]
"""Pillow's names for grey and for colour, 8 bits a channel."""


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """The grey picture that is worked on, and the size of the photo that it came from."""

    # (height, width) uint8, 0 is black; longest side SMALLEST_SIDE to WORKING_SIDE
    grey: GreyImage
    photo_size: tuple[int, int]  # width and height of the photo as sent, upright, in pixels


def decode(photo: bytes) -> DecodedPhoto:
    """The grey values of a photo in any of opening.FORMATS: see `upright`."""
    picture, photo_size = upright(photo, "L")
    return DecodedPhoto(_fitted(np.asarray(picture)), photo_size)


def decode_chroma(photo: bytes) -> DecodedPhoto:
    """The colours of a photo as grey values, whatever their brightness: red stands out from green.

    They are taken along the direction in CIELAB's plane of a and b in which they differ most. What
    is not coloured comes to the middle grey.
    """
    picture, photo_size = upright(photo, "RGB")
    lab = cv2.cvtColor(_fitted(np.asarray(picture)), cv2.COLOR_RGB2LAB)
    colours = lab[..., 1:].astype(np.float32) - 128
    sample = shrunk(colours, CHROMA_SIDE).reshape(-1, 2)
    direction = np.linalg.eigh(np.cov(sample, rowvar=False))[1][:, 1]  # of the largest variance
    grey = (128 + colours @ direction.astype(np.float32)).clip(0, 255).astype(np.uint8)
    return DecodedPhoto(grey, photo_size)


def upright(photo: bytes, mode: Mode) -> tuple[PillowImage.Image, tuple[int, int]]:
    """The first frame of a photo, turned upright by its EXIF and laid on paper if transparent.

    Returns:
        The picture in that mode, shrunk to less than twice WORKING_SIDE; and the width and height
        of the upright photo as sent, in pixels.

    Raises:
        PhotoError: as `open_picture`.
        PhotoTooLarge: there is no memory for its pixels.
        DamagedPhoto: the picture breaks off or doesn't decode.
    """
    picture = open_picture(photo)
    width, height = picture.size
    try:
        # JPEG can be decoded at 1/2, 1/4 or 1/8; never below the working size.
        fraction = _fraction(picture)
        picture.draft(mode, (max(1, width // fraction), max(1, height // fraction)))
        picture.load()
        # TIFF and HEIF are upright by now, and state their size so from the beginning.
        orientation = _orientation(picture)
        plain = _plain(picture, mode)
        if orientation in UPRIGHT:
            plain = plain.transpose(UPRIGHT[orientation])
    except MemoryError as error:
        raise PhotoTooLarge(
            f"The {picture.format} picture of {width}x{height} pixels takes more memory than there"
            " is for one. Crop it, or send it smaller."
        ) from error
    # Parsers raise whatever a damaged file leads them to; all of it means the same.
    except Exception as error:
        raise DamagedPhoto(
            f"The {picture.format} picture of {width}x{height} pixels does not decode "
            f"({type(error).__name__}: {error}). Send it again, or take a new photo."
        ) from error
    return plain, ((height, width) if orientation in (5, 6, 7, 8) else (width, height))


def _orientation(picture: PillowImage.Image) -> int:
    """How the loaded picture lies by its EXIF, 1 to 8; upright (1) where that can't be read."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation)
    # As in `upright`; but the pixels are there, and the reader tries other turns, too.
    except Exception:
        return 1
    return orientation if isinstance(orientation, int) else 1


def _fraction(picture: PillowImage.Image) -> int:
    """By how much the picture can be shrunk without getting smaller than WORKING_SIDE."""
    return max(1, max(picture.size) // WORKING_SIDE)


def _plain(picture: PillowImage.Image, mode: Mode) -> PillowImage.Image:
    """Any picture as an opaque one of that mode, shrunk to less than twice WORKING_SIDE."""
    if picture.mode == "LAB":
        picture = picture.getchannel("L")
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _in_8_bits(picture.convert("F").reduce(_fraction(picture))).convert(mode)
    if picture.has_transparency_data:
        return _on_paper(picture.convert("RGBA").reduce(_fraction(picture))).convert(mode)
    return picture.convert(mode).reduce(_fraction(picture))


def _in_8_bits(picture: PillowImage.Image) -> PillowImage.Image:
    """A picture of numbers in Pillow's mode F as one of 8 bits; what is no number is black."""
    values = np.asarray(picture)
    highest = float(values[np.isfinite(values)].max(initial=0))
    white = max(next((white for white in WHITES if 2 * white >= highest), highest), highest)
    values = np.nan_to_num(values, nan=0, posinf=white, neginf=0).clip(0, white)
    return PillowImage.fromarray((values * (255 / white)).astype(np.uint8))


def _on_paper(picture: PillowImage.Image) -> PillowImage.Image:
    """Lays a picture of mode RGBA on white or black: what is drawn stands out from it.

    Where most of the picture is opaque, it is itself paper whose corners were cut off, and is laid
    on what it resembles.
    """
    grey_and_alpha = np.asarray(picture.convert("LA"), np.float32)
    grey, alpha = grey_and_alpha[..., 0], grey_and_alpha[..., 1] / 255
    is_light = float((grey * alpha).sum()) > 127.5 * float(alpha.sum())
    is_paper = float(alpha.mean()) > 0.5
    laid = PillowImage.new("RGBA", picture.size, "white" if is_light == is_paper else "black")
    laid.alpha_composite(picture)
    return laid


def _fitted(picture: GreyImage) -> GreyImage:
    """A picture, grey or in colour, resized until its longest side lies within SMALLEST_SIDE and
    WORKING_SIDE.
    """
    height, width = picture.shape[:2]
    longest = max(height, width)
    factor = min(max(longest, SMALLEST_SIDE), WORKING_SIDE) / longest
    if factor == 1:
        return picture
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, size, interpolation=how)
