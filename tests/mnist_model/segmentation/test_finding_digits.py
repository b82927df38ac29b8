"""Strokes, cuts, rows and groups: from ink to candidates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_model.contract import Box
from mnist_model.segmentation.cutting import cut, upper_and_lower
from mnist_model.segmentation.grouping import Group, find_groups
from mnist_model.segmentation.layout import COARSE_SIDE, find_layout
from mnist_model.segmentation.rows import find_rows
from mnist_model.segmentation.strokes import Stroke, find_strokes, writing_height
from tests.mnist_model.sheets import Grey, sheet, written


def stroke(x: int, y: int, width: int, height: int) -> Stroke:
    return Stroke(Box(x, y, width, height), np.ones((height, width), np.uint8), width * height)


NO_EDGES = np.zeros((1, 1), np.uint8)


def blank(height: int = 300, width: int = 600) -> Grey:
    return np.zeros((height, width), np.uint8)


def test_strokes_are_the_connected_pieces_with_their_ink() -> None:
    ink = blank()
    ink[50:150, 100:110] = 1
    ink[50:150, 200:260] = 1
    found = sorted(find_strokes(ink, NO_EDGES), key=lambda piece: piece.box.x)
    assert [piece.box for piece in found] == [Box(100, 50, 10, 100), Box(200, 50, 60, 100)]
    assert [piece.area for piece in found] == [1000, 6000]


def test_specks_are_no_strokes() -> None:
    ink = blank()
    ink[50:150, 100:110] = 1
    ink[20:24, 300:304] = 1
    assert len(find_strokes(ink, NO_EDGES)) == 1


def test_a_gap_from_top_to_bottom_smaller_than_the_pen_is_bridged() -> None:
    ink = blank()
    ink[50:150, 100:120] = 1
    ink[97:101, 100:120] = 0
    (whole,) = find_strokes(ink, NO_EDGES)
    assert whole.box == Box(100, 50, 20, 100)
    assert whole.area == 20 * 96  # the gap itself gets no ink


def test_the_edge_of_the_sheet_is_no_stroke_but_a_digit_at_the_border_is() -> None:
    ink = blank()
    ink[100:180, 200:260] = 1  # writing, off the border
    ink[:, :6] = 1  # the table
    ink[0:60, 300:345] = 1  # a digit that the photo cuts
    assert {piece.box.x for piece in find_strokes(ink, NO_EDGES)} == {200, 300}


def test_a_thin_stroke_that_ends_at_a_border_is_one_and_a_line_along_it_is_none() -> None:
    ink = blank()
    ink[100:180, 200:260] = 1  # writing, off the border
    ink[2:82, 300:310] = 1  # a one
    ink[294:298, 100:180] = 1  # the sheet's edge
    ink[0:30, 400:404] = 1  # the end of a ruled line
    assert {piece.box.x for piece in find_strokes(ink, NO_EDGES)} == {200, 300}


def test_a_digit_that_fills_a_strip_from_top_to_bottom_is_found() -> None:
    ink = blank(height=100)
    ink[12:88, 100:150] = 1
    ink[0:100, 300:350] = 1
    assert {piece.box.x for piece in find_strokes(ink, NO_EDGES)} == {100, 300}


def test_a_digit_that_fills_the_picture_to_its_border_is_found() -> None:
    ink = blank(100, 80)
    ink[:, 20:60] = 1
    assert len(find_strokes(ink, NO_EDGES)) == 1


def test_what_lies_along_the_end_of_light_is_no_stroke_but_a_digit_across_it_is() -> None:
    ink, edges = blank(), blank()
    edges[:, 290:310] = 1
    ink[20:80, 296:302] = 1  # a sliver that the shadow's edge left
    ink[120:130, 270:330] = 1  # the bar of a seven, across the edge
    (kept,) = find_strokes(ink, edges)
    assert kept.box == Box(270, 120, 60, 10)


def test_the_writing_is_as_tall_as_the_pieces_that_hold_its_ink() -> None:
    specks = [Box(0, 0, 3, 3)] * 50
    digits = [Box(0, 0, 20, 60), Box(0, 0, 30, 62)]
    areas = [9] * 50 + [500, 600]
    assert writing_height([*specks, *digits], areas) in (60, 62)


@pytest.mark.parametrize("pair", ["44", "35", "80", "27"])
def test_touching_digits_are_cut_between_them(pair: str) -> None:
    left, right = (written(int(digit), which=0) > 0.5 for digit in pair)
    ends = [np.flatnonzero(mask.any(axis=0)) for mask in (left, right)]
    joined = np.zeros((96, 192), np.uint8)
    joined[:, :96] = left
    shift = ends[0][-1] - ends[1][0] - 2  # they overlap by two columns
    joined[:, shift : shift + 96] |= right
    rows, columns = np.nonzero(joined)
    mask = joined[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    whole = Stroke(Box(0, 0, mask.shape[1], mask.shape[0]), mask, int(mask.sum()))
    pieces = cut(whole, mask.shape[0])
    seam = ends[0][-1] - columns.min()
    starts = [piece.box.x for piece in pieces]
    assert min(abs(start - seam) for start in starts[1:]) <= 8
    assert sum(piece.area for piece in pieces) == whole.area
    assert all(piece.source is whole for piece in pieces)


def test_what_is_too_narrow_for_two_digits_is_not_cut() -> None:
    upright = stroke(10, 10, 20, 100)
    assert cut(upright, writing_height=100) == (upright,)


@given(
    num_rows=st.integers(1, 4),
    num_columns=st.integers(1, 8),
    spacing=st.integers(60, 150),
    rise=st.floats(-0.15, 0.15),
    seed=st.integers(0, 999),
)
def test_digits_are_read_row_by_row_even_where_lines_rise(
    num_rows: int, num_columns: int, spacing: int, rise: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    boxes = [
        Box(
            spacing * column + int(rng.integers(0, 15)),
            round(300 + 90 * row + rise * spacing * column) + int(rng.integers(0, 8)),
            30,
            50 + int(rng.integers(0, 10)),
        )
        for row in range(num_rows)
        for column in range(num_columns)
    ]
    shuffled = rng.permutation(len(boxes))
    rows = find_rows([boxes[i] for i in shuffled], writing_height=55)
    in_order = [[int(shuffled[i]) for i in row] for row in rows]
    wanted = [list(range(r * num_columns, (r + 1) * num_columns)) for r in range(num_rows)]
    assert in_order == wanted


def test_digits_far_apart_are_one_line_if_it_is_a_little_tilted_and_two_if_one_is_below() -> None:
    first = Box(100, 300, 40, 60)
    assert find_rows([first, Box(400, 258, 40, 60)], writing_height=60) == [[0, 1]]
    assert find_rows([first, Box(400, 400, 40, 60)], writing_height=60) == [[0], [1]]


def test_a_long_line_that_rises_keeps_its_digits_below_a_short_one() -> None:
    long = [Box(60 * column, 360 - 6 * column, 30, 50) for column in range(8)]
    assert find_rows([Box(0, 300, 30, 50), *long], writing_height=50) == [[0], list(range(1, 9))]


def test_a_digit_that_broke_into_an_upper_and_a_lower_half_stands_in_one_row() -> None:
    halves = [Box(58, 181, 34, 30), Box(66, 206, 37, 31)]
    others = [Box(121, 184, 41, 55), Box(180, 181, 43, 57), Box(244, 180, 39, 57)]
    assert find_rows([*halves, *others], writing_height=57) == [[0, 1, 2, 3, 4]]


def test_a_small_piece_joins_the_row_that_it_is_nearest_to() -> None:
    boxes = [Box(0, 0, 30, 60), Box(0, 100, 30, 60), Box(40, 108, 15, 8)]
    assert find_rows(boxes, writing_height=60) == [[0], [1, 2]]


def pieces_of(groups: list[Group]) -> set[tuple[int, int]]:
    return {(group.first, group.end) for group in groups}


def test_a_stroke_of_two_lines_is_parted_where_it_has_least_ink() -> None:
    ink = np.ones((210, 40), np.uint8)
    ink[98:104, 10:] = 0
    upper, lower = upper_and_lower(Stroke(Box(7, 5, 40, 210), ink, int(ink.sum())), 100)
    assert upper.box.y == 5
    assert 5 + 98 <= lower.box.y <= 5 + 104
    assert upper.area + lower.area == ink.sum()
    assert upper_and_lower(stroke(0, 0, 40, 150), writing_height=100) == ()
    assert upper_and_lower(stroke(0, 0, 9, 2), writing_height=1) == ()


def test_the_bar_of_a_five_may_belong_to_it() -> None:
    row = [stroke(0, 20, 40, 60), stroke(10, 5, 35, 6)]
    assert pieces_of(find_groups(row, [False, False], 80)) == {(0, 1), (1, 2), (0, 2)}


def test_digits_apart_are_not_joined() -> None:
    row = [stroke(0, 0, 40, 80), stroke(60, 0, 40, 80)]
    assert pieces_of(find_groups(row, [False, False], 80)) == {(0, 1), (1, 2)}


def test_two_digits_beyond_doubt_are_not_joined_however_near() -> None:
    row = [stroke(0, 0, 10, 80), stroke(12, 0, 10, 80)]
    assert (0, 2) in pieces_of(find_groups(row, [True, False], 80))
    assert (0, 2) not in pieces_of(find_groups(row, [True, True], 80))


@given(count=st.integers(1, 6), gap=st.integers(0, 40))
def test_each_piece_alone_is_a_candidate(count: int, gap: int) -> None:
    row = [stroke((30 + gap) * i, 0, 30, 60) for i in range(count)]
    groups = find_groups(row, [False] * count, 60)
    assert {(i, i + 1) for i in range(count)} <= pieces_of(groups)
    assert all(group.end - group.first == len(group.pieces) for group in groups)


def test_large_writing_is_found_on_the_coarse_picture_and_small_writing_on_all_pixels() -> None:
    large = sheet("12345678", side=120)
    assert max(find_layout(large.grey).grey.shape) == COARSE_SIDE
    small = sheet(*["1234567890" * 3] * 8, side=30)
    assert find_layout(small.grey).grey.shape == small.grey.shape
