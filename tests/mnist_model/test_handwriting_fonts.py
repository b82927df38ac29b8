import numpy as np
import pytest

from mnist_model.handwriting_fonts import DEFAULT_FOLDER, digit_of_a_font, letter_of_a_font
from mnist_model.other_digits import load_other_digits


def unlike(one: np.ndarray, other: np.ndarray) -> float:
    """How far two hands' ten digits lie apart, at most 1."""
    shapes = [hand.reshape(10, -1).astype(float) for hand in (one, other)]
    first, second = (shape / np.linalg.norm(shape, axis=1, keepdims=True) for shape in shapes)
    return 1 - float((first * second).sum(axis=1).mean())


def test_the_same_chance_gives_the_same_sign_and_all_are_ink_on_paper() -> None:
    for chance in range(20):
        first, again = np.random.default_rng(chance), np.random.default_rng(chance)
        digit = digit_of_a_font(chance % 10, first)
        letter = letter_of_a_font(first)
        assert np.array_equal(digit, digit_of_a_font(chance % 10, again))
        assert np.array_equal(letter, letter_of_a_font(again))
        assert (digit.shape, letter.shape) == ((42, 42), (28, 28))
        for sign in (digit, letter):
            assert sign.dtype == np.float32
            assert sign.min() == 0
            assert 0.5 < sign.max() <= 1


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_the_one_asked_for(digit: int) -> None:
    with np.load(DEFAULT_FOLDER / "digits.npz") as arrays:
        images, labels = arrays["images"], arrays["labels"]
    drawn = digit_of_a_font(digit, np.random.default_rng(digit))
    same = (images == np.round(drawn * 255)).all(axis=(1, 2))
    assert set(labels[same]) == {digit}


def test_no_hand_that_is_held_out_is_learnt_from() -> None:
    with (
        np.load(DEFAULT_FOLDER / "digits.npz") as learnt,
        np.load(DEFAULT_FOLDER / "held_out.npz") as held_out,
    ):
        hands = learnt["images"].reshape(-1, 10, 42, 42)
        others = held_out["images"].reshape(-1, 10, 42, 42)
    assert (len(hands), len(others)) == (141, 48)
    assert min(unlike(hand, other) for hand in hands for other in others) > 0.03


def test_the_fonts_are_named() -> None:
    named = (DEFAULT_FOLDER / "README.md").read_text(encoding="utf-8")
    for title, count in (("To train on:", 141), ("Held out:", 48)):
        names = named.split(title)[1].split("\n\n")[0].split(",")
        assert len(set(names)) == count


def test_the_digits_held_out_can_be_measured_on() -> None:
    digits = load_other_digits(DEFAULT_FOLDER / "held_out.npz")
    assert np.bincount(digits.labels).tolist() == [48] * 10
