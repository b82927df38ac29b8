import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mnist_model import Box, DamagedPhoto, Digit, NotAPhoto, Reading, draw_reading
from mnist_model.decoding import WORKING_SIDE
from mnist_model.drawing import SMALLEST_DRAWING, SURE_COLOUR, UNSURE_COLOUR
from mnist_model.turning import turned_box, turned_size
from tests.bot.pictures import encoded
from tests.mnist_model.test_decoding import MODES, STORED, as_stored, drawn_on_nothing, page, save

Colour = tuple[int, int, int]
Pixels = npt.NDArray[np.int16]


def digit(value: int, box: Box, confidence: float = 0.99) -> Digit:
    others = (1 - confidence) / 9
    return Digit(tuple(confidence if i == value else others for i in range(10)), box)


def drawn(photo: bytes, reading: Reading) -> Pixels:
    """(height, width, 3) of the drawing."""
    picture = Image.open(io.BytesIO(draw_reading(photo, reading)))
    assert picture.format == "JPEG"
    return np.asarray(picture.convert("RGB"), np.int16)


def grey_paper(width: int, height: int, grey: int = 200) -> bytes:
    return encoded(Image.new("L", (width, height), grey), "PNG")


def marked(pixels: Pixels, colour: Colour) -> npt.NDArray[np.bool_]:
    """(height, width): where that colour was drawn, as near as JPEG keeps it."""
    return (np.abs(pixels - np.array(colour)).max(axis=2) < 45).astype(bool)


def extent(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is marked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_the_frame_stands_round_the_digit_with_its_label_over_it() -> None:
    reading = Reading((digit(7, Box(300, 200, 100, 160)),), (800, 600))
    left, top, right, bottom = extent(marked(drawn(grey_paper(800, 600), reading), SURE_COLOUR))
    assert (left, right, bottom) == pytest.approx((300, 400, 360), abs=8)
    assert 200 - 60 < top < 200 - 20


@given(st.integers(0, 300), st.integers(0, 500), st.integers(1, 100), st.integers(1, 100))
@settings(max_examples=25)
def test_a_drawing_keeps_to_the_photo_wherever_the_digit_stands(
    x: int, y: int, width: int, height: int
) -> None:
    reading = Reading((digit(7, Box(x, y, width, height)),), (400, 600))
    pixels = drawn(grey_paper(400, 600), reading)
    strip = pixels.shape[0] - 640  # added above for the label, where it is needed
    assert pixels.shape[1] == round(400 * 640 / 600)
    assert 0 <= strip < 64
    mask = marked(pixels, SURE_COLOUR)[strip:]
    left, _, right, bottom = extent(mask)
    scale = 640 / 600
    assert left == pytest.approx(max(0, x * scale - 4), abs=8)
    assert bottom >= min(640, (y + height) * scale) - 8
    assert right >= min(427, (x + width) * scale) - 8


def test_the_label_of_a_digit_at_the_upper_edge_stands_on_a_strip_that_is_added() -> None:
    reading = Reading((digit(7, Box(300, 0, 100, 160)),), (800, 600))
    pixels = drawn(grey_paper(800, 600), reading)
    strip = pixels.shape[0] - 600
    assert 30 < strip < 80
    mask = marked(pixels, SURE_COLOUR)
    assert mask[: strip // 2].any()
    assert extent(mask[strip:])[3] == pytest.approx(168, abs=8)


def test_what_lies_away_from_the_digits_is_left_as_it_is() -> None:
    reading = Reading((digit(7, Box(300, 200, 100, 160)),), (800, 600))
    pixels = drawn(grey_paper(800, 600), reading)
    pixels[130:380, 280:420] = 200
    assert np.abs(pixels - 200).max() <= 2


def test_a_digit_that_is_sure_differs_from_an_unsure_one_in_colour_and_sign() -> None:
    photo, box = grey_paper(800, 600), Box(300, 200, 100, 160)
    sure = drawn(photo, Reading((digit(7, box, confidence=0.9),), (800, 600)))
    unsure = drawn(photo, Reading((digit(7, box, confidence=0.5),), (800, 600)))
    assert marked(sure, SURE_COLOUR).any()
    assert not marked(sure, UNSURE_COLOUR).any()
    assert not marked(unsure, SURE_COLOUR).any()
    # The sign: its label is wider by a question mark.
    assert (
        marked(unsure, UNSURE_COLOUR)[130:170].sum()
        > 1.2 * marked(sure, SURE_COLOUR)[130:170].sum()
    )


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21; 4.5 is asked of text."""

    def luminance(colour: Colour) -> float:
        shares = np.array(colour) / 255
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", [SURE_COLOUR, UNSURE_COLOUR])
def test_white_letters_can_be_read_on_each_colour(colour: Colour) -> None:
    assert contrast((255, 255, 255), colour) > 4.5


def test_no_label_covers_another_digit_where_there_is_room() -> None:
    boxes = [
        Box(60 + 90 * column, 80 + 200 * row, 60, 110) for row in (0, 1) for column in range(8)
    ]
    photo = grey_paper(840, 480)
    pixels = drawn(photo, Reading(tuple(digit(3, box) for box in boxes), (840, 480)))
    for box in boxes:
        # Without the frame's round corners.
        inside = pixels[box.y + 4 : box.y + box.height - 4, box.x + 4 : box.x + box.width - 4]
        assert np.abs(inside - 200).max() <= 30  # JPEG rings beside the frame


@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_stored_turned_is_drawn_upright_with_the_frame_in_its_place(
    orientation: int,
) -> None:
    upright = Image.new("L", (800, 600), 200)
    upright.paste(0, (300, 200, 400, 360))
    stored, exif = as_stored(upright, orientation)
    pixels = drawn(
        save(stored, "JPEG", exif=exif), Reading((digit(1, Box(300, 200, 100, 160)),), (800, 600))
    )
    assert pixels.shape == (600, 800, 3)
    assert pixels[210:350, 310:390].max() < 60
    left, _, right, bottom = extent(marked(pixels, SURE_COLOUR))
    assert (left, right, bottom) == pytest.approx((300, 400, 360), abs=8)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_photo_that_was_turned_to_be_read_is_drawn_turned(turned: int) -> None:
    # The digit at the left, 100 pixels from what is the photo's upper edge once it is turned.
    box = turned_box(Box(50, 100, 100, 160), turned_size((800, 600), turned), -turned)
    stored = Image.new("L", (800, 600), 200)
    stored.paste(0, (box.x, box.y, box.x + box.width, box.y + box.height))
    pixels = drawn(encoded(stored, "PNG"), Reading((digit(1, box),), (800, 600), turned))
    assert pixels.shape[1::-1] == turned_size((800, 600), turned)
    assert pixels[110:250, 60:140].max() < 60
    left, top, right, bottom = extent(marked(pixels, SURE_COLOUR))
    assert (left, right, bottom) == pytest.approx((50, 150, 260), abs=8)
    assert 30 < top < 80


@pytest.mark.parametrize(
    ("size", "longest"),
    [
        ((28, 28), SMALLEST_DRAWING),
        ((1, 1), SMALLEST_DRAWING),
        ((900, 700), 900),
        ((4000, 3000), WORKING_SIDE),
        ((20, 6000), WORKING_SIDE),
    ],
)
def test_drawings_have_a_size_that_a_phone_can_show(size: tuple[int, int], longest: int) -> None:
    width, height = size
    reading = Reading((digit(4, Box(0, height // 2, width, max(1, height // 3))),), size)
    pixels = drawn(grey_paper(*size), reading)
    assert max(pixels.shape) == pytest.approx(longest, abs=64)  # with a strip above, maybe
    assert marked(pixels, SURE_COLOUR).any()


@pytest.mark.parametrize("name", MODES)
def test_a_picture_of_any_mode_is_drawn_as_it_looks(name: str) -> None:
    pixels = drawn(MODES[name](), Reading((digit(1, Box(40, 60, 100, 40)),), (400, 300)))
    scale = 640 / 400
    ink = pixels[int(70 * scale) : int(90 * scale), int(60 * scale) : int(120 * scale)]
    assert ink.max() < 60
    assert pixels[-30:, -30:].min() > 200
    assert marked(pixels, SURE_COLOUR).any()


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_what_is_drawn_on_nothing_can_be_seen_on_the_drawing(ink: int, paper: int) -> None:
    pixels = drawn(save(drawn_on_nothing(ink), "PNG"), Reading((), (400, 300)))
    assert pixels[120, 140] == pytest.approx(ink, abs=10)
    assert pixels[-20, -20] == pytest.approx(paper, abs=10)


def test_a_photo_without_digits_is_drawn_as_it_is() -> None:
    pixels = drawn(save(page(), "PNG"), Reading((), (400, 300)))
    assert pixels.shape == (480, 640, 3)
    assert np.unique(pixels.mean(axis=2).round(-1)).size < 30


def test_colours_are_kept() -> None:
    red = encoded(Image.new("RGB", (800, 600), (200, 30, 30)), "PNG")
    assert drawn(red, Reading((), (800, 600)))[300, 400] == pytest.approx((200, 30, 30), abs=4)


def test_a_page_of_a_thousand_digits_is_drawn() -> None:
    boxes = [Box(20 * column, 30 * row, 14, 20) for row in range(30) for column in range(40)]
    reading = Reading(tuple(digit(8, box, confidence=0.6) for box in boxes), (800, 900))
    assert marked(drawn(grey_paper(800, 900), reading), UNSURE_COLOUR).mean() > 0.2


def test_several_threads_draw_at_once() -> None:
    reading = Reading((digit(7, Box(300, 200, 100, 160)),), (800, 600))
    photo = grey_paper(800, 600)
    with ThreadPoolExecutor(4) as threads:
        drawings = list(threads.map(lambda _: draw_reading(photo, reading), range(12)))
    assert len(set(drawings)) == 1


@pytest.mark.parametrize(
    ("photo", "error"),
    [(b"no photo", NotAPhoto), (save(page().resize((900, 900)), "JPEG")[:2000], DamagedPhoto)],
)
def test_a_photo_that_cannot_be_read_cannot_be_drawn_either(
    photo: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        draw_reading(photo, Reading((), (900, 900)))
