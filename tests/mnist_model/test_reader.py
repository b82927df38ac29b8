"""From the bytes of a photo to what stands on it, with the shipped model."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mnist_model import Box, DigitReader, PhotoError, Reading, draw_reading
from mnist_model.segmentation.layout import find_layout
from mnist_model.segmentation.rings import rings
from mnist_model.turning import turned_box, turned_picture
from tests.bot.pictures import encoded
from tests.mnist_model.sheets import Sheet, mnist, patterned, sheet, write_on, written
from tests.mnist_model.test_decoding import BAD_INPUT, STORED, as_stored, save

paper = partial(sheet, light=0.4, noise=4.0)
board = partial(paper, paper=45.0, ink=215.0)
on_paper_and_board = pytest.mark.parametrize("surface", [paper, board], ids=["paper", "board"])

rows_of_digits = st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=3)


def middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def assert_boxes_are_those(reading: Reading, boxes: Sequence[Box], scale: float = 1) -> None:
    """Each box stands where the digit was written, and within the photo."""
    width, height = reading.photo_size
    assert len(reading.digits) == len(boxes)
    for digit, box in zip(reading.digits, boxes, strict=True):
        found = digit.box
        assert found.x >= 0
        assert found.y >= 0
        assert found.x + found.width <= width
        assert found.y + found.height <= height
        expected = np.array(middle(box)) * scale
        assert middle(found) == pytest.approx(expected, abs=max(0.15 * box.height * scale, 3))
        assert found.height == pytest.approx(box.height * scale, rel=0.25, abs=4)


@on_paper_and_board
@pytest.mark.parametrize("digit", "0123456789")
def test_a_digit_on_paper_under_uneven_light_is_read(
    reader: DigitReader, digit: str, surface: Callable[..., Sheet]
) -> None:
    page = surface(digit)
    reading = reader.read(page.photo("JPEG"))
    assert reading.text == digit
    assert_boxes_are_those(reading, page.boxes)


@on_paper_and_board
def test_rows_of_digits_are_read_in_order(
    reader: DigitReader, surface: Callable[..., Sheet]
) -> None:
    page = surface("10472", "39", "8560")
    reading = reader.read(page.photo("JPEG"))
    assert reading.rows == ("10472", "39", "8560")
    assert reading.text == "10472/39/8560"
    assert_boxes_are_those(reading, page.boxes)


@given(rows_of_digits)
@settings(max_examples=10)
def test_any_digits_in_one_hand_are_read_in_order(reader: DigitReader, rows: list[str]) -> None:
    page = paper(*rows)
    assert reader.read(page.photo()).rows == tuple(rows)


@pytest.mark.parametrize(("surface", "pen"), [(225, 40), (45, 215)], ids=["paper", "board"])
@pytest.mark.parametrize("margin", [12, 30])
@pytest.mark.parametrize("digit", range(10))
def test_a_broad_digit_that_fills_the_photo_is_read_where_it_is(
    reader: DigitReader, digit: int, margin: int, surface: int, pen: int
) -> None:
    ink = cv2.dilate((written(digit, side=400) > 0.5).astype(np.uint8), np.ones((25, 25)))
    down, right = np.nonzero(ink)
    ink = ink[down.min() : down.max() + 1, right.min() : right.max() + 1]
    photo = np.pad(np.where(ink, pen, surface), margin, constant_values=surface)
    reading = reader.read(encoded(Image.fromarray(photo.astype(np.uint8)), "PNG"))
    assert reading.text == str(digit)
    height, width = ink.shape
    assert_boxes_are_those(reading, (Box(margin, margin, width, height),))


def test_digits_of_two_lines_that_touch_are_read_in_their_lines(reader: DigitReader) -> None:
    seven, two = written(7, side=140), written(2, side=140)
    end_of_seven = int(np.flatnonzero((seven > 0.5).any(axis=1))[-1])
    start_of_two = int(np.flatnonzero((two > 0.5).any(axis=1))[0])
    ink = np.zeros((440, 520), np.float32)
    beside = {(50, 50): 1, (50, 330): 3, (200, 50): 4, (200, 330): 8}
    digits = [(place, written(digit, side=140)) for place, digit in beside.items()]
    digits += [((50, 190), seven), ((50 + end_of_seven - start_of_two - 2, 190), two)]
    for (top, left), digit in digits:
        part = ink[top : top + 140, left : left + 140]
        np.maximum(part, digit, out=part)
    grey = (225 - 185 * ink).astype(np.uint8)
    assert len(find_layout(grey).strokes) == 5  # of six digits, two touch
    assert reader.read(encoded(Image.fromarray(grey), "PNG")).text == "173/428"


def test_a_large_digit_before_two_lines_of_small_ones_stays_whole(reader: DigitReader) -> None:
    lines = sheet("35", "27", side=70).grey
    lines = np.vstack([lines[40:170], lines[190:330]])  # nearer to each other
    page = np.full((360, 520), lines[0, 0], np.uint8)
    page[50 : 50 + len(lines), 200 : 200 + lines.shape[1]] = lines
    write_on(page, [8], top=60, left=0, side=240)
    reading = reader.read(encoded(Image.fromarray(page), "PNG"))
    # In which of the two lines the large one stands is anybody's guess.
    assert reading.text in ("835/27", "35/827")


def test_a_heading_does_not_mix_the_lines_of_small_digits_below_it(reader: DigitReader) -> None:
    page = np.full((640, 560), 225, np.uint8)
    write_on(page, [8], top=20, left=150, side=260)
    write_on(page, [4, 7, 2], top=330, left=120, side=100)
    write_on(page, [0, 3, 5], top=460, left=120, side=100)
    assert reader.read(encoded(Image.fromarray(page), "PNG")).text == "8/472/035"


def test_commas_are_no_ones_and_do_not_part_a_line(reader: DigitReader) -> None:
    page = np.full((400, 1100), 225, np.uint8)
    for number, drop in enumerate((0, -15, 0, 0, 0, 0)):
        write_on(page, [number + 2], top=150 + drop, left=40 + 170 * number, side=140)
    for left in (215, 555, 895):
        cv2.line(page, (left, 240), (left - 8, 262), 40, 9)
    assert len(find_layout(page).rows) == 1
    assert reader.read(encoded(Image.fromarray(page), "PNG")).text == "234567"


def test_ones_from_line_to_line_are_no_sides_of_a_box(reader: DigitReader) -> None:
    page = np.full((960, 1280), 225, np.uint8)
    page[110::110] = page[111::110] = 180
    for x in (400, 700):
        cv2.line(page, (x, 440), (x, 550), 50, 6)
    cv2.ellipse(page, (550, 495), (40, 50), 0, 0, 360, 50, 6)
    assert reader.read(encoded(Image.fromarray(page), "PNG")).text == "101"


@pytest.mark.parametrize("height", [40, 80])
@pytest.mark.parametrize(("firmness", "turn"), [(50, 0.0), (70, 0.0), (70, 0.6), (90, 0.6)])
def test_the_squares_of_a_whole_sheet_are_no_ones(
    reader: DigitReader, firmness: int, turn: float, height: int
) -> None:
    lines = np.where(np.arange(1800) % 24 == 0, 1, np.where(np.arange(1800) % 24 == 1, 0.5, 0))
    page = (220 - firmness * np.maximum(lines, lines[:, None])).astype(np.float32)
    side = round(height * 28 / 20)
    for place, digit in enumerate((4, 7, 2)):
        left = 800 + place * side
        part = page[850 : 850 + side, left : left + side]
        np.minimum(part, 220 - 170 * written(digit, side=side), out=part)
    assert reader.read(photographed(page, turn)).text == "472"


@pytest.mark.parametrize("turn", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("firmness", [20, 40, 100])
@pytest.mark.parametrize("square", [24, 40])
def test_of_squares_alone_hardly_a_line_is_read(
    reader: DigitReader, square: int, firmness: int, turn: float
) -> None:
    lines = np.arange(1800) % square < 2
    page = (220 - firmness * np.maximum(lines, lines[:, None])).astype(np.float32)
    assert len(reader.read(photographed(page, turn)).digits) < 5  # of a hundred


@pytest.mark.parametrize("pen", [6, 12])
@pytest.mark.parametrize("height", [150, 300])
def test_a_one_on_squared_paper_is_one_one(reader: DigitReader, height: int, pen: int) -> None:
    lines = np.arange(1800) % 60 < 2
    page = (220 - 50 * np.maximum(lines, lines[:, None])).astype(np.float32)
    cv2.line(page, (840, 660), (810, 660 + height), 50, pen)
    assert reader.read(photographed(page, 0)).text == "1"


@pytest.mark.parametrize("turn", [0.0, 0.7])
@pytest.mark.parametrize("width", [2, 4, 6])
def test_an_empty_table_is_read_as_nothing(reader: DigitReader, width: int, turn: float) -> None:
    page = np.full((1800, 1800), 220, np.float32)
    for row in range(8):
        page[500 + 80 * row : 500 + 80 * row + width, 560:1240] = 60
    for column in range(5):
        page[500 : 1060 + width, 560 + 170 * column : 560 + 170 * column + width] = 60
    assert not reader.read(photographed(page, turn)).digits


def photographed(page: npt.NDArray[np.float32], turn: float) -> bytes:
    """The middle of a sheet of 1800x1800 pixels, a little turned, out of focus and grainy."""
    matrix = cv2.getRotationMatrix2D((900, 900), turn, 1)
    photo = cv2.GaussianBlur(
        cv2.warpAffine(page, matrix, page.shape)[260:1540, 420:1380], (0, 0), 1
    )
    photo += np.random.default_rng(0).normal(0, 3, photo.shape)
    return encoded(Image.fromarray(photo.clip(0, 255).astype(np.uint8)), "PNG")


@on_paper_and_board
@pytest.mark.parametrize("ones", ["11", "1" * 10, "1111/11", "1111711111"])
def test_ones_alone_are_read(
    reader: DigitReader, ones: str, surface: Callable[..., Sheet]
) -> None:
    assert reader.read(surface(*ones.split("/")).photo()).text == ones


# A one with a ring around it can't be told from a zero with a slash.
@pytest.mark.parametrize("digit", [0, *range(2, 10)])
def test_a_ring_around_a_digit_is_no_zero(reader: DigitReader, digit: int) -> None:
    page = np.full((500, 800), 225, np.uint8)
    write_on(page, [digit], top=170, left=300, side=140)
    cv2.ellipse(page, (370, 240), (95, 80), 0, 0, 360, 50, 5)
    assert reader.read(encoded(Image.fromarray(page), "PNG")).text == str(digit)
    write_on(page, [4], top=170, left=80, side=140)
    write_on(page, [7, 1], top=170, left=520, side=140)
    assert reader.read(encoded(Image.fromarray(page), "PNG")).text == f"4{digit}71"


@pytest.mark.parametrize("slash", [45, 60])
def test_a_zero_whose_slash_stands_free_stays_a_zero(reader: DigitReader, slash: int) -> None:
    layout = find_layout(with_free_slash(slash))
    assert len(layout.strokes) == 2
    assert [ring.area > within[0].area for ring, within in rings(layout.strokes)] == [True]
    assert len(reader._without_rings(layout).strokes) == 2


def with_free_slash(length: int) -> npt.NDArray[np.uint8]:
    """A sheet with a tall zero, and in it a slash that does not touch it."""
    page = np.full((400, 400), 225, np.uint8)
    cv2.ellipse(page, (200, 200), (60, 90), 0, 0, 360, 50, 8)
    cv2.line(page, (180, 200 + length), (220, 200 - length), 50, 8)
    return page


@pytest.mark.parametrize("width", [1, 2])
def test_a_picture_as_narrow_as_a_line_is_read_like_any_other(
    reader: DigitReader, width: int
) -> None:
    strip = np.full((1280, width), 255, np.uint8)
    strip[500:756] = 0
    assert not reader.read(encoded(Image.fromarray(strip), "PNG")).digits


@pytest.mark.parametrize("where", [np.s_[:, :50], np.s_[:, 300:306], np.s_[200:206, :]])
def test_what_crosses_a_blank_sheet_is_no_one(reader: DigitReader, where: tuple[slice]) -> None:
    sheet_of_paper = np.full((480, 640), 225, np.uint8)
    sheet_of_paper[where] = 60
    assert not reader.read(encoded(Image.fromarray(sheet_of_paper), "PNG")).digits


def test_many_hands_are_read(reader: DigitReader) -> None:
    # MNIST's test digits as they come, each enlarged and alone on its sheet.
    split = mnist()
    right = 0
    for image, label in zip(split.images[:30], split.labels[:30], strict=True):
        large = Image.fromarray(image).resize((168, 168), Image.Resampling.BICUBIC)
        grey = 220 - 180 * np.asarray(large).clip(0, 1)
        page = np.pad(grey, 150, constant_values=220).astype(np.uint8)
        right += reader.read(encoded(Image.fromarray(page), "PNG")).text == str(label)
    assert right >= 29


@pytest.mark.parametrize("orientation", STORED)
def test_boxes_fit_the_photo_however_it_was_held(reader: DigitReader, orientation: int) -> None:
    page = paper("47")
    stored, exif = as_stored(Image.fromarray(page.grey), orientation)
    reading = reader.read(save(stored, "JPEG", exif=exif))
    assert reading.text == "47"
    assert reading.photo_size == page.grey.shape[::-1]
    assert_boxes_are_those(reading, page.boxes)


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.5, 4, 9])
def test_boxes_fit_the_photo_however_large_it_is(reader: DigitReader, scale: float) -> None:
    page = sheet("47", "1")
    height, width = page.grey.shape
    size = (round(width * scale), round(height * scale))
    resized = Image.fromarray(page.grey).resize(size, Image.Resampling.BILINEAR, reducing_gap=2)
    reading = reader.read(encoded(resized, "PNG"))
    assert reading.text == "47/1"
    assert reading.photo_size == size
    assert_boxes_are_those(reading, page.boxes, scale)


@pytest.mark.parametrize("degrees", [90, 180, 270])
@on_paper_and_board
def test_a_photo_that_lies_wrong_is_read_turned_with_its_boxes_where_they_were_sent(
    reader: DigitReader, surface: Callable[..., Sheet], degrees: int
) -> None:
    page = surface("2743", "52")
    height, width = page.grey.shape
    lying = Sheet(
        turned_picture(page.grey, degrees),
        tuple(turned_box(box, (width, height), degrees) for box in page.boxes),
    )
    reading = reader.read(lying.photo("JPEG"))
    assert reading.text == "2743/52"
    assert reading.turned == 360 - degrees
    assert reading.photo_size == lying.grey.shape[::-1]
    for digit, box in zip(reading.digits, lying.boxes, strict=True):
        assert middle(digit.box) == pytest.approx(middle(box), abs=0.15 * box.height)


@on_paper_and_board
@pytest.mark.parametrize("digits", ["0", "1", "6", "9", "8", "66", "619", "2743"])
def test_an_upright_photo_is_not_turned(
    reader: DigitReader, surface: Callable[..., Sheet], digits: str
) -> None:
    reading = reader.read(surface(digits).photo("JPEG"))
    assert (reading.text, reading.turned, reading.other_way_up) == (digits, 0, None)


@pytest.mark.parametrize("rows", [("3",), ("10472", "39", "8560")], ids=["one", "several"])
@pytest.mark.parametrize("on_board", [False, True], ids=["paper", "board"])
def test_digits_are_read_on_paper_with_a_pattern_all_over(
    reader: DigitReader, rows: tuple[str, ...], on_board: bool
) -> None:
    page = patterned(sheet(*rows, noise=4))
    if on_board:
        page = Sheet(255 - page.grey, page.boxes)
    reading = reader.read(page.photo("JPEG"))
    assert reading.rows == rows
    assert_boxes_are_those(reading, page.boxes)


def test_a_small_digit_is_read_on_a_large_sheet_with_a_pattern_all_over(
    reader: DigitReader,
) -> None:
    grey = np.full((960, 1280), 225, np.uint8)
    digit = sheet("2", side=60).grey
    grey[500 : 500 + len(digit), 700 : 700 + len(digit)] = digit
    assert reader.read(patterned(Sheet(grey, ())).photo("JPEG")).text == "2"


@pytest.mark.parametrize("digits", ["7", "386", "5302"])
def test_digits_are_read_beside_the_pen_that_wrote_them(reader: DigitReader, digits: str) -> None:
    page = paper(digits)
    height, width = page.grey.shape
    cv2.line(page.grey, (30, height - 30), (width - 30, height - 60), 60, 34)
    reading = reader.read(page.photo("JPEG"))
    assert reading.text == digits
    assert_boxes_are_those(reading, page.boxes)


def test_a_pattern_without_digits_is_none(reader: DigitReader) -> None:
    assert reader.read(patterned(sheet("", noise=4)).photo("JPEG")).text == ""


@pytest.mark.parametrize("degrees", [90, 270])
def test_sixes_and_nines_that_lie_on_their_side_are_read_both_ways_up(
    reader: DigitReader, degrees: int
) -> None:
    lying = Sheet(turned_picture(paper("6698").grey, degrees), ())
    reading = reader.read(lying.photo("JPEG"))
    assert {reading.text, reading.other_way_up} == {"6698", "8699"}


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_line_is_no_one_that_lies_on_its_side(reader: DigitReader, degrees: int) -> None:
    lying = Sheet(turned_picture(paper("1").grey, degrees), ())
    assert reader.read(lying.photo("JPEG")).turned == 0


@pytest.mark.parametrize("grey", [0, 30, 128, 220, 255])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (28, 28), (640, 480), (3000, 2000)])
def test_nothing_is_read_on_a_sheet_of_one_grey(
    reader: DigitReader, grey: int, size: tuple[int, int]
) -> None:
    reading = reader.read(encoded(Image.new("L", size, grey), "PNG"))
    assert reading == Reading((), size)
    assert reading.text == ""


@on_paper_and_board
def test_nothing_is_read_on_blank_paper_under_uneven_light(
    reader: DigitReader, surface: Callable[..., Sheet]
) -> None:
    assert reader.read(surface("").photo("JPEG")).text == ""


@given(st.integers(0, 2**32 - 1), st.floats(1, 60))
@settings(max_examples=8)
def test_nothing_is_read_in_noise(reader: DigitReader, seed: int, strength: float) -> None:
    noise = np.random.default_rng(seed).normal(128, strength, (400, 300)).clip(0, 255)
    assert reader.read(encoded(Image.fromarray(noise.astype(np.uint8)), "PNG")).text == ""


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_refused(reader: DigitReader, name: str) -> None:
    photo, error, words = BAD_INPUT[name]
    with pytest.raises(error, match=words) as caught:
        reader.read(photo)
    assert isinstance(caught.value, PhotoError)


def test_the_same_photo_in_another_format_reads_the_same(reader: DigitReader) -> None:
    page = paper("2024")
    lossless = {picture_format: page.photo(picture_format) for picture_format in ("PNG", "BMP")}
    first, second = (reader.read(photo) for photo in lossless.values())
    assert first == second
    for picture_format in ("JPEG", "WEBP", "HEIF", "AVIF", "GIF", "TIFF"):
        assert reader.read(page.photo(picture_format)).text == "2024"


@pytest.mark.parametrize("colours", [("black", "white"), ("yellow", "navy"), ("#aa0000", "#eee")])
def test_a_digit_drawn_with_the_mouse_is_read(
    reader: DigitReader, colours: tuple[str, str]
) -> None:
    pen, ground = colours
    picture = Image.new("RGB", (280, 280), ground)
    ImageDraw.Draw(picture).line([(80, 60), (200, 60), (120, 230)], pen, width=14, joint="curve")
    assert reader.read(encoded(picture, "PNG")).text == "7"


def test_several_threads_at_once_read_what_one_reads(reader: DigitReader) -> None:
    photos = [paper(text).photo("JPEG") for text in ("1", "22", "305", "", "47")] * 3
    one_by_one = [reader.read(photo) for photo in photos]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(reader.read, photos)) == one_by_one


def test_a_reading_can_be_drawn_on_its_photo(reader: DigitReader) -> None:
    photo = sheet("10", "74").photo("JPEG")
    assert draw_reading(photo, reader.read(photo)).startswith(b"\xff\xd8")


def test_confidence_is_that_of_the_likeliest_digit(reader: DigitReader) -> None:
    reading = reader.read(sheet("5").photo())
    (digit,) = reading.digits
    assert sum(digit.probabilities) == pytest.approx(1, abs=1e-5)
    assert digit.confidence == max(digit.probabilities) == reading.confidence


def test_the_reader_carries_the_card_of_its_model(reader: DigitReader) -> None:
    assert reader.card.test_accuracy.value > 0.99
