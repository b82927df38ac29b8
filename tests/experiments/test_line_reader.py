import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.line_reader.examples import LONGEST, WIDTH, lines
from experiments.line_reader.network import NUM_LABELS, greedy
from experiments.line_reader.pictures import HEIGHT, WRITING_HEIGHT, line_picture
from mnist_model.contract import Box
from mnist_model.dataset import Split, load_mnist
from mnist_model.segmentation.strokes import Stroke


@pytest.fixture(scope="module")
def some_digits() -> Split:
    validation = load_mnist().validation
    return Split(validation.images[:100], validation.labels[:100])


def test_a_composed_row_is_a_picture_of_its_string(some_digits: Split) -> None:
    composed = lines(some_digits, 30, seed=1)
    assert composed.pictures.shape == (30, HEIGHT, WIDTH)
    assert composed.pictures.dtype == np.float32
    assert ((composed.pictures >= 0) & (composed.pictures <= 1)).all()
    assert composed.pictures.max(axis=(1, 2)).min() > 0
    assert composed.labels.shape == (30, LONGEST)
    assert {len(string) for string in composed.strings} >= {0, 1, LONGEST}


def test_the_same_seed_composes_the_same_rows(some_digits: Split) -> None:
    one, same, other = (lines(some_digits, 5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.pictures, same.pictures)
    assert one.strings == same.strings != other.strings


@pytest.mark.parametrize("size", [12, 60, 500])
def test_writing_of_any_size_is_as_high_in_the_picture(size: int) -> None:
    contrast = np.zeros((2 * size, 2 * size), np.float32)
    box = Box(size // 2, size // 2, size // 2, size)
    contrast[box.y : box.y + box.height, box.x : box.x + box.width] = 0.7
    stroke = Stroke(box, np.ones((box.height, box.width), np.uint8), box.height * box.width)
    picture = line_picture([stroke], contrast)
    inked = np.flatnonzero(picture.max(axis=1) > 0.5)
    assert picture.shape[0] == HEIGHT
    assert len(inked) == pytest.approx(WRITING_HEIGHT, abs=2)


signs = st.lists(st.integers(0, NUM_LABELS - 1), max_size=20)


@given(signs)
def test_repeats_are_one_sign_and_blanks_part_them(path: list[int]) -> None:
    digits = [
        str(label - 1)
        for label, before in zip(path, [0, *path], strict=False)
        if label not in (0, before)
    ]
    logits = 9 * np.eye(NUM_LABELS, dtype=np.float32)[path or [0]]
    line = greedy(logits)
    assert line.text == "".join(digits)
    assert len(line.confidences) == len(digits)
    assert all(0.9 < confidence <= 1 for confidence in line.confidences)
