"""What lies around digits on a photo: a table, frames, and the binding of the sheet."""

import cv2
import numpy as np
import pytest
from PIL import Image

from mnist_model import DigitReader
from mnist_model.segmentation.sheet import sheet_alone
from tests.bot.pictures import encoded
from tests.mnist_model.sheets import Grey, sheet, write_on


def photo_of(picture: Grey) -> bytes:
    """Out of focus and grainy."""
    photo = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1)
    photo += np.random.default_rng(0).normal(0, 3, photo.shape)
    return encoded(Image.fromarray(photo.clip(0, 255).astype(np.uint8)), "PNG")


def note_on_a_table(note: Grey, table: int, turn: float = 6.0) -> Grey:
    """A picture of 1280x960 pixels with a note in its middle, a little turned."""
    height, width = note.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    matrix[:, 2] += (640 - width / 2, 480 - height / 2)
    return cv2.warpAffine(note, matrix, (1280, 960), borderValue=(float(table),))


@pytest.mark.parametrize("table", [20, 60, 100])
@pytest.mark.parametrize("share", [0.2, 0.35, 0.55])
@pytest.mark.parametrize("digits", ["7", "4205"])
def test_a_note_on_a_dark_table_is_read(
    reader: DigitReader, digits: str, share: float, table: int
) -> None:
    note = sheet(digits).grey
    scale = share * 1280 / note.shape[1]
    note = cv2.resize(note, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    reading = reader.read(photo_of(note_on_a_table(note, table)))
    assert reading.text == digits
    for digit in reading.digits:
        box = digit.box
        x, y = box.x + box.width / 2, box.y + box.height / 2
        assert abs(x - 640) < share * 640
        assert y == pytest.approx(480, abs=0.6 * share * 640)


def test_the_sheet_is_left_as_it_is_and_the_table_goes() -> None:
    note = np.full((300, 400), 210, np.uint8)
    write_on(note, [3], top=100, left=150, side=100)
    picture = note_on_a_table(note, 40, turn=0)
    alone = sheet_alone(picture)
    assert alone is not None
    assert np.array_equal(alone[360:600, 460:820], picture[360:600, 460:820])
    assert (alone[:300] == 210).all()
    assert (alone[:, :400] == 210).all()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_paper_that_fills_the_picture_is_no_sheet_on_something(grey: int) -> None:
    assert sheet_alone(np.full((480, 640), grey, np.uint8)) is None
    written_on = np.full((480, 640), 225, np.uint8)
    write_on(written_on, [3, 5], top=200, left=150, side=100)
    assert sheet_alone(written_on) is None


def test_what_has_no_straight_outline_is_no_sheet() -> None:
    picture = np.full((480, 640), 40, np.uint8)
    cv2.line(picture, (150, 100), (150, 400), 220, 60)
    cv2.line(picture, (150, 400), (450, 400), 220, 60)
    assert sheet_alone(picture) is None


@pytest.mark.parametrize("tilt", [0, 12])
@pytest.mark.parametrize(("digits", "joined"), [("429187", True), ("688", False)])
def test_the_sides_of_boxes_are_no_ones(
    reader: DigitReader, digits: str, joined: bool, tilt: int
) -> None:
    page = np.full((960, 1280), 225, np.uint8)
    write_on(page, map(int, digits), top=420, left=200, side=100)
    right = 200 + 100 * len(digits) + 10
    top, low = 405, 530
    for x in range(190, right + 1, 100) if joined else (190, right):
        fall = round(tilt * (x - 190) / (right - 190))
        cv2.line(page, (x, top - fall), (x, low - fall), 50, 4)
    for y in (top, low):
        cv2.line(page, (190, y), (right, y - tilt), 50, 4)
    assert reader.read(photo_of(page)).text == digits


@pytest.mark.parametrize("pen", [4, 6])
@pytest.mark.parametrize("height", [60, 65])
def test_ones_that_nearly_reach_from_line_to_line_are_no_sides(
    reader: DigitReader, height: int, pen: int
) -> None:
    page = np.full((960, 1280), 225, np.uint8)
    page[40::90] = page[41::90] = page[42::90] = 60
    low = 40 + 5 * 90 - 10  # ten pixels above a line
    for place, digit in enumerate("412171"):
        left = 200 + 110 * place
        if digit == "1":
            cv2.line(page, (left + 45, low), (left + 45, low - height), 40, pen)
        else:
            write_on(page, [int(digit)], top=low - 82, left=left, side=90)
    assert reader.read(photo_of(page)).text == "412171"


def test_thick_and_thin_lines_of_a_grid_go_alike(reader: DigitReader) -> None:
    rows = {0: "5.3.7....", 2: ".98....6.", 4: "4..8.3..1", 7: "...419..5", 8: "....8..79"}
    page = np.full((960, 960), 225, np.uint8)
    for line in range(10):
        at, thickness = 30 + 100 * line, 6 if line % 3 == 0 else 2
        cv2.line(page, (at, 30), (at, 930), 60, thickness)
        cv2.line(page, (30, at), (930, at), 60, thickness)
    for row, cells in rows.items():
        for column, cell in enumerate(cells):
            if cell != ".":
                write_on(page, [int(cell)], top=48 + 100 * row, left=48 + 100 * column, side=66)
    expected = "/".join(cells.replace(".", "") for cells in rows.values())
    assert reader.read(photo_of(page)).text == expected


def test_digits_beside_a_spiral_binding_are_read(reader: DigitReader) -> None:
    page = np.full((960, 1280), 222, np.uint8)
    for y in range(30, 960, 60):
        cv2.circle(page, (60, y), 14, 40, -1)
        cv2.ellipse(page, (30, y - 6), (36, 10), 10, 0, 360, 120, 5)
    write_on(page, [6, 3, 8, 5], top=360, left=420, side=120)
    assert reader.read(photo_of(page)).text == "6385"


@pytest.mark.parametrize(
    ("ink", "paper"),
    [("#f0f05a", "#e4e4e0"), ("red", "green"), ("orange", "#aaaaaa"), ("blue", "#1e1e1e")],
)
@pytest.mark.parametrize("picture_format", ["PNG", "JPEG"])
def test_ink_as_bright_as_its_paper_is_read_by_its_colour(
    reader: DigitReader, ink: str, paper: str, picture_format: str
) -> None:
    amount = Image.fromarray(255 - sheet("472", paper=255, ink=0).grey)
    photo = Image.composite(
        Image.new("RGB", amount.size, ink), Image.new("RGB", amount.size, paper), amount
    )
    reading = reader.read(encoded(photo, picture_format))
    assert reading.text == "472"
    assert reading.photo_size == photo.size


def test_coloured_paper_and_coloured_light_are_no_ink(reader: DigitReader) -> None:
    page = np.full((480, 640, 3), (235, 225, 90), np.float32)
    page[..., 2] += np.linspace(0, 120, 640)
    page += np.random.default_rng(0).normal(0, 3, page.shape)
    photo = encoded(Image.fromarray(page.clip(0, 255).astype(np.uint8)), "JPEG")
    assert not reader.read(photo).digits
