import shutil
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from experiments import handwriting_fonts
from experiments.handwriting_fonts import (
    SIDE,
    digits_of,
    main,
    without_hairlines,
)
from mnist_model.handwriting_fonts import LETTERS

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
HANDS = ("DejaVuSans", "DejaVuSans-Oblique", "STIXGeneral", "STIXGeneralBol", "cmtt10")
WITHOUT_DIGITS = "STIXSizOneSymReg"


def test_the_pictures_are_of_different_hands_and_some_are_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fonts, made = tmp_path / "fonts", tmp_path / "made"
    fonts.mkdir()
    for name in (*HANDS, WITHOUT_DIGITS):
        shutil.copy(FONTS / f"{name}.ttf", fonts)
    shutil.copy(FONTS / "DejaVuSans.ttf", fonts / "The same hand.ttf")
    monkeypatch.setattr(sys, "argv", ["", str(fonts), "--output", str(made)])
    assert main() == 0
    printed = capsys.readouterr().out
    assert printed.splitlines() == [
        "Learnt from: DejaVuSans, STIXGeneral, STIXGeneralBol.",
        "Held out: DejaVuSans-Oblique, cmtt10.",
    ]
    for name, count in (("digits", 3), ("held_out", 2)):
        with np.load(made / f"{name}.npz") as arrays:
            assert arrays["images"].shape == (10 * count, SIDE, SIDE)
            assert arrays["images"].dtype == np.uint8
            assert arrays["labels"].tolist() == [*range(10)] * count
    with np.load(made / "letters.npz") as arrays:
        assert arrays["images"].shape == (3 * len(LETTERS), 28, 28)


def test_a_digit_is_as_large_as_mnists_and_in_the_middle() -> None:
    digits = digits_of(FONTS / "DejaVuSans.ttf")
    assert digits is not None
    rows, columns = np.nonzero(digits[8] > 127)
    assert abs(rows.max() - rows.min() + 1 - SIDE * 20 / 28) <= 2
    assert abs(rows.mean() - (SIDE - 1) / 2) < 1
    assert abs(columns.mean() - (SIDE - 1) / 2) < 1


@pytest.mark.parametrize(("pen", "breadth"), [(1, 9), (5, 9), (9, 9), (13, 13)])
def test_a_hairline_is_drawn_with_a_pen_and_a_broad_line_stays(pen: int, breadth: int) -> None:
    ink = np.zeros((101, 101), np.uint8)
    ink[20:81, 50 - pen // 2 : 51 + pen // 2] = 255
    columns = np.flatnonzero(without_hairlines(ink, finest=9)[50])
    assert abs(len(columns) - breadth) <= 2
    assert columns.mean() == 50


def test_ornate_fonts_are_left_out_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ornate = min(handwriting_fonts.ORNATE)
    for name, copy in (("DejaVuSans", "a"), ("DejaVuSerif", ornate), ("DejaVuSans-Bold", "b")):
        shutil.copy(FONTS / f"{name}.ttf", tmp_path / f"{copy}.ttf")
    made = tmp_path.parent / f"{tmp_path.name}-made"
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path), "--output", str(made)])
    main()
    assert capsys.readouterr().out.splitlines() == ["Learnt from: b.", "Held out: a."]
