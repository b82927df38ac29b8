import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.other_hands import main, photographed
from mnist_model.dataset import Split
from mnist_model.handwriting_fonts import FOLDER
from mnist_model.other_digits import load_other_digits


@pytest.fixture(scope="module")
def digits() -> Split:
    """Of the first three hands."""
    drawn = load_other_digits(FOLDER / "held_out.npz")
    return Split(drawn.images[:30], drawn.labels[:30])


def test_each_digit_is_photographed_ten_times_and_never_twice_alike(digits: Split) -> None:
    taken, again = photographed(digits), photographed(digits)
    assert np.array_equal(taken.images, again.images)
    assert 290 <= len(taken.labels) <= 300
    assert len(np.unique(taken.images, axis=0)) == len(taken.labels)
    assert np.bincount(taken.labels).min() >= 25


def test_each_model_is_measured(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    digits: Split,
) -> None:
    file = tmp_path / "digits.npz"
    images = np.round(255 * (1 - digits.images)).astype(np.uint8)
    np.savez(file, images=images, labels=(digits.labels + 1) % 10)
    monkeypatch.setattr(sys, "argv", ["", "--digits", str(file)])
    assert main() == 0
    row = capsys.readouterr().out.splitlines()[-1].split(" | ")
    # Each label is wrong by one, so nearly all is misread: what is not read wrongly by one.
    assert int(row[1].removesuffix(" of 30")) >= 27
    assert float(row[2]) > 2
    assert int(row[3].split()[0]) >= 240
