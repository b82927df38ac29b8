import numpy as np
import pytest

from mnist_model.acceptance import MANY_FAINT, Sign, believed
from mnist_model.contract import NO_DIGIT, NUM_OUTPUTS, SEVERAL, Box, Image
from mnist_model.search import best_reading, best_readings, candidates
from mnist_model.segmentation.grouping import Group, Pieces, find_groups
from mnist_model.segmentation.strokes import Stroke

HEIGHT = 60.0


def stroke(x: int, width: int = 30, height: int = 60, source: Stroke | None = None) -> Stroke:
    mask = np.ones((height, width), np.uint8)
    return Stroke(Box(x, 0, width, height), mask, width * height, source)


def says(label: int, probability: float) -> Image:
    """A network's answer: that probability for `label`, the rest for all others."""
    output = np.full(NUM_OUTPUTS, (1 - probability) / (NUM_OUTPUTS - 1), np.float32)
    output[label] = probability
    return output


def read(groups: list[Group], outputs: dict[Pieces, Image]) -> str:
    """The likeliest reading, "-" for what is no digit."""
    return "".join(
        str(outputs[choice.group.pieces][:10].argmax()) if choice.is_digit else "-"
        for choice in best_reading(groups, outputs, HEIGHT)
    )


def test_strokes_apart_are_read_one_by_one() -> None:
    one, two = stroke(0), stroke(50)
    groups = find_groups([one, two], [False, False], HEIGHT)
    assert read(groups, {(one,): says(1, 0.9), (two,): says(2, 0.6)}) == "12"


def test_two_strokes_are_one_digit_where_that_is_likelier() -> None:
    body, bar = stroke(0), stroke(20, 25, 6)
    groups = find_groups([body, bar], [False, False], HEIGHT)
    outputs = {(body,): says(3, 0.5), (bar,): says(NO_DIGIT, 0.9), (body, bar): says(5, 0.95)}
    assert read(groups, outputs) == "5"
    outputs[(body, bar)] = says(5, 0.2)
    assert read(groups, outputs) == "3-"


def test_a_stroke_is_cut_where_the_network_says_that_it_is_several_digits() -> None:
    whole = stroke(0, 80)
    left, right = stroke(0, 40, source=whole), stroke(40, 40, source=whole)
    groups = find_groups([left, right], [False, False], HEIGHT)
    outputs = {
        (whole,): says(SEVERAL, 0.9),
        (left, right): says(SEVERAL, 0.9),
        (left,): says(4, 0.9),
        (right,): says(7, 0.9),
    }
    assert read(groups, outputs) == "47"
    outputs[(whole,)] = outputs[(left, right)] = says(0, 0.9)
    assert read(groups, outputs) == "0"
    outputs[(whole,)] = outputs[(left, right)] = says(NO_DIGIT, 0.99)
    assert read(groups, outputs) == "-"


def test_a_stroke_that_is_a_digit_beyond_doubt_is_not_cut() -> None:
    ink = np.zeros((60, 80), np.uint8)
    ink[:, :30] = ink[:, 50:] = ink[28:32] = 1  # two bars, joined
    wide = Stroke(Box(0, 0, 80, 60), ink, int(ink.sum()))
    output = says(SEVERAL, 0.04)
    output[2] = 0.96
    assert candidates([wide], {(wide,): output}, HEIGHT) == [Group((wide,), 0, 1)]
    output[2] = 0.9
    assert len(candidates([wide], {(wide,): output}, HEIGHT)) > 1


def test_a_bar_may_join_a_stroke_that_was_cut_in_vain_on_either_side_of_it() -> None:
    whole = stroke(20, 40)
    parts = stroke(20, 20, source=whole), stroke(40, 20, source=whole)
    for place in (10, 58):
        bar = stroke(place, 12, 8)
        row = sorted([*parts, bar], key=lambda piece: piece.box.x)
        groups = find_groups(row, [False] * 3, HEIGHT)
        outputs = {group.pieces: says(NO_DIGIT, 0.9) for group in groups}
        outputs |= {(whole,): says(3, 0.6), parts: says(3, 0.6), tuple(row): says(5, 0.99)}
        assert read(groups, outputs) == "5"


def test_cutting_has_its_price_also_where_a_fleck_joins_the_first_piece() -> None:
    whole = stroke(12, 50)
    fleck, left, right = (
        stroke(5, 5, 8),
        stroke(12, 25, source=whole),
        stroke(37, 25, source=whole),
    )
    groups = find_groups([fleck, left, right], [False] * 3, HEIGHT)
    outputs = {group.pieces: says(NO_DIGIT, 0.9) for group in groups}
    outputs |= {(whole,): says(0, 0.9), (left, right): says(0, 0.9)}
    outputs |= {(fleck, left): says(1, 0.99), (right,): says(1, 0.99)}
    assert read(groups, outputs) == "-0"


def test_a_dot_is_no_digit_whatever_it_looks_like() -> None:
    digit, dot = stroke(0), stroke(60, 8, 8)
    groups = find_groups([digit, dot], [False, False], HEIGHT)
    assert read(groups, {(digit,): says(1, 0.9), (dot,): says(0, 0.99)}) == "1-"


def test_two_corners_of_a_box_are_no_one_of_its_height_though_each_looks_like_a_one() -> None:
    corners = [Stroke(Box(0, y, 7, 11), np.ones((11, 7), np.uint8), 77) for y in (0, 49)]
    groups = find_groups(corners, [False, False], HEIGHT)
    outputs = {group.pieces: says(1, 0.95) for group in groups}
    outputs[tuple(corners)] = says(NO_DIGIT, 0.7)
    assert read(groups, outputs) == "--"


def test_a_row_of_nothing_is_read_as_nothing() -> None:
    assert best_reading([], {}, HEIGHT) == []


def test_an_odd_sign_is_a_digit_among_digits_and_none_among_letters() -> None:
    odd = stroke(0)
    others = [stroke(50 * place) for place in range(1, 8)]
    groups = find_groups([odd, *others], [False] * 8, HEIGHT)
    alone: dict[Pieces, Image] = {(odd,): says(6, 0.24)}
    alone[(odd,)][NO_DIGIT] = 0.7

    def reads_odd_one(label: int) -> bool:
        outputs: dict[Pieces, Image] = alone | {(other,): says(label, 0.99) for other in others}
        (row,) = best_readings([groups], outputs, HEIGHT)
        return row[0].is_digit

    assert reads_odd_one(4)
    assert not reads_odd_one(NO_DIGIT)


def sign(
    contrast: float = 0.5,
    *,
    is_digit: bool = True,
    area: int = 100,
    pen: float = 5,
    probability: float = 1.0,
    digit: int = 0,
    row: int = 0,
    x: int = 0,
) -> Sign:
    piece = Stroke(Box(x, 0, 10, 10), np.ones((10, 10), np.uint8), area)
    others = (1 - probability) / 9
    probabilities = tuple(probability if number == digit else others for number in range(10))
    return Sign(Group((piece,), 0, 1), probabilities, probability, is_digit, row, contrast, pen)


def test_a_digit_far_fainter_than_the_others_is_not_believed() -> None:
    firm, faint = [sign(0.6), sign(0.5)], sign(0.1)
    assert believed([*firm, faint]) == firm


def test_a_faint_digit_among_pieces_of_a_pattern_is_one_of_them() -> None:
    firm, faint = [sign(0.6), sign(0.5)], sign(0.3)
    pieces = [sign(0.3, is_digit=False, area=10) for _ in range(MANY_FAINT)]
    assert believed([*firm, faint, *pieces]) == firm
    assert believed([*firm, faint, *pieces[1:]]) == [*firm, faint]


def test_a_page_of_pencil_is_believed() -> None:
    faint = [sign(0.1), sign(0.12), sign(0.09)]
    assert believed(faint) == faint


def test_one_badly_written_digit_is_believed() -> None:
    assert believed([sign(probability=0.4)]) != []


def test_thick_and_thin_pens_on_one_sheet_are_believed() -> None:
    both = [sign(pen=4), sign(pen=11)]
    assert believed(both) == both


def test_signs_of_all_pens_that_are_little_like_digits_are_chance() -> None:
    assert believed([sign(pen=4, probability=0.8), sign(pen=11, probability=0.8)]) == []


def test_a_few_digits_among_much_other_ink_are_chance_if_they_are_little_like_digits() -> None:
    letters = sign(is_digit=False, area=300)
    assert believed([sign(probability=0.9), letters]) == []
    assert believed([sign(probability=0.99), letters]) != []


def test_ones_alone_among_much_other_ink_are_chance_and_other_digits_are_not() -> None:
    texture = sign(is_digit=False, area=900)
    assert believed([sign(digit=1), sign(digit=1), texture]) == []
    assert believed([sign(digit=1), sign(digit=4), texture]) != []
    assert believed([sign(digit=1), sign(digit=1)]) != []


def test_no_sign_is_no_digit() -> None:
    assert believed([]) == []


@pytest.mark.parametrize(("number", "are_believed"), [(1, True), (12, True), (24, False)])
def test_so_many_ones_and_nothing_else_are_the_lines_of_something(
    number: int, are_believed: bool
) -> None:
    assert bool(believed([sign(digit=1)] * number)) == are_believed


@pytest.mark.parametrize(
    ("row", "are_believed"),
    [
        ([sign(digit=digit) for digit in (4, 7, 2)], True),
        ([sign(digit=4), sign(digit=5, probability=0.7), sign(digit=7), sign(digit=2)], True),
        ([sign(digit=digit) for digit in (4, 7)], False),  # two are chance
        ([sign(digit=digit) for digit in (1, 1, 1, 1)], False),
        ([sign(digit=digit, probability=0.9) for digit in (4, 7, 2)], False),
        ([*(sign(digit=digit) for digit in (4, 7, 2)), sign(is_digit=False, area=400)], False),
    ],
    ids=["sure", "one unsure", "too few", "ones", "unsure", "beside other ink"],
)
def test_a_number_of_sure_digits_is_believed_whole_beside_what_is_doubted(
    row: list[Sign], are_believed: bool
) -> None:
    holes = [sign(pen=15, probability=0.5, row=1) for _ in range(5)]
    wires = [sign(is_digit=False, area=300, row=1) for _ in range(5)]
    assert believed([*holes, *wires]) == []
    expected = row if are_believed else []
    assert believed([*row, *holes, *wires]) == expected


def test_what_stands_far_from_a_sure_number_in_its_row_is_no_part_of_it() -> None:
    number = [sign(digit=digit, x=200 + 20 * place) for place, digit in enumerate((4, 7, 2))]
    holes = [sign(pen=15, probability=0.5, row=row) for row in range(5)]
    wires = [sign(is_digit=False, area=300, row=row) for row in range(5)]
    assert believed([holes[0], *number, *holes[1:], *wires]) == number
