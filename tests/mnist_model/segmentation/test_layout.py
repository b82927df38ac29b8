"""What the network sees of a digit on a photo does not depend on where and how it stands there."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_model.contract import Image
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.layout import find_layout, find_layout_with_room
from tests.mnist_model.sheets import Grey, sheet

digits = st.sampled_from("0123456789")
RESAMPLED = 0.4  # strokes are two pixels wide here: most ink is edge, and greys with rounding
few = settings(max_examples=20)  # each looks at two photos


def only_crop(grey: Grey) -> Image:
    """What the network sees of the largest stroke: (28, 28) float32 in [0, 1]."""
    layout = find_layout(grey)
    largest = max(layout.strokes, key=lambda stroke: stroke.area)
    return layout.crops([Group((largest,), 0, 1)])[0]


def difference(one: Image, other: Image) -> float:
    """The share of ink in which two crops differ, but for a pixel.

    A digit's centre of mass is placed on a whole pixel, so rounding may move all of it by one.
    """
    places = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    moved = (np.roll(other, place, axis=(0, 1)) for place in places)
    return min(float(np.abs(one - image).sum()) for image in moved) / float(one.sum())


@given(digits, st.integers(0, 60), st.integers(0, 60))
@few
def test_moving_a_digit_on_its_sheet_changes_nothing(digit: str, down: int, right: int) -> None:
    grey = sheet(digit, side=120).grey
    moved = np.roll(grey, (down - 30, right - 30), axis=(0, 1))
    assert difference(only_crop(grey), only_crop(moved)) < RESAMPLED


@given(digits, st.integers(1, 150))
@few
def test_more_paper_around_a_digit_changes_nothing(digit: str, margin: int) -> None:
    grey = sheet(digit, side=96).grey
    paper = int(grey[0, 0])
    padded = cv2.copyMakeBorder(
        grey, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper
    )
    assert difference(only_crop(grey), only_crop(padded)) < RESAMPLED


@given(digits)
@few
def test_light_on_dark_is_seen_as_dark_on_light_is(digit: str) -> None:
    dark, light = sheet(digit, paper=255, ink=0), sheet(digit, paper=0, ink=255)
    assert difference(only_crop(dark.grey), only_crop(light.grey)) < 0.05


@given(digits, st.sampled_from([64, 96, 150, 220]))
@few
def test_a_digit_of_any_size_is_seen_the_same(digit: str, side: int) -> None:
    usual, other = sheet(digit, side=120), sheet(digit, side=side)
    assert difference(only_crop(usual.grey), only_crop(other.grey)) < RESAMPLED


def test_ground_along_a_whole_side_of_a_photo_is_no_digit_that_fills_it() -> None:
    half_dark = np.full((480, 640), 225, np.uint8)
    half_dark[:, 372:] = 40
    assert not find_layout_with_room(half_dark).strokes
    seven = np.full((640, 480), 225, np.uint8)
    cv2.polylines(seven, [np.array([(0, 40), (440, 40), (200, 640)])], False, 40, 90)
    layout = find_layout_with_room(seven)
    (stroke,) = layout.strokes
    assert stroke.box.height > 0.9 * layout.grey.shape[0] / 2
