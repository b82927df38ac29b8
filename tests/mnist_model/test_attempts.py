"""Which attempt to read a photo is taken."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from mnist_model import Box
from mnist_model.acceptance import Sign, believed
from mnist_model.attempts import (
    Attempt,
    clearer_ink,
    clearest,
    hardly_read,
    is_well_read,
    less_ink,
    on_the_sheet,
    roomier,
)
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.layout import Layout
from mnist_model.segmentation.strokes import Stroke


def stroke(source: Stroke | None = None) -> Stroke:
    return Stroke(Box(0, 0, 10, 10), np.ones((10, 10), np.uint8), 100, source)


def sign(digit: int, likeness: float = 1.0, piece: Stroke | None = None) -> Sign:
    group = Group((piece or stroke(),), 0, 1)
    probabilities = tuple(float(value == digit) for value in range(10))
    return Sign(group, probabilities, likeness, likeness > 0.5, row=0, contrast=0.5, pen=5)


def attempt(turned: int, signs: Sequence[Sign], *, is_believed: bool = True) -> Attempt:
    nothing = Layout(np.zeros((9, 9), np.uint8), True, np.zeros((9, 9), np.float32), 0.0, ())
    return Attempt(turned, nothing, signs, believed(signs) if is_believed else [])


def digits(text: str, likeness: float = 1.0) -> list[Sign]:
    return [sign(int(digit), likeness) for digit in text]


def taken(turned: Attempt, upright: Attempt) -> bool:
    assert hardly_read(upright)
    return clearest(upright, [turned]) is turned


def test_a_photo_that_reads_well_is_not_turned() -> None:
    assert not hardly_read(attempt(0, digits("66", 0.9)))


def test_a_photo_without_ink_is_not_turned() -> None:
    assert not hardly_read(attempt(0, []))


@pytest.mark.parametrize("likeness", [0.0, 0.3, 0.7])
def test_ink_that_is_little_like_digits_hardly_read(likeness: float) -> None:
    assert hardly_read(attempt(0, digits("274", likeness)))


def test_ink_that_is_like_digits_hardly_read_if_none_of_it_is_believed() -> None:
    assert hardly_read(attempt(0, digits("274"), is_believed=False))


def test_of_the_turns_that_are_clearly_better_the_best_is_taken() -> None:
    upright = attempt(0, digits("111", 0.1))
    others = [attempt(90, digits("274", 0.9)), attempt(270, digits("472", 0.99))]
    assert clearest(upright, others) is others[1]
    assert clearest(upright, others[:1]) is others[0]


def test_a_turn_that_is_a_little_better_is_not_taken() -> None:
    assert not taken(attempt(90, digits("274")), attempt(0, digits("111", 0.75)))


def test_a_little_for_each_of_many_digits_is_clearly_better() -> None:
    assert taken(attempt(90, digits("2742743")), attempt(0, digits("1111111", 0.75)))


def test_a_turn_that_reads_badly_itself_is_not_taken() -> None:
    assert not taken(attempt(90, digits("274", 0.8)), attempt(0, digits("111", 0.0)))


def test_a_turn_of_which_nothing_is_believed_is_not_taken() -> None:
    turned = attempt(90, digits("274"), is_believed=False)
    assert not taken(turned, attempt(0, digits("111", 0.0)))


def test_lines_are_no_ones_that_lie_on_their_side() -> None:
    assert not taken(attempt(90, digits("11111")), attempt(0, digits("00000", 0.0)))


def test_what_one_stroke_was_cut_into_tells_as_little_as_one_digit() -> None:
    whole = stroke()
    parts = [sign(digit, 0.95, stroke(whole)) for digit in (7, 4, 2)]
    assert not taken(attempt(90, parts), attempt(0, digits("0", 0.0)))


def test_one_digit_alone_is_turned_from_its_side_if_it_is_beyond_doubt() -> None:
    nothing = attempt(0, digits("0", 0.0))
    assert taken(attempt(90, digits("5", 0.99)), nothing)
    assert not taken(attempt(90, digits("5", 0.95)), nothing)
    assert not taken(attempt(90, digits("5", 0.99)), attempt(0, digits("0", 0.6)))


def test_one_digit_alone_is_not_turned_from_its_head() -> None:
    assert not taken(attempt(180, digits("7", 0.99)), attempt(0, digits("0", 0.0)))


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.9), ("1", 0.95)])
def test_other_ink_is_read_where_it_is_clearly_more_like_digits(
    text: str, likeness: float
) -> None:
    patch, writing = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert clearer_ink(patch, writing) is writing


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.8), ("1", 0.75), ("", 0.0)])
def test_other_ink_is_not_read_where_it_is_little_like_digits(text: str, likeness: float) -> None:
    patch, writing = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert clearer_ink(patch, writing) is patch


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.96), ("7", 0.99)])
def test_the_firmest_ink_is_read_where_it_reads_well(text: str, likeness: float) -> None:
    pattern, writing = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert less_ink(pattern, writing) is writing


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.9), ("7", 0.96), ("", 0.0)])
def test_the_firmest_ink_is_not_read_where_it_reads_badly(text: str, likeness: float) -> None:
    pattern, writing = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert less_ink(pattern, writing) is pattern


def test_the_firmest_ink_is_not_read_if_that_loses_digits_in_fainter_ink() -> None:
    letters = [sign(0, 0.1)] * 3
    all_of_them, firmest = attempt(0, [*digits("2743"), *letters]), attempt(0, digits("27"))
    assert hardly_read(all_of_them)
    assert less_ink(all_of_them, firmest) is all_of_them


def test_the_firmest_ink_is_read_if_that_loses_what_is_hardly_a_digit() -> None:
    waves = [sign(3, 0.8), *[sign(0, 0.1)] * 3]
    among_waves, firmest = attempt(0, [*digits("27"), *waves]), attempt(0, digits("27"))
    assert hardly_read(among_waves)
    assert less_ink(among_waves, firmest) is firmest


def test_the_firmest_ink_is_not_read_where_it_is_lines_alone() -> None:
    pattern, lines = attempt(0, [sign(0, 0.1)]), attempt(0, digits("111"))
    assert less_ink(pattern, lines) is pattern


@pytest.mark.parametrize(("contrast", "is_lost"), [(0.2, True), (0.4, False)])
def test_the_firmest_ink_is_read_without_ones_that_are_faint_enough_for_printed_lines(
    contrast: float, is_lost: bool
) -> None:
    lines = [replace(one, contrast=contrast) for one in digits("1111111111")]
    firmest = attempt(0, digits("47"))
    fence = attempt(0, [*lines, *digits("47")], is_believed=False)
    firm = replace(fence.layout, contrast=np.full((9, 9), 0.5, np.float32))
    fence = replace(fence, digits=fence.signs, layout=firm)
    assert not is_well_read(fence)
    assert less_ink(fence, firmest) is (firmest if is_lost else fence)


def test_the_firmest_ink_is_read_where_the_first_looked_like_digits_that_are_none() -> None:
    chance = attempt(0, digits("274", 0.9), is_believed=False)
    assert less_ink(chance, writing := attempt(0, digits("52", 0.96))) is writing


@pytest.mark.parametrize(
    ("first", "likeness", "is_taken"),
    [("", 0.0, True), ("11", 0.8, True), ("25", 0.8, True), ("253", 0.8, False)],
    ids=["nothing", "halves of the note", "as many digits", "more digits"],
)
def test_the_sheet_alone_is_read_if_that_loses_no_digits(
    first: str, likeness: float, is_taken: bool
) -> None:
    among_other_things = attempt(0, [*digits(first, likeness), *[sign(0, 0.1)] * 4])
    among_other_things = replace(among_other_things, digits=digits(first, likeness))
    sheet = attempt(0, digits("47"))
    expected = sheet if is_taken else among_other_things
    assert on_the_sheet(among_other_things, sheet) is expected


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.9), ("1", 0.7)])
def test_with_room_a_photo_is_read_where_it_is_read_far_better(text: str, likeness: float) -> None:
    scraps, whole = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert roomier(scraps, whole) is whole


@pytest.mark.parametrize(("text", "likeness"), [("274", 0.6), ("", 0.0)])
def test_with_room_a_photo_is_not_read_where_it_is_little_like_digits(
    text: str, likeness: float
) -> None:
    scraps, whole = attempt(0, [sign(0, 0.1)]), attempt(0, digits(text, likeness))
    assert roomier(scraps, whole) is scraps


def test_with_room_a_photo_is_not_read_if_that_is_little_better_or_loses_digits() -> None:
    hardly = attempt(0, digits("4", 0.6))
    assert roomier(hardly, attempt(0, digits("9", 0.8))) is hardly
    among_letters = attempt(0, [*digits("27"), *[sign(0, 0.0)] * 4])
    assert roomier(among_letters, attempt(0, digits("3"))) is among_letters
