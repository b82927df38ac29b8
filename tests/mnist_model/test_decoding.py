"""Bytes in any of the formats and modes there are → the same grey picture, or a clear refusal."""

import io
import subprocess
import sys
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from mnist_model import (
    MAX_PHOTO_BYTES,
    DamagedPhoto,
    EmptyPhoto,
    NotAPhoto,
    PhotoError,
    PhotoTooLarge,
)
from mnist_model.decoding import SMALLEST_SIDE, WORKING_SIDE, decode, decode_chroma
from mnist_model.opening import FORMATS
from tests.bot.pictures import bomb, encoded
from tests.exif import turned_with_an_odd_tag

WIDTH, HEIGHT = 400, 300
PAPER, INK = 240, 20
INK_AREA = (slice(60, 100), slice(40, 140))  # rows, columns; in the upper left


def page() -> Image.Image:
    """White paper with one dark bar, without any symmetry."""
    grey = np.full((HEIGHT, WIDTH), PAPER, np.uint8)
    grey[INK_AREA] = INK
    return Image.fromarray(grey)


def save(picture: Image.Image, picture_format: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, picture_format, **options)
    return written.getvalue()


def assert_shows_the_page(photo: bytes, *, ink: int = INK, paper: int = PAPER) -> None:
    decoded = decode(photo)
    expected = np.full((HEIGHT, WIDTH), paper, np.int16)
    expected[INK_AREA] = ink
    assert decoded.photo_size == (WIDTH, HEIGHT)
    assert decoded.grey.dtype == np.uint8
    # Lossy formats ring around edges.
    assert np.abs(decoded.grey - expected).mean() < 1.5


@pytest.mark.parametrize("picture_format", FORMATS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_format_shows_the_same_page(picture_format: str, mode: str) -> None:
    assert_shows_the_page(save(page().convert(mode), picture_format))


@pytest.mark.parametrize("picture_format", ["GIF", "WEBP", "PNG", "TIFF", "MPO", "HEIF", "AVIF"])
def test_the_first_of_several_frames_is_read(picture_format: str) -> None:
    first = page().convert("RGB")
    later = first.transpose(Image.Transpose.ROTATE_180)
    assert_shows_the_page(save(first, picture_format, save_all=True, append_images=[later]))


STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation → how a camera that was held so stores an upright page."""


def as_stored(picture: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    turn = STORED[orientation]
    return (picture if turn is None else picture.transpose(turn)), exif


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_is_turned_as_its_exif_says(picture_format: str, orientation: int) -> None:
    stored, exif = as_stored(page().convert("RGB"), orientation)
    # As bytes: with them, the HEIF writer turns it into the property that rules in that format.
    assert_shows_the_page(save(stored, picture_format, exif=exif.tobytes()))


@pytest.mark.parametrize("orientation", STORED)
def test_the_size_of_a_large_turned_photo_is_that_of_the_upright_one(orientation: int) -> None:
    # Nearly square, so that shrinking rounds away which side is longer.
    upright = Image.new("L", (2 * WORKING_SIDE + 1, 2 * WORKING_SIDE))
    stored, exif = as_stored(upright, orientation)
    assert decode(save(stored, "JPEG", exif=exif)).photo_size == upright.size


@pytest.mark.parametrize(
    "tag",
    [ExifTags.Base.ImageWidth, ExifTags.Base.StripOffsets, ExifTags.Base.XResolution],
)
def test_a_photo_is_turned_whatever_else_its_exif_holds(tag: int) -> None:
    stored, _ = as_stored(page().convert("RGB"), 6)
    assert_shows_the_page(save(stored, "JPEG", exif=turned_with_an_odd_tag(tag)))


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_whose_exif_can_not_be_read_is_taken_as_it_lies(picture_format: str) -> None:
    assert_shows_the_page(save(page(), picture_format, exif=b"Exif\0\0no such order of bytes"))


def numbers(dtype: npt.DTypeLike, black: float, white: float) -> Image.Image:
    share = np.asarray(page(), np.float64) / 255
    return Image.fromarray((black + share * (white - black)).astype(dtype))


def bilevel_page() -> Image.Image:
    return page().convert("1", dither=Image.Dither.NONE)


def with_nan_margin() -> Image.Image:
    values = np.asarray(numbers(np.float32, 0, 1)).copy()
    values[0, 0] = np.nan
    return Image.fromarray(values)


MODES: dict[str, Callable[[], bytes]] = {
    "palette": lambda: save(page().convert("P"), "PNG"),
    "grey and opaque alpha": lambda: save(page().convert("LA"), "PNG"),
    "colour and opaque alpha": lambda: save(page().convert("RGBA"), "WEBP", lossless=True),
    "CMYK JPEG": lambda: save(page().convert("CMYK"), "JPEG"),
    "CMYK TIFF": lambda: save(page().convert("CMYK"), "TIFF"),
    "YCbCr TIFF": lambda: save(page().convert("YCbCr"), "TIFF"),
    "16-bit PNG": lambda: save(numbers(np.uint16, 0, 65535), "PNG"),
    "16-bit TIFF": lambda: save(numbers(np.uint16, 0, 65535), "TIFF"),
    "16-bit big-endian TIFF": lambda: save(numbers(np.dtype(">u2"), 0, 65535), "TIFF"),
    "10 of 16 bits": lambda: save(numbers(np.uint16, 0, 1023), "TIFF"),
    "12 of 16 bits": lambda: save(numbers(np.uint16, 0, 4095), "TIFF"),
    "14 of 16 bits": lambda: save(numbers(np.uint16, 0, 16383), "TIFF"),
    "32-bit TIFF": lambda: save(numbers(np.int32, 0, 65535), "TIFF"),
    "float TIFF from 0 to 1": lambda: save(numbers(np.float32, 0, 1), "TIFF"),
    "float TIFF from 0 to 255": lambda: save(numbers(np.float32, 0, 255), "TIFF"),
    "float TIFF with a hole": lambda: save(with_nan_margin(), "TIFF"),
    "1-bit PNG": lambda: save(bilevel_page(), "PNG"),
    "1-bit fax TIFF": lambda: save(bilevel_page(), "TIFF", compression="group4"),
    "progressive JPEG": lambda: save(page(), "JPEG", progressive=True),
}


@pytest.mark.parametrize("name", MODES)
def test_every_mode_shows_the_same_page(name: str) -> None:
    ink, paper = (0, 255) if "1-bit" in name else (INK, PAPER)
    assert_shows_the_page(MODES[name](), ink=ink, paper=paper)


@pytest.mark.parametrize(
    ("black", "white", "dtype"), [(0, 1, np.float32), (0, 65535, np.uint16), (0, 1, np.int32)]
)
def test_black_and_white_keep_their_distance_in_every_range_of_numbers(
    black: float, white: float, dtype: type
) -> None:
    bits = np.asarray(page()) > 128
    picture = Image.fromarray(np.where(bits, white, black).astype(dtype))
    assert_shows_the_page(save(picture, "TIFF"), ink=0, paper=255)


@pytest.mark.parametrize("white", [1, 255])
def test_a_sharpened_picture_of_numbers_is_no_darker(white: int) -> None:
    """What overshoots white at the edges of the ink doesn't turn all else black."""
    values = np.asarray(numbers(np.float32, 0, white))
    sharpened = 2 * values - cv2.GaussianBlur(values, (0, 0), 3)
    assert white < sharpened.max() < 1.5 * white
    grey = decode(save(Image.fromarray(sharpened), "TIFF")).grey
    assert int(grey[:5].mean()) > PAPER / 1.5


def drawn_on_nothing(ink: int) -> Image.Image:
    """Strokes of that grey on transparent paper, whose hidden colour is the same."""
    picture = Image.new("LA", (WIDTH, HEIGHT), (ink, 0))
    picture.paste((ink, 255), (40, 60, 140, 100))
    return picture


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (60, 255), (200, 0), (255, 0)])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_drawn_on_nothing_stands_out_from_the_paper(
    ink: int, paper: int, mode: str
) -> None:
    photo = save(drawn_on_nothing(ink).convert(mode), "PNG")
    assert_shows_the_page(photo, ink=ink, paper=paper)


@pytest.mark.parametrize("picture_format", ["GIF", "PNG"])
def test_a_transparent_colour_of_a_palette_is_paper(picture_format: str) -> None:
    picture = Image.fromarray((np.asarray(page()) > 128).astype(np.uint8), "P")
    picture.putpalette([0, 0, 0, 10, 10, 10])  # ink is black, and so nearly is what is hidden
    assert_shows_the_page(save(picture, picture_format, transparency=1), ink=0, paper=255)


def test_a_palette_of_many_half_transparent_colours_is_read() -> None:
    # Pillow warns of these unless they are made RGBA.
    photo = save(page().convert("P"), "PNG", transparency=bytes(range(256)))
    assert decode(photo).photo_size == (WIDTH, HEIGHT)


def test_paper_with_corners_cut_off_is_laid_on_what_it_resembles() -> None:
    cut_out = page().convert("LA")
    cut_out.paste((0, 0), (0, 0, 30, 30))
    assert_shows_the_page(save(cut_out, "PNG"), paper=PAPER)


@given(st.integers(1, 2500), st.integers(1, 2500))
@settings(max_examples=40)
def test_any_picture_comes_to_a_working_size_with_its_aspect_kept(width: int, height: int) -> None:
    decoded = decode(encoded(Image.new("L", (width, height)), "PPM"))
    longest = max(width, height)
    assert decoded.photo_size == (width, height)
    assert max(decoded.grey.shape) == min(max(longest, SMALLEST_SIDE), WORKING_SIDE)
    scale = longest / max(decoded.grey.shape)
    half_a_pixel = 0.5 * scale + 1e-6
    for side, pixels in zip((height, width), decoded.grey.shape, strict=True):
        assert pixels == 1 or pixels * scale == pytest.approx(side, abs=half_a_pixel)


def test_a_photo_of_48_megapixels_is_read() -> None:
    assert decode(encoded(Image.new("L", (8064, 6048)), "JPEG")).photo_size == (8064, 6048)


def test_a_panorama_is_read() -> None:
    decoded = decode(encoded(Image.new("L", (60_000, 500)), "PNG"))
    assert decoded.photo_size == (60_000, 500)
    assert decoded.grey.shape[1] == WORKING_SIDE


def in_a_process_of_its_own(code: str, photo: bytes) -> str:
    """What Python prints; it ends with an error if any warning is shown."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, input=photo, capture_output=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


MEGABYTES_TO_DECODE = """
import re, sys
from pathlib import Path
from mnist_model import PhotoError
from mnist_model.decoding import decode
from PIL import Image

def most_megabytes():
    # Not getrusage, which counts from the parent process on.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

photo = sys.stdin.buffer.read()
Image.init()  # not what is measured
before = most_megabytes()
try:
    decode(photo)
except PhotoError as error:
    print(type(error).__name__)
print(most_megabytes() - before)
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")


@linux_only
def test_a_photo_of_12_megapixels_is_decoded_at_a_fraction_of_its_size() -> None:
    photo = save(page().convert("RGB").resize((4032, 3024)), "JPEG")
    megabytes = float(in_a_process_of_its_own(MEGABYTES_TO_DECODE, photo))
    assert megabytes < 16  # 25 at its full size, were it decoded to grey; 60 to colour


@linux_only
def test_a_bomb_is_refused_without_being_unfolded() -> None:
    photo = bomb(20_000)
    assert len(photo) < 60_000
    error, megabytes = in_a_process_of_its_own(MEGABYTES_TO_DECODE, photo).split()
    assert error == "PhotoTooLarge"
    assert float(megabytes) < 10


@linux_only
@pytest.mark.parametrize("picture_format", ["GIF", "PNG"])
def test_a_picture_that_there_is_no_memory_for_is_too_large_and_not_damaged(
    picture_format: str,
) -> None:
    allow_40_more_megabytes = (
        "import re, resource, sys\n"
        "from pathlib import Path\n"
        "from mnist_model import PhotoTooLarge\n"
        "from mnist_model.decoding import decode\n"
        "status = Path('/proc/self/status').read_text()\n"
        "most = (int(re.search(r'VmData:\\s+(\\d+)', status)[1]) << 10) + (40 << 20)\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (most, most))\n"
        "try:\n"
        "    decode(sys.stdin.buffer.read())\n"
        "except PhotoTooLarge as error:\n"
        "    print(error)\n"
    )
    photo = save(page().convert("RGBA").resize((5000, 4000)), picture_format)
    assert "5000x4000" in in_a_process_of_its_own(allow_40_more_megabytes, photo)


@linux_only
def test_a_bomb_of_text_is_refused_without_being_unfolded() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "a" * 50_000_000, zip=True)
    error, megabytes = in_a_process_of_its_own(
        MEGABYTES_TO_DECODE, save(page(), "PNG", pnginfo=text)
    ).split()
    assert error == "DamagedPhoto"
    assert float(megabytes) < 10


def test_odd_metadata_are_no_reason_for_a_warning() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ExifTags.Base.ImageDescription] = "a description that is stored behind the header"
    photo = bytearray(save(page(), "TIFF", tiffinfo=tags))
    entry = photo.index((270).to_bytes(2, "little") + (2).to_bytes(2, "little"))
    photo[entry + 4 : entry + 8] = (2**30).to_bytes(4, "little")  # far more than there is
    code = (
        "import sys; from mnist_model.decoding import decode;"
        "print(decode(sys.stdin.buffer.read()).photo_size)"
    )
    assert in_a_process_of_its_own(code, bytes(photo)).strip() == f"({WIDTH}, {HEIGHT})"


def test_a_png_with_a_long_text_is_read() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "a" * 5_000_000)
    assert_shows_the_page(save(page(), "PNG", pnginfo=text))


def half_of(photo: bytes) -> bytes:
    return photo[: len(photo) // 2]


def noise(picture_format: str) -> bytes:
    """A picture whose bytes are all pixels, so that any half of it lacks some."""
    pixels = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return save(Image.fromarray(pixels), picture_format)


BAD_INPUT: dict[str, tuple[bytes, type[PhotoError], str]] = {
    "0 bytes": (b"", EmptyPhoto, "0 bytes"),
    "a text file": (b"This is not a photo.\n" * 50, NotAPhoto, "no picture in a known format"),
    "a text file that begins with P": (b"Please find 3 below.", NotAPhoto, "no picture"),
    "the first bytes of a JPEG": (save(page(), "JPEG")[:50], DamagedPhoto, "begin as a picture"),
    "the first bytes of a PNG": (save(page(), "PNG")[:20], DamagedPhoto, "begin as a picture"),
    "a PDF": (b"%PDF-1.7\n" + bytes(500), NotAPhoto, "no picture in a known format"),
    "a format that is not read": (save(page(), "ICO"), NotAPhoto, ", ".join(FORMATS)),
    "over 20 MB": (bytes(MAX_PHOTO_BYTES + 1), PhotoTooLarge, f"over {MAX_PHOTO_BYTES} bytes"),
    "a bomb": (bomb(20_000), PhotoTooLarge, "400000000 pixels"),
    "a large PNG": (bomb(5_680), PhotoTooLarge, "5680x5680 pixels; at most 32000000"),
    **{
        f"half a {name}": (half_of(noise(name)), DamagedPhoto, "Send it again") for name in FORMATS
    },
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_refused_with_what_is_wrong_and_what_to_do(name: str) -> None:
    photo, error, words = BAD_INPUT[name]
    with pytest.raises(error, match=words) as caught:
        decode(photo)
    assert type(caught.value) is error
    assert "send" in str(caught.value).lower()  # all of them say what to do


SMALL = {
    name: save(page().convert("RGB").resize((40, 30)), name, **options)
    for name in FORMATS
    for options in [{"exif": as_stored(page(), 6)[1]} if name not in ("BMP", "GIF", "PPM") else {}]
}


@given(
    st.sampled_from(sorted(SMALL)),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4),
)
@settings(max_examples=300)
def test_no_damage_leads_to_anything_but_a_reading_or_a_photo_error(
    name: str, length: int, changes: list[tuple[int, int]]
) -> None:
    photo = bytearray(SMALL[name])
    for where, value in changes:
        # Headers are short, and matter most.
        photo[where % min(len(photo), 300)] = value
    try:
        decoded = decode(bytes(photo if length >= len(photo) else photo[: max(length, 1)]))
    except PhotoError:
        return
    assert decoded.grey.ndim == 2


@given(st.integers(1, 255), st.integers(1, 255))
@settings(max_examples=20)
def test_grey_values_come_through_lossless_formats_unchanged(first: int, second: int) -> None:
    checks = np.tile(np.array([[first, second], [second, first]], np.uint8), (150, 200))
    for picture_format in ("PNG", "BMP", "TIFF", "GIF", "PPM"):
        photo = encoded(Image.fromarray(checks), picture_format)
        assert np.array_equal(decode(photo).grey, checks)


def test_the_colours_of_a_photo_stand_out_whatever_their_brightness() -> None:
    picture = Image.new("RGB", (400, 300), (0, 128, 0))
    picture.paste((255, 0, 0), (100, 100, 200, 200))
    decoded = decode_chroma(save(picture, "PNG"))
    assert decoded.photo_size == (400, 300)
    assert decoded.grey.shape == (300, 400)
    red, green = decoded.grey[110:190, 110:190], decoded.grey[:, 210:]
    assert np.ptp(red) == np.ptp(green) == 0
    assert abs(int(red[0, 0]) - int(green[0, 0])) > 100


def test_a_photo_without_colours_has_nothing_that_stands_out() -> None:
    picture = Image.linear_gradient("L").convert("RGB")
    assert np.abs(decode_chroma(save(picture, "PNG")).grey.astype(int) - 128).max() <= 1
