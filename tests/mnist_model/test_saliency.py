"""Which pixels a digit was read from."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_model import DigitReader
from mnist_model.contract import Image
from mnist_model.prediction import predict
from mnist_model.saliency import saliency
from tests.mnist_model.sheets import sheet, written


def by_one_pixel(images: Image) -> Image:
    """A network that says 7 as far as there is ink in row 10, column 20, else 1."""
    outputs = np.zeros((len(images), 10), np.float32)
    outputs[:, 7] = 0.5 + 0.4 * images[:, 10, 20]
    outputs[:, 1] = 1 - outputs[:, 7]
    return outputs


def test_what_the_network_goes_by_stands_out_and_nothing_else_does() -> None:
    reasons = saliency(by_one_pixel, np.ones((28, 28), np.float32))
    assert reasons.argmax() == 10 * 28 + 20
    assert reasons[10, 20] == pytest.approx(0.4)
    # A patch of five pixels reaches no farther than four.
    rows, columns = np.indices(reasons.shape)
    near = (np.abs(rows - 10) <= 4) & (np.abs(columns - 20) <= 4)
    assert (reasons[~near] == 0).all()
    assert (reasons[near] > 0).all()


def test_ink_speaks_for_a_digit_more_than_the_corners_of_its_paper(reader: DigitReader) -> None:
    for digit in range(10):
        crop = written(digit, side=28)
        reasons = saliency(reader.classify, crop)
        assert reasons[crop > 0.5].max() > np.abs(reasons[:4, :4]).max()


def test_each_digit_is_saved_beside_its_reasons(reader: DigitReader, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(sheet("274", "55").photo())
    predict(reader, tmp_path / "photo.png", why=tmp_path / "new" / "why.png")
    picture = cv2.imread(str(tmp_path / "new" / "why.png"))
    assert picture is not None
    height, width = picture.shape[:2]
    red = (picture[..., 2] > 180) & (picture[..., 0] < 140)
    # Four digits in the first row of tiles, one in the second: reasons stand in the right halves.
    for number in range(5):
        row, column = divmod(number, 4)
        tile = red[row * height // 2 :][: height // 2, column * width // 4 :][:, : width // 4]
        assert tile[:, width // 8 :].sum() > 30
        assert tile[:, : width // 8].sum() == 0


def test_a_photo_without_digits_has_no_reasons(reader: DigitReader, tmp_path: Path) -> None:
    (tmp_path / "blank.png").write_bytes(sheet("").photo())
    assert predict(reader, tmp_path / "blank.png", why=tmp_path / "why.png").error is None
    assert not (tmp_path / "why.png").exists()
