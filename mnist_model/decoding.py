"""The bytes of a picture → its grey values, upright, with the work bounded beforehand.

The size is read from the header and checked before a pixel is decoded, so that a few kilobytes
can't unfold into gigabytes. Large JPEGs are decoded straight to grey at a fraction of their size.
"""

import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from mnist_model.contract import DamagedPhoto, EmptyPhoto, NotAPhoto, PhotoTooLarge

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF", "PPM")
"""Pillow's names of the formats that are read. A short list, because each parser is a risk. Pillow
opens the MPO of phones, two JPEGs in one file, as a JPEG."""

MAX_PHOTO_BYTES = 20 * 1024 * 1024
"""Telegram hands bots no larger file."""

MAX_PHOTO_PIXELS = 64_000_000
"""Admits the 48-megapixel photos of phones, refuses decompression bombs."""

WORKING_SIDE = 1600
"""Longest side after decoding, in pixels. Digits that a person writes stay well over MNIST's 20
pixels, and all later steps cost the same however large the photo is."""

SMALLEST_SIDE = 256
"""Smaller pictures are enlarged until their longest side is this long, so that smoothing and
shrinking leave a stroke of one pixel alone."""

GreyImage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """The grey picture that is worked on, and the size of the photo that it came from."""

    grey: (
        GreyImage  # (height, width) uint8, 0 is black; longest side SMALLEST_SIDE to WORKING_SIDE
    )
    photo_size: tuple[int, int]  # width and height of the photo as sent, upright, in pixels

    @property
    def scale(self) -> float:
        """Pixels of the photo for each pixel of `grey`."""
        return max(self.photo_size) / max(self.grey.shape)


def decode(photo: bytes) -> DecodedPhoto:
    """The grey values of a photo in any of FORMATS: the first frame, turned upright by its EXIF.

    Where the picture is transparent it is laid on white, or on black if what is drawn is light.

    Raises:
        EmptyPhoto: there are 0 bytes.
        PhotoTooLarge: over MAX_PHOTO_BYTES or, by its header, over MAX_PHOTO_PIXELS.
        NotAPhoto: no format of FORMATS.
        DamagedPhoto: the picture breaks off or doesn't decode.
    """
    picture = open_picture(photo)
    width, height = picture.size
    try:
        # JPEG can be decoded at 1/2, 1/4 or 1/8; never below the working size.
        picture.draft("L", (min(width, WORKING_SIDE), min(height, WORKING_SIDE)))
        ImageOps.exif_transpose(picture, in_place=True)
        turned = (picture.width > picture.height) != (width > height)
        grey = _fitted(_as_grey(picture))
    except PhotoTooLarge:
        raise
    # Parsers raise whatever a damaged file leads them to; all of it means the same.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError) as error:
        raise DamagedPhoto(
            f"The {picture.format} picture of {width}x{height} pixels does not decode ({error}). "
            "Send it again, or take a new photo."
        ) from error
    return DecodedPhoto(grey, (height, width) if turned else (width, height))


def open_picture(photo: bytes) -> PillowImage.Image:
    """The picture behind the bytes, with only its header read; its size is within bounds.

    Raises:
        EmptyPhoto, PhotoTooLarge, NotAPhoto: as `decode`.
    """
    if not photo:
        raise EmptyPhoto("The photo has 0 bytes. Send it again.")
    if len(photo) > MAX_PHOTO_BYTES:
        raise PhotoTooLarge(
            f"The photo has {len(photo)} bytes; at most {MAX_PHOTO_BYTES} are read. "
            "Send it as a photo instead of as a file, or crop it."
        )
    try:
        with warnings.catch_warnings():
            # Pillow's own bound is checked below with ours, and its remarks on odd metadata
            # are of no use to the person who sent the photo.
            warnings.simplefilter("ignore")
            picture = PillowImage.open(io.BytesIO(photo), formats=FORMATS)
    except PillowImage.DecompressionBombError as error:
        raise PhotoTooLarge(f"{error} Crop the photo, or send it smaller.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPhoto(
            f"The {len(photo)} bytes are no picture in a known format ({', '.join(FORMATS)}). "
            "Send a photo, or a picture as a file in one of these formats."
        ) from error
    if picture.width * picture.height > MAX_PHOTO_PIXELS:
        raise PhotoTooLarge(
            f"The photo has {picture.width}x{picture.height} pixels; at most "
            f"{MAX_PHOTO_PIXELS} in all are read. Crop it, or send it smaller."
        )
    return picture


def _as_grey(picture: PillowImage.Image) -> GreyImage:
    """(height, width) uint8 luma of any Pillow mode; 16-bit values keep their upper 8 bits."""
    if picture.has_transparency_data:
        return _on_paper(np.asarray(picture.convert("RGBA").convert("LA")))
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        values = np.asarray(picture, dtype=np.float32)
        white = 65535.0 if values.max(initial=0) > 255 else 255.0
        return (values.clip(0, white) * (255 / white)).astype(np.uint8)
    return np.asarray(picture.convert("L"))


def _on_paper(grey_alpha: GreyImage) -> GreyImage:
    """Lays a (height, width, 2) picture of grey and alpha on the paper it stands out from."""
    grey, alpha = grey_alpha[..., 0].astype(np.float32), grey_alpha[..., 1] / np.float32(255)
    drawn = float((grey * alpha).sum()) / max(float(alpha.sum()), 1.0)
    paper = 255.0 if drawn < 128 else 0.0
    return (grey * alpha + paper * (1 - alpha)).round().astype(np.uint8)


def _fitted(grey: GreyImage) -> GreyImage:
    """The picture resized until its longest side lies within SMALLEST_SIDE and WORKING_SIDE."""
    longest = max(grey.shape)
    factor = min(max(longest, SMALLEST_SIDE), WORKING_SIDE) / longest
    if factor == 1:
        return grey
    width, height = (max(1, round(side * factor)) for side in (grey.shape[1], grey.shape[0]))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, (width, height), interpolation=how)
