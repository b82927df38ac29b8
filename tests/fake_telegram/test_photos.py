import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from fake_telegram.photos import (
    MAX_SIDES_SUM,
    SIDES,
    UnreadablePicture,
    WrongDimensions,
    as_it_is,
    in_no_order,
    photo_sizes,
)
from tests.exif import turned_with_an_odd_tag
from tests.fake_telegram.conftest import png


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@settings(max_examples=20)
@given(st.integers(20, 1600), st.integers(100, 400))
def test_the_sizes_are_jpegs_of_one_shape_within_their_boxes(width: int, height: int) -> None:
    sizes = photo_sizes(png(width, height))
    longest = min(max(width, height), SIDES[-1])
    assert max(sizes[-1].width, sizes[-1].height) == longest
    for size in sizes:
        assert opened(size.content).format == "JPEG"
        assert opened(size.content).size == (size.width, size.height)
        assert size.width / size.height == pytest.approx(width / height, rel=0.1, abs=0.15)


def test_a_small_picture_is_not_enlarged() -> None:
    (only,) = photo_sizes(png(28, 28))
    assert (only.width, only.height) == (28, 28)


def test_a_photo_taken_with_the_phone_on_its_side_is_turned_upright() -> None:
    content = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: the camera was turned by a quarter
    Image.new("RGB", (80, 40)).save(content, "JPEG", exif=exif)
    (only,) = photo_sizes(content.getvalue())
    assert (only.width, only.height) == (40, 80)
    assert not opened(only.content).getexif()


def test_a_photo_is_turned_upright_whatever_else_its_exif_holds() -> None:
    content = BytesIO()
    exif = turned_with_an_odd_tag(ExifTags.Base.XResolution)
    Image.new("RGB", (80, 40)).save(content, "JPEG", exif=exif)
    (only,) = photo_sizes(content.getvalue())
    assert (only.width, only.height) == (40, 80)


def test_a_photo_whose_exif_can_not_be_read_is_taken_as_it_lies() -> None:
    content = BytesIO()
    Image.new("RGB", (80, 40)).save(content, "PNG", exif=b"Exif\0\0no such order of bytes")
    (only,) = photo_sizes(content.getvalue())
    assert (only.width, only.height) == (80, 40)


def test_a_picture_of_16_bits_keeps_its_shades() -> None:
    values = np.full((40, 40), 60_000, np.uint16)
    values[:20] = 10_000
    content = BytesIO()
    Image.fromarray(values).save(content, "PNG")
    (only,) = photo_sizes(content.getvalue())
    shades = np.asarray(opened(only.content).convert("L"), int)
    assert abs(shades[:15] - 10_000 / 257).max() < 5
    assert abs(shades[25:] - 60_000 / 257).max() < 5


def test_a_large_photo_is_made_smaller_for_a_person_and_refused_to_a_bot() -> None:
    content = BytesIO()
    Image.new("L", (8064, 6048)).save(content, "JPEG")
    assert (photo_sizes(content.getvalue())[-1].width) == SIDES[-1]
    with pytest.raises(WrongDimensions, match="10000 at most"):
        photo_sizes(content.getvalue(), MAX_SIDES_SUM)


def test_a_photo_that_is_not_recompressed_is_its_own_only_size() -> None:
    content = photo_sizes(png(300, 200))[-1].content
    (only,) = as_it_is(content)
    assert (only.width, only.height, only.content) == (300, 200, content)
    with pytest.raises(UnreadablePicture):
        as_it_is(png(300, 200))  # Telegram would make a JPEG of it
    too_wide = BytesIO()
    Image.new("RGB", (42, 2)).save(too_wide, "JPEG")
    with pytest.raises(WrongDimensions):
        as_it_is(too_wide.getvalue())


def test_transparent_paper_becomes_white() -> None:
    content = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(content, "PNG")
    (only,) = photo_sizes(content.getvalue())
    assert opened(only.content).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"7", png(40, 40)[:-20], png(40, 40)[:50]])
def test_what_does_not_decode_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        photo_sizes(content)


def header_only(width: int, height: int) -> bytes:
    """A PNG that claims a size and breaks off before its pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 9) + b"IDAT"


# The last three: more pixels than the stand-in decodes, than Pillow opens without a warning, and
# than it opens at all.
@pytest.mark.parametrize(
    ("width", "height"),
    [(2001, 100), (30, 601), (9000, 8900), (10_000, 10_000), (20_000, 20_000)],
)
def test_a_picture_too_large_or_too_narrow_is_refused_from_its_header(
    width: int, height: int
) -> None:
    with pytest.raises(WrongDimensions):
        photo_sizes(header_only(width, height))


def test_the_order_of_sizes_differs_from_photo_to_photo() -> None:
    sizes = photo_sizes(png(1280, 720))
    orders = {in_no_order(sizes, seed) for seed in range(20)}
    assert len(orders) > 5
    assert all(set(order) == set(sizes) for order in orders)
