import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.optdigits_files import main


def row(count: int, digit: int) -> str:
    return ", ".join(map(str, [count] * 64 + [digit]))


def made(folder: Path, monkeypatch: pytest.MonkeyPatch, *, everything: list[str]) -> Path:
    """The files of these rows, of which the test digits are two alike and one more."""
    test = [row(16, 1), row(16, 1), row(3, 2)]
    (folder / "all.dat").write_text("@relation optdigits\n@data\n" + "\n".join(everything))
    with gzip.open(folder / "test.csv.gz", "wt") as file:
        file.write("\n".join(test))
    paths = [str(folder / name) for name in ("all.dat", "test.csv.gz", "new")]
    monkeypatch.setattr(sys, "argv", ["optdigits_files", *paths[:2], "--output", paths[2]])
    assert main() == 0
    return folder / "new"


def test_a_test_digit_is_left_out_as_often_as_it_occurs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = [row(16, 1)] * 3
    files = made(tmp_path, monkeypatch, everything=[row(8, 7), *alike, row(3, 2), row(3, 9)])
    with np.load(files / "train.npz") as train, np.load(files / "test.npz") as test:
        assert train["labels"].tolist() == [7, 1, 9]
        assert train["images"].dtype == np.uint8
        assert train["images"].shape == (3, 8, 8)
        assert train["images"][:, 0, 0].tolist() == [128, 255, 48]
        assert test["labels"].tolist() == [1, 1, 2]


def test_copies_that_do_not_belong_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="2 of the test digits are not among all"):
        made(tmp_path, monkeypatch, everything=[row(16, 1)])
