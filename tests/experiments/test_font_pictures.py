import shutil
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import ImageFont

from experiments.font_pictures import (
    KIN,
    LETTERS,
    MISSING,
    ORNATE,
    SIDE,
    are_kin,
    digits_of,
    main,
    rendered,
    shapes,
    without_hairlines,
)
from mnist_model.handwriting_fonts import FOLDER

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
WITHOUT_DIGITS = "STIXSizOneSymReg"


def folder_of(parent: Path, fonts: dict[str, str]) -> Path:
    """A folder of Matplotlib's fonts: each by its name there, under a name of its own."""
    folder = parent / "fonts"
    folder.mkdir()
    for name, copy in fonts.items():
        shutil.copy(FONTS / f"{name}.ttf", folder / f"{copy}.ttf")
    return folder


def test_the_pictures_are_of_different_hands_and_some_are_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fonts = folder_of(
        tmp_path,
        {"cmti10": "a", "STIXGeneralBol": "c", "DejaVuSans": "d", WITHOUT_DIGITS: "e"},
    )
    shutil.copy(FONTS / "cmti10.ttf", fonts / "b.ttf")  # the same hand
    shutil.copy(FONTS / "STIXGeneralItalic.ttf", fonts / f"{min(ORNATE)}.ttf")
    made = tmp_path / "made"
    monkeypatch.setattr(sys, "argv", ["", str(fonts), "--output", str(made)])
    assert main() == 0
    assert capsys.readouterr().out.splitlines() == ["Learnt from: c, d.", "Held out: a."]
    for name, count in (("digits", 2), ("held_out", 1)):
        with np.load(made / f"{name}.npz") as arrays:
            assert arrays["images"].shape == (10 * count, SIDE, SIDE)
            assert arrays["images"].dtype == np.uint8
            assert arrays["labels"].tolist() == [*range(10)] * count
    with np.load(made / "letters.npz") as arrays:
        assert arrays["images"].shape == (2 * len(LETTERS), 28, 28)


def test_too_few_fonts_and_no_folder_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for fonts, told in ((tmp_path, "too few fonts"), (tmp_path / "none", "no folder")):
        monkeypatch.setattr(sys, "argv", ["", str(fonts), "--output", str(tmp_path / "made")])
        with pytest.raises(SystemExit):
            main()
        assert told in capsys.readouterr().err


def test_fonts_of_one_name_or_of_digits_much_alike_are_kin() -> None:
    digits = {
        Path(name): digits_of(FONTS / f"{font}.ttf")
        for name, font in (("edu-a", "DejaVuSans"), ("edu-b", "cmti10"), ("other", "DejaVuSans"))
    }
    known = {path: shapes(found) for path, found in digits.items() if found is not None}
    assert are_kin(Path("edu-a"), Path("edu-b"), known)
    assert are_kin(Path("edu-a"), Path("other"), known)
    assert not are_kin(Path("other"), Path("edu-b"), known)


def test_no_hand_that_is_held_out_is_kin_of_one_that_is_learned_from() -> None:
    with np.load(FOLDER / "digits.npz") as learned, np.load(FOLDER / "held_out.npz") as held_out:
        first, second = (
            np.stack([shapes(hand) for hand in arrays["images"].reshape(-1, 10, SIDE, SIDE)])
            for arrays in (learned, held_out)
        )
    likenesses = np.einsum("ikp,jkp->ij", first, second) / 10
    assert 0.8 < likenesses.max() <= KIN


def test_what_a_font_lacks_is_no_picture_of_the_box_that_stands_for_it() -> None:
    font = ImageFont.truetype(str(FONTS / "DejaVuSans.ttf"), 100)
    assert rendered(font, MISSING) is None
    assert digits_of(FONTS / f"{WITHOUT_DIGITS}.ttf") is None


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
