import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_model.contract import Image
from mnist_model.corruption import (
    CORRUPTIONS,
    PHOTOGRAPHY,
    SEVERITIES,
    PhotoCorruption,
    clean_photo,
    corrupted_photo,
    file_of,
)
from mnist_model.dataset import Split, load_test_split
from mnist_model.scene.camera import perspective
from mnist_model.scene.light import hard_shadow, soft_shadow
from mnist_model.scene.page import MARGIN, SIZES, Page, write_page
from mnist_model.scene.thinning import middle_line

DIGITS = load_test_split()
row_lengths = st.lists(st.integers(1, 8), min_size=1, max_size=3)
seeds = st.integers(0, 2**32)


def page_with(lengths: list[int], seed: int) -> Page:
    num_digits = sum(lengths)
    digits = Split(DIGITS.images[:num_digits], DIGITS.labels[:num_digits])
    return write_page(digits, lengths, np.random.default_rng(seed))


def departure(page: Page, name: str, severity: int) -> float:
    """How far the corrupted photo is from the clean one: the mean over pixels, in grey values."""
    photo = corrupted_photo(page, name, severity, np.random.default_rng(3))
    return float(np.abs(photo.astype(float) - clean_photo(page)).mean())


@settings(max_examples=30)
@given(row_lengths, seeds)
def test_a_page_says_which_digits_stand_in_which_row(lengths: list[int], seed: int) -> None:
    page = page_with(lengths, seed)
    assert [len(row) for row in page.rows] == lengths
    assert "".join(page.rows) == "".join(map(str, DIGITS.labels[: sum(lengths)]))
    assert page.text == "/".join(page.rows)


@settings(max_examples=30)
@given(row_lengths, seeds)
def test_all_writing_keeps_off_the_edges_of_the_page(lengths: list[int], seed: int) -> None:
    page = page_with(lengths, seed)
    height, width = page.ink.shape
    rows, columns = np.nonzero(page.ink > 0.5)
    # A stroke's outline lies a pixel of MNIST beyond the pixels that it was cropped to.
    slack = 2 + page.digit_height / 20
    assert columns.min() >= MARGIN * width - slack
    assert columns.max() <= (1 - MARGIN) * width + slack
    assert rows.min() >= MARGIN * height - slack
    assert rows.max() <= (1 - MARGIN) * height + slack


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_seed_makes_the_same_photo(name: str) -> None:
    page = page_with([3, 2], seed=1)
    one, other = (corrupted_photo(page, name, 3, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.shape == (*page.ink.shape, 3)
    assert one.shape[1::-1] in SIZES
    assert one.dtype == np.uint8


@pytest.mark.parametrize("name", sorted({*CORRUPTIONS} - {"chalk"}))  # a board is never near white
def test_a_severer_corruption_departs_further_from_the_clean_photo(name: str) -> None:
    page = page_with([4, 4], seed=2)
    assert 0 < departure(page, name, 1) < departure(page, name, 5)


def test_chalk_stands_out_less_the_severer_it_is() -> None:
    page = page_with([4, 4], seed=2)
    contrasts = []
    for severity in SEVERITIES:
        grey = corrupted_photo(page, "chalk", severity, np.random.default_rng(3)).mean(axis=2)
        contrasts.append(grey[page.ink > 0.9].mean() - grey[page.ink == 0].mean())
    assert contrasts == sorted(contrasts, reverse=True)
    assert contrasts[-1] > 0


def test_pages_are_black_ink_on_white_paper_until_something_is_done_to_them() -> None:
    page = page_with([3], seed=4)
    grey = clean_photo(page).mean(axis=2)
    assert grey[page.ink > 0.9].max() < 70
    assert grey[page.ink == 0].min() > 200


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("seed", range(6))
def test_a_tilted_photo_still_shows_all_of_the_writing(severity: int, seed: int) -> None:
    page = np.ones((480, 640, 3), np.float32)
    # Four dots at the corners of where writing may stand.
    for row in (MARGIN, 1 - MARGIN):
        for column in (MARGIN, 1 - MARGIN):
            cv2.circle(page, (round(640 * column), round(480 * row)), 4, (1, 0, 0), -1)
    photo = perspective(page, severity, np.random.default_rng(seed))
    red = ((photo[..., 0] > 0.8) & (photo[..., 1] < 0.4)).astype(np.uint8)
    num_labels, _ = cv2.connectedComponents(red)
    assert num_labels - 1 == 4


@pytest.mark.parametrize("shadow", [soft_shadow, hard_shadow])
def test_a_shadow_only_darkens(shadow: PhotoCorruption) -> None:
    photo = np.full((480, 640, 3), 0.8, np.float32)
    shaded = shadow(photo, 3, np.random.default_rng(0))
    assert shaded.max() <= photo.max()
    assert shaded.min() == pytest.approx(0.8 * (1 - 0.44), abs=0.01)


@pytest.mark.parametrize("name", PHOTOGRAPHY)
def test_what_happens_to_a_photo_leaves_the_page_as_it_was(name: str) -> None:
    photo = np.random.default_rng(0).random((120, 160, 3), dtype=np.float32)
    before = photo.copy()
    changed: Image = PHOTOGRAPHY[name](photo, 4, np.random.default_rng(1))
    assert np.array_equal(photo, before)
    assert changed.shape == photo.shape
    assert 0 <= changed.min() <= changed.max() <= 1


def test_a_bar_is_thinned_to_a_line() -> None:
    bar = np.zeros((20, 40), bool)
    bar[7:14, 5:35] = True
    line = middle_line(bar)
    assert set(line.sum(axis=0)[10:30]) == {1}
    assert np.flatnonzero(line.any(axis=1)).tolist() == [10]


def test_a_ring_is_still_a_ring_when_thinned() -> None:
    ring = np.zeros((40, 40), np.uint8)
    cv2.circle(ring, (20, 20), 12, 1, 6)
    line = middle_line(ring > 0)
    paper_parts, _ = cv2.connectedComponents((~line).astype(np.uint8), connectivity=4)
    ink_parts, _ = cv2.connectedComponents(line.astype(np.uint8), connectivity=8)
    assert (paper_parts - 1, ink_parts - 1) == (2, 1)  # inside and outside, and one ring
    assert line.sum() < 0.3 * ring.sum()


def test_the_file_is_a_jpeg_that_shows_the_photo() -> None:
    photo = clean_photo(page_with([2], seed=5))
    file = np.frombuffer(file_of(photo), np.uint8)
    read = cv2.imdecode(file, cv2.IMREAD_COLOR)
    assert read is not None
    assert np.abs(read[..., ::-1].astype(float) - photo).mean() < 2
