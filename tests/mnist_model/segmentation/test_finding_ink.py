"""Background, binarization and ruling: from grey values to where there is ink."""

import cv2
import numpy as np
import pytest

from mnist_model.contract import Image
from mnist_model.segmentation.background import contrast, find_background
from mnist_model.segmentation.binarization import binarize, noise_of, with_faint
from mnist_model.segmentation.layout import find_layout
from mnist_model.segmentation.ruling import without_ruling
from tests.mnist_model.sheets import Grey, Sheet, sheet


def strength_of(grey: Grey) -> Image:
    return contrast(grey, find_background(grey))


def ink_on(grey: Grey) -> Grey:
    return binarize(strength_of(grey))[0]


def share_found(ink: Grey, of: Sheet) -> float:
    """How much of the ink within the digits' boxes was found, by a plain threshold's measure."""
    plain = of.grey < 130
    inside = np.zeros(of.grey.shape, bool)
    for box in of.boxes:
        inside[box.y : box.y + box.height, box.x : box.x + box.width] = True
    return float((ink[plain & inside] > 0).mean())


def ink_outside(ink: Grey, of: Sheet) -> int:
    outside = ink.copy()
    for box in of.boxes:
        outside[box.y - 4 : box.y + box.height + 4, box.x - 4 : box.x + box.width + 4] = 0
    return int(outside.sum())


@pytest.mark.parametrize(("paper", "ink"), [(225, 40), (30, 220), (120, 60), (90, 200)])
def test_ink_is_positive_whether_darker_or_brighter_than_the_paper(paper: int, ink: int) -> None:
    page = sheet("5", paper=paper, ink=ink)
    strength = strength_of(page.grey)
    box = page.boxes[0]
    assert strength[box.y : box.y + box.height, box.x : box.x + box.width].max() > 0.3
    assert abs(float(np.median(strength))) < 0.01


def test_a_strong_gradient_of_light_leaves_the_same_ink() -> None:
    even, lit = sheet("17", "42"), sheet("17", "42", light=0.5)
    found, wanted = ink_on(lit.grey), ink_on(even.grey)
    assert (found == wanted).mean() > 0.995
    assert share_found(wanted, even) > 0.98


def test_the_edge_of_a_hard_shadow_is_next_to_no_ink() -> None:
    page = sheet("386")
    shaded = page.grey.copy()
    shaded[:, : shaded.shape[1] // 2] //= 2
    found = ink_on(shaded)
    assert ink_outside(found, page) < 0.05 * found.sum()
    assert share_found(found, page) > 0.95


@pytest.mark.parametrize("inverted", [False, True])
def test_the_corner_of_a_shadow_is_no_ink_nor_is_a_digit_in_it_lost(inverted: bool) -> None:
    page = sheet("386")
    shadow = np.zeros(page.grey.shape, np.float32)
    outline = np.array([[150, 0], [110, 130], [330, 190], [370, 0]])  # its tip is in the six
    cv2.fillPoly(shadow, [outline], 1.0)
    light = 1 - 0.45 * cv2.GaussianBlur(shadow, (0, 0), 2)
    shaded = (page.grey * light).astype(np.uint8)
    found = ink_on(255 - shaded if inverted else shaded)
    wanted = ink_on(page.grey)
    assert ink_outside(found, page) < 0.01 * wanted.sum()
    assert (found[wanted > 0] > 0).mean() > 0.9


@pytest.mark.parametrize("inverted", [False, True])
def test_pencil_in_a_shadow_is_no_chalk_though_the_light_beside_it_is_brighter(
    inverted: bool,
) -> None:
    page = sheet("7", side=160, paper=225, ink=150)
    light = np.full(page.grey.shape, 0.5, np.float32)
    outline = np.array([[0, 380], [240, 340], [200, 480], [0, 480]])  # what the shadow leaves
    cv2.fillPoly(light, [outline], 1.0)
    shaded = (page.grey * cv2.GaussianBlur(light, (0, 0), 2)).astype(np.uint8)
    assert find_background(255 - shaded if inverted else shaded).ink_is_dark is not inverted


def test_a_table_around_the_sheet_is_an_edge_and_no_digit() -> None:
    page = sheet("386")
    height, width = page.grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 14, 1)
    table = (70.0, 0, 0, 0)
    seen = cv2.warpAffine(page.grey, turn, (width, height), borderValue=table)
    layout = find_layout(seen)
    assert [len(row) for row in layout.rows] == [3]


def test_noise_is_measured_where_it_is() -> None:
    rng = np.random.default_rng(1)
    strength = rng.normal(0, 0.01, (256, 512)).astype(np.float32)
    strength[:, 256:] *= 5
    noise = noise_of(strength)
    assert noise[128, 64] == pytest.approx(0.01, rel=0.2)
    assert noise[128, 448] == pytest.approx(0.05, rel=0.2)


def test_a_blank_noisy_sheet_has_next_to_no_ink() -> None:
    found = ink_on(sheet("", noise=8).grey)
    assert found.mean() < 1e-3


@pytest.mark.parametrize("turned", [False, True])
def test_lines_from_border_to_border_go_and_digits_across_them_stay(turned: bool) -> None:
    page = sheet("4682")
    ink = ink_on(page.grey)
    before = int(ink.sum())
    ruled = ink.copy()
    middle = page.boxes[0].y + page.boxes[0].height // 2
    for row in (20, middle, ink.shape[0] - 30):
        ruled[row : row + 3] = 1
    if turned:
        ruled = np.ascontiguousarray(ruled.T)
    cleaned = without_ruling(ruled, ruled)
    cleaned = cleaned.T if turned else cleaned
    assert ink_outside(np.ascontiguousarray(cleaned), page) < 0.01 * before
    assert (cleaned[ink > 0] > 0).mean() > 0.9


def test_a_line_that_is_ink_here_and_only_a_trace_there_goes_as_a_whole() -> None:
    page = sheet("46")
    ink = ink_on(page.grey)
    ruled, traces = ink.copy(), ink.copy()
    middle = page.boxes[0].y + page.boxes[0].height // 2
    traces[middle : middle + 3] = 1
    ruled[middle : middle + 3, ::60] = ruled[middle : middle + 3, -100:] = 1
    assert ink_outside(without_ruling(ruled, ruled), page) > 100
    assert ink_outside(without_ruling(ruled, traces), page) == 0


@pytest.mark.parametrize("strength", [0.1, 0.15, 0.2])
def test_squares_too_faint_for_ink_beside_firm_writing_are_not_read(strength: float) -> None:
    page = sheet("46")
    squared = page.grey.astype(np.float32)
    for start in range(24, max(squared.shape), 48):
        squared[start : start + 2] *= 1 - strength
        squared[:, start : start + 2] *= 1 - strength
    rows = find_layout(squared.astype(np.uint8)).rows
    assert [len(row) for row in rows] == [2]


def test_faint_ink_counts_where_it_goes_on_from_firm_ink_and_is_as_broad() -> None:
    firm, faint = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    firm[10:60, 40:50] = faint[10:60, 40:50] = 1
    faint[60:85, 40:50] = 1  # the stroke fades
    faint[30:32, 50:95] = 1  # a printed line that it crosses
    faint[10:60, 70:80] = 1  # and what is faint alone
    wanted = firm.copy()
    wanted[60:85, 40:50] = 1
    found = with_faint(firm, faint)
    # The corners of the faint end are rounded by the pen's nib.
    assert (found != wanted).sum() < 10
    assert (found >= firm).all()


def test_a_little_firm_ink_makes_no_ink_of_much_that_is_faint() -> None:
    firm, faint = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    firm[10:40, 40:50] = 1
    faint[10:90, 40:50] = 1
    assert np.array_equal(with_faint(firm, faint), firm)


def test_a_slightly_tilted_line_goes_as_well() -> None:
    page = sheet("46")
    ink = ink_on(page.grey)
    width = ink.shape[1]
    cv2.line(ink, (0, 30), (width - 1, 30 + width // 40), 1, 3)
    assert ink_outside(without_ruling(ink, ink), page) < 30


def test_a_one_and_the_bar_of_a_seven_are_no_ruling() -> None:
    ink = np.zeros((300, 400), np.uint8)
    ink[60:240, 100:112] = 1  # a one
    ink[60:72, 200:320] = 1  # a seven
    ink[60:240, 308:320] = 1
    assert np.array_equal(without_ruling(ink, ink), ink)


def test_digits_that_fill_the_picture_are_no_ruling() -> None:
    ink = np.zeros((200, 640), np.uint8)
    ink[20:180, 60:180] = 1  # other writing
    ink[12:188, 300:316] = 1  # a one, nearly from border to border
    ink[20:30, 400:620] = 1  # a seven
    assert np.array_equal(without_ruling(ink, ink), ink)


def test_a_one_from_line_to_line_is_no_side_of_a_box() -> None:
    one = np.zeros((480, 640), np.uint8)
    one[122:178, 300:304] = 1
    lines = np.zeros_like(one)
    for row in range(60, 480, 60):
        lines[row : row + 2] = 1
    cleaned = without_ruling(one | lines, one | lines)
    assert (cleaned[one > 0] > 0).mean() > 0.9
    assert cleaned[:, :290].sum() == cleaned[:, 314:].sum() == 0


def test_the_column_of_a_table_goes() -> None:
    table = np.zeros((480, 640), np.uint8)
    for row in range(60, 420, 60):
        table[row : row + 2] = 1
    table[60:360, 300:303] = 1  # from its first line to its last
    assert without_ruling(table, table).sum() < 0.05 * table.sum()


def test_the_sides_of_a_forms_boxes_go() -> None:
    page = sheet("123")
    ink = ink_on(page.grey)
    framed = ink.copy()
    top, bottom = 60, ink.shape[0] - 60
    for row in (top, bottom):
        framed[row : row + 3, 20:-20] = 1
    for column in (60, 180, ink.shape[1] - 60):
        framed[top:bottom, column : column + 3] = 1
    box = page.boxes[0]
    assert not any(box.x <= column <= box.x + box.width for column in (60, 180))
    cleaned = without_ruling(framed, framed)
    assert ink_outside(cleaned, page) < 0.1 * (framed.sum() - ink.sum())
