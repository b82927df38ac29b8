"""Slashes, brackets and percent signs between digits: none of them is a one or a zero."""

import cv2
import numpy as np
import pytest
from PIL import Image

from mnist_model import Box, DigitReader
from mnist_model.punctuation import Read, punctuation
from tests.bot.pictures import encoded
from tests.mnist_model.sheets import Grey, write_on

SIDE = 90


def draw_sign(page: Grey, sign: str, left: int, top: int) -> None:
    """In the place of a digit that is written there; as people do, a little taller than it."""
    low, high, middle = top + SIDE, top, left + SIDE // 2
    if sign in "/%":
        cv2.line(page, (middle - 20, low), (middle + 20, high), 40, 7, cv2.LINE_AA)
    if sign == "%":
        cv2.circle(page, (middle - 24, high + 24), 9, 40, 6, cv2.LINE_AA)
        cv2.circle(page, (middle + 24, low - 24), 9, 40, 6, cv2.LINE_AA)
    if sign in "()":
        bulge = -1 if sign == "(" else 1
        centre = (middle - 25 * bulge, (low + high) // 2)
        arc = (120, 240) if sign == "(" else (-60, 60)
        cv2.ellipse(page, centre, (30, (low - high) * 58 // 100), 0, *arc, 40, 7, cv2.LINE_AA)


def photo_of(text: str) -> bytes:
    page = np.full((3 * SIDE, (len(text) + 2) * SIDE), 225, np.uint8)
    for place, sign in enumerate(text, start=1):
        if sign.isdigit():
            write_on(page, [int(sign)], top=SIDE, left=place * SIDE, side=SIDE)
        else:
            draw_sign(page, sign, left=place * SIDE, top=SIDE)
    return encoded(Image.fromarray(page), "PNG")


@pytest.mark.parametrize(
    "text", ["07/11/2026", "24/31", "(409)2761", "12(3)45", "27)85", "52%", "75%48"]
)
def test_what_stands_between_digits_is_no_digit(reader: DigitReader, text: str) -> None:
    digits = "".join(sign for sign in text if sign.isdigit())
    assert reader.read(photo_of(text)).text == digits


def stroke(lean: float = 0.0, bend: float = 0.0, height: int = 100) -> Read:
    """A one whose foot stands a tenth of its height below the others' and 30 pixels further on."""
    points = [
        (50 + lean * (0.5 - y) * height + bend * 4 * y * (1 - y) * height, y * (height - 1))
        for y in np.linspace(0, 1, 30)
    ]
    mask = np.zeros((height, 150), np.uint8)
    cv2.polylines(mask, [np.array(points, np.int32)], isClosed=False, color=1, thickness=7)
    return Read(1, Box(0, 50 - height // 2, 150, height), mask)


def digit(which: int, height: int = 70, middle: int = 50) -> Read:
    return Read(which, Box(0, middle - height // 2, 40, height), np.ones((height, 40), np.uint8))


@pytest.mark.parametrize(
    ("one", "is_punctuation"),
    [
        (stroke(lean=0.4), True),
        (stroke(bend=0.15), True),
        (stroke(bend=-0.15), True),
        (stroke(), False),
        (stroke(lean=0.15, bend=0.03), False),
        (stroke(lean=-0.4), False),
        (stroke(lean=0.6, height=74), False),
        (stroke(bend=0.2, height=74), False),
    ],
    ids=["slash", ")", "(", "tall", "tall and a little bent", "\\", "leaning", "bent"],
)
def test_it_is_told_from_a_one_by_its_height_and_its_form(one: Read, is_punctuation: bool) -> None:
    row = [digit(4), one, digit(7)]
    assert punctuation(row) == ({1} if is_punctuation else set())


def test_beside_a_single_digit_nothing_tells_how_tall_digits_are() -> None:
    assert punctuation([digit(4), stroke(lean=0.4)]) == set()
    assert punctuation([stroke(lean=0.4)]) == set()
    assert punctuation([]) == set()


@pytest.mark.parametrize("flag", [0.3, 0.4, 0.5])
@pytest.mark.parametrize("lean", [0.0, 0.2, 0.35])
def test_a_tall_one_with_a_flag_is_no_bracket(flag: float, lean: float) -> None:
    plain = stroke(lean=lean)
    top = np.flatnonzero(plain.mask[3])[0]
    end = (int(top - 0.35 * 100), int(flag * 100))
    flagged = cv2.line(plain.mask.copy(), (int(top) + 3, 3), end, 1, 7)
    assert punctuation([digit(4), Read(1, plain.box, flagged), digit(7)]) == set()


def test_small_zeros_on_either_side_of_a_slash_are_the_rings_of_a_percent_sign() -> None:
    slash = stroke(lean=0.4, height=74)
    upper, lower, between = (digit(0, height=25, middle=middle) for middle in (28, 73, 50))
    digits = [digit(5), digit(2)]
    assert punctuation([*digits, upper, slash, lower]) == {2, 3, 4}
    assert punctuation([*digits, between, slash, between]) == set()  # a leaning one in "010"
    assert punctuation([*digits, stroke(lean=0.4), between, digit(7)]) == {2}  # "24/07"
    assert punctuation([digit(5), upper, digit(2), slash]) == set()
