import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_model import Box
from mnist_model.turning import turned_box, turned_picture, turned_size

SIZE = (40, 30)

boxes = st.builds(
    Box, st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 10)
)
turns = st.sampled_from([0, 90, 180, 270])


def test_a_picture_is_turned_clockwise() -> None:
    picture = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    assert turned_picture(picture, 90).tolist() == [[4, 1], [5, 2], [6, 3]]
    assert turned_picture(picture, 270).tolist() == [[3, 6], [2, 5], [1, 4]]


@given(boxes, turns)
def test_a_box_turns_with_its_picture(box: Box, degrees: int) -> None:
    picture = np.zeros(SIZE[::-1], np.uint8)
    picture[box.y : box.y + box.height, box.x : box.x + box.width] = 1
    picture = turned_picture(picture, degrees)
    assert picture.shape == turned_size(SIZE, degrees)[::-1]
    turned = turned_box(box, SIZE, degrees)
    part = picture[turned.y : turned.y + turned.height, turned.x : turned.x + turned.width]
    assert part.sum() == picture.sum() == part.size


@given(boxes, turns)
def test_turning_back_finds_the_box_again(box: Box, degrees: int) -> None:
    turned = turned_box(box, SIZE, degrees)
    assert turned_box(turned, turned_size(SIZE, degrees), -degrees) == box


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_turned_picture_swaps_its_sides(degrees: int) -> None:
    assert turned_size(SIZE, degrees) == (30, 40)
