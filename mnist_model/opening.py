"""The bytes of a picture → its header, checked before a pixel is decoded.

A few kilobytes can unfold into gigabytes, so the size that the header states is what is bounded.
"""

import io
import warnings

import pillow_heif
from PIL import Image as PillowImage

from mnist_model.contract import (
    MAX_PHOTO_BYTES,
    DamagedPhoto,
    EmptyPhoto,
    NotAPhoto,
    PhotoTooLarge,
)

pillow_heif.register_heif_opener()

# Pillow's remarks on odd metadata and on sizes are of no use to the person who sent the photo; the
# sizes are checked here. For the whole process, because warnings.catch_warnings is for one thread.
warnings.filterwarnings("ignore", module=r"PIL\.")

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF", "PPM")
"""Pillow's names of the formats that are read. A short list, because each parser is a risk. Pillow
opens the MPO of phones, two JPEGs in one file, as a JPEG."""

CAMERA_FORMATS = ("JPEG", "MPO", "HEIF")

MAX_CAMERA_PIXELS = 64_000_000
"""In CAMERA_FORMATS: admits the 48-megapixel photos of phones, refuses decompression bombs."""

MAX_PIXELS = 32_000_000
"""In the other formats. Some of their decoders need 20 bytes a pixel (WebP): over 600 MB."""


def open_picture(photo: bytes) -> PillowImage.Image:
    """The picture behind the bytes, with only its header read; its size is within bounds.

    Raises:
        EmptyPhoto: there are 0 bytes.
        PhotoTooLarge: it has more bytes or, by its header, more pixels than are read.
        NotAPhoto: no format of FORMATS.
        DamagedPhoto: the header is of one of FORMATS, but makes no sense or breaks off.
    """
    if not photo:
        raise EmptyPhoto("The photo has 0 bytes. Send it again.")
    if len(photo) > MAX_PHOTO_BYTES:
        raise PhotoTooLarge(
            f"The photo has over {MAX_PHOTO_BYTES} bytes, more than are read. "
            "Send it as a photo instead of as a file, or crop it."
        )
    picture = _with_header_read(photo)
    most = MAX_CAMERA_PIXELS if picture.format in CAMERA_FORMATS else MAX_PIXELS
    if picture.width * picture.height > most:
        raise PhotoTooLarge(
            f"The {picture.format} picture has {picture.width}x{picture.height} pixels; at most "
            f"{most} in all are read. Crop it, or send it smaller."
        )
    return picture


def _with_header_read(photo: bytes) -> PillowImage.Image:
    try:
        return PillowImage.open(io.BytesIO(photo), formats=FORMATS)
    except (PillowImage.DecompressionBombError, MemoryError) as error:
        raise PhotoTooLarge(
            f"The picture is too large to be decoded ({error!r}); at most {MAX_PIXELS} pixels "
            "are read. Crop it, or send it smaller."
        ) from error
    # Parsers raise whatever a damaged file leads them to; all of it means the same.
    except Exception as error:
        if _begins_as_a_picture(photo):
            raise DamagedPhoto(
                f"The {len(photo)} bytes begin as a picture, but its header can't be read "
                f"({type(error).__name__}: {error}). Send it again, or take a new photo."
            ) from error
        raise NotAPhoto(
            f"The {len(photo)} bytes are no picture in a known format ({', '.join(FORMATS)}). "
            "Send a photo, or a picture as a file in one of these formats."
        ) from error


def _begins_as_a_picture(photo: bytes) -> bool:
    """Whether the first bytes are those of one of FORMATS, as Pillow itself tells them apart."""
    PillowImage.init()  # else Pillow may not have looked at all of them yet
    accepts = (PillowImage.OPEN[name][1] for name in FORMATS)
    return any(accept(photo[:16]) for accept in accepts if accept is not None)
