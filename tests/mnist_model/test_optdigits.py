import numpy as np
import pytest

from mnist_model.optdigits import FOLDER, SHA256, as_strokes, digit_of_optdigits
from mnist_model.other_digits import load_other_digits
from mnist_model.picture_files import arrays_of


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_the_one_asked_for_in_strokes(digit: int) -> None:
    arrays = arrays_of(FOLDER / "train.npz", SHA256)
    shown = digit_of_optdigits(digit, np.random.default_rng(digit))
    again = digit_of_optdigits(digit, np.random.default_rng(digit))
    assert np.array_equal(shown, again)
    assert shown.shape == (42, 42)
    assert shown.dtype == np.float32
    assert (shown.min(), shown.max()) == (0, 1)
    same = [np.array_equal(as_strokes(image), shown * 255) for image in arrays["images"]]
    assert set(arrays["labels"][same]) == {digit}


def test_a_stroke_stays_where_it_was_and_has_an_edge() -> None:
    picture = np.zeros((8, 8), np.uint8)
    picture[1:7, 3:5] = 255
    large = as_strokes(picture)
    assert np.array_equal(large, large[::-1])
    assert np.array_equal(large, large[:, ::-1])
    # 3.5 pixels for one; the rest of a picture is plain ink or plain paper.
    assert abs(np.count_nonzero(large[21] > 127) - 2 * 3.5) <= 1
    assert abs(np.count_nonzero(large[:, 21] > 127) - 6 * 3.5) <= 1
    assert np.mean((large > 0) & (large < 255)) < 0.1


def test_the_document_counts_the_digits_and_those_measured_on_are_not_learned() -> None:
    learned = arrays_of(FOLDER / "train.npz", SHA256)
    measured_on = load_other_digits(FOLDER / "test.npz")
    assert np.bincount(learned["labels"]).min() > 370
    assert np.bincount(measured_on.labels).min() > 170
    document = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `train.npz` | ({', '.join(map(str, learned['images'].shape))})" in document
    assert f"| `test.npz` | ({len(measured_on.labels)}, 8, 8)" in document
    with np.load(FOLDER / "test.npz") as arrays:
        held_out = set(map(bytes, arrays["images"]))
    assert not held_out & set(map(bytes, learned["images"]))
