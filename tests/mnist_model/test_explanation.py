from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_model import DigitReader, NotAPhoto, load_reader
from mnist_model.explanation import GREEN, save_explanation, stages
from mnist_model.turning import turned_picture
from tests.mnist_model.sheets import Sheet, patterned, sheet


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return load_reader()


def test_each_stage_is_saved_as_a_picture_in_its_order(
    reader: DigitReader, tmp_path: Path
) -> None:
    saved = save_explanation(reader, sheet("42").photo(), tmp_path / "new")
    assert [path.name for path in saved] == [
        "1-picture.png",
        "2-paper.png",
        "3-contrast.png",
        "4-traces.png",
        "5-ink.png",
        "6-without-ruling.png",
        "7-strokes.png",
        "8-signs.png",
        "9-crops.png",
    ]
    assert all(cv2.imread(str(path)) is not None for path in saved)


def test_the_boxes_stand_round_the_digits_also_on_a_photo_larger_than_what_is_looked_at(
    reader: DigitReader,
) -> None:
    page = sheet("274", side=220)
    pictures = dict(stages(reader, page.photo()))
    scale = page.grey.shape[1] / pictures["signs"].shape[1]
    assert scale > 1
    green = np.all(pictures["signs"] == GREEN, axis=2)
    for box in page.boxes:
        left, right = round(box.x / scale), round((box.x + box.width) / scale)
        top, bottom = round(box.y / scale), round((box.y + box.height) / scale)
        near = green[top - 4 : bottom + 4, left - 4 : right + 4]
        assert near.any(axis=0).mean() > 0.9
        assert near.any(axis=1).mean() > 0.9


def test_a_photo_that_was_turned_to_be_read_is_shown_turned(reader: DigitReader) -> None:
    page = sheet("2743")
    lying = Sheet(turned_picture(page.grey, 90), ())
    signs = dict(stages(reader, lying.photo()))["signs"]
    assert signs.shape == dict(stages(reader, page.photo()))["signs"].shape
    assert np.all(signs == GREEN, axis=2).any()


def test_a_photo_of_which_the_firmest_ink_was_read_shows_that_ink(reader: DigitReader) -> None:
    pictures = dict(stages(reader, patterned(sheet("3", noise=4)).photo()))
    assert list(pictures) == ["picture", "contrast", "firmest-ink", "strokes", "signs", "crops"]
    pattern = np.abs(pictures["picture"].astype(int) - 130) < 20
    assert pattern.mean() > 0.2
    assert (pictures["firmest-ink"][pattern] == 255).mean() > 0.95


def test_what_is_no_photo_is_refused(reader: DigitReader, tmp_path: Path) -> None:
    with pytest.raises(NotAPhoto):
        save_explanation(reader, b"not a photo", tmp_path)
