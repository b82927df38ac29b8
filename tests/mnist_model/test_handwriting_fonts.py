import numpy as np
import pytest

from mnist_model.handwriting_fonts import FOLDER, SHA256, digit_of_a_font, letter_of_a_font
from mnist_model.other_digits import load_other_digits
from mnist_model.picture_files import arrays_of

ROOT = FOLDER.parent.parent


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
    arrays = arrays_of(FOLDER / "digits.npz", SHA256["digits.npz"])
    drawn = digit_of_a_font(digit, np.random.default_rng(digit))
    same = (arrays["images"] == np.round(drawn * 255)).all(axis=(1, 2))
    assert set(arrays["labels"][same]) == {digit}


def test_the_documents_name_and_count_the_fonts() -> None:
    named = (FOLDER / "README.md").read_text(encoding="utf-8")
    fonts = [
        named.split(title)[1].split("\n\n")[0].replace("\n", " ").strip(" .").split(", ")
        for title in ("To train on:", "Held out:")
    ]
    assert not set(fonts[0]) & set(fonts[1])
    digits = load_other_digits(FOLDER / "held_out.npz")
    learned = arrays_of(FOLDER / "digits.npz", SHA256["digits.npz"])["images"]
    letters = arrays_of(FOLDER / "letters.npz", SHA256["letters.npz"])["images"]
    assert [10 * len(names) for names in fonts] == [len(learned), len(digits.labels)]
    assert np.bincount(digits.labels).tolist() == [len(fonts[1])] * 10
    for name, pictures in (("digits", learned), ("letters", letters)):
        assert f"| `{name}.npz` | ({', '.join(map(str, pictures.shape))})" in named
    assert f"| `held_out.npz` | ({len(digits.labels)}, 42, 42)" in named
    total = len(fonts[0]) + len(fonts[1])
    assert f"what {total} fonts" in named
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"of {total} handwriting fonts" in architecture
    model = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert f"{len(fonts[0])} other hands" in model
