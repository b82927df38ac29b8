"""Laws first: how a digit lies on its paper changes nothing, but by rounding."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnist_model.contract import IMAGE_SIZE, Image, NoDigitFound
from mnist_model.dataset import load_mnist
from mnist_model.preprocessing import (
    INK_LEVEL,
    INK_SIZE,
    THINNEST_STROKE,
    centre,
    centre_of_mass,
    crop,
    invert_if_dark_on_light,
    normalize,
    prepare,
    prepare_ink,
    resize,
    stroke_width,
    thicken,
)
from tests.mnist_model.sheets import mnist

Grey = npt.NDArray[np.uint8]

MARGIN = 8  # pixels of paper around a digit at least, as on any sheet

digits = st.integers(0, 9999).map(lambda index: mnist().images[index])
margins = st.integers(MARGIN, 60)
small_greys = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40))
small_inks = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, max_side=40),
    elements=st.floats(0, 1, width=32),
)


def on_paper(ink: Image, *, top: int = MARGIN, left: int = MARGIN, right: int = MARGIN) -> Grey:
    """Black ink on white paper, with that much paper around it."""
    grey = 255 - (ink * 255).round().astype(np.uint8)
    return np.pad(grey, ((top, MARGIN), (left, right)), constant_values=255)


def enlarged(ink: Image, side: int) -> Image:
    return cv2.resize(ink, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 1)


@given(digits, margins, margins)
def test_moving_a_digit_changes_nothing(digit: Image, top: int, left: int) -> None:
    right = 60 + MARGIN - left  # the same paper, whatever `left` is
    moved = on_paper(digit, top=top, left=left, right=right)
    assert np.array_equal(prepare(moved), prepare(on_paper(digit)))


@given(digits, margins, margins, margins)
def test_padding_a_digit_changes_nothing(digit: Image, top: int, left: int, right: int) -> None:
    padded = on_paper(digit, top=top, left=left, right=right)
    assert np.array_equal(prepare(padded), prepare(on_paper(digit)))


@given(digits)
def test_inverting_a_digit_changes_nothing(digit: Image) -> None:
    dark_on_light = on_paper(digit)
    assert np.array_equal(prepare(255 - dark_on_light), prepare(dark_on_light))


@given(digits, st.integers(0, 255), st.integers(0, 255))
def test_grey_ink_on_grey_paper_changes_nothing_but_by_rounding(
    digit: Image, ink: int, paper: int
) -> None:
    assume(abs(ink - paper) >= 64)
    black_on_white = on_paper(digit)
    grey = (ink + black_on_white / 255 * (paper - ink)).round().astype(np.uint8)
    expected = prepare(black_on_white)
    # A pixel on the verge of being ink may fall to the other side, and move the crop by one.
    difference = np.abs(prepare(grey) - expected)
    assert difference.mean() < 0.08
    assert abs(prepare(grey).sum() - expected.sum()) < 0.15 * expected.sum()


@given(digits, st.integers(60, 150), st.integers(2, 4))
def test_scaling_a_digit_changes_nothing_but_by_rounding(
    digit: Image, side: int, times: int
) -> None:
    grey = on_paper(enlarged(digit, side))
    ink = crop(normalize(255 - grey))
    # Thin strokes are widened by whole pixels, which are smaller on a larger picture.
    assume(stroke_width(ink) * INK_SIZE / max(ink.shape) > 1.2 * THINNEST_STROKE)
    larger = np.kron(grey, np.ones((times, times), np.uint8))
    assert prepare(larger) == pytest.approx(prepare(grey), abs=1e-3)


@pytest.mark.parametrize("side", [60, 100, 250])
def test_photographing_a_digit_from_another_distance_changes_little(side: int) -> None:
    differences = [
        np.abs(prepare(on_paper(enlarged(digit, side))) - prepare(on_paper(enlarged(digit, 160))))
        for digit in mnist().images[:300]
    ]
    assert np.mean(differences) < 0.02


def test_mnists_own_digits_come_out_as_they_went_in() -> None:
    # It was made with the same steps.
    differences = [np.abs(prepare_ink(digit) - digit) for digit in mnist().images[:1000]]
    assert np.mean(differences) < 0.01


@pytest.mark.parametrize(("pixels", "most"), [(8, 0.06), (12, 0.04), (16, 0.03)])
def test_a_digit_on_few_pixels_comes_out_much_as_on_many(pixels: int, most: float) -> None:
    differences = []
    for digit in mnist().images[:300]:
        large = on_paper(enlarged(digit, 280))
        small = cv2.resize(
            large, None, fx=pixels / 200, fy=pixels / 200, interpolation=cv2.INTER_AREA
        )
        differences.append(np.abs(prepare(small) - prepare(large)))
    assert np.mean(differences) < most


@given(small_greys)
def test_any_picture_comes_out_as_a_network_takes_it_unless_all_its_pixels_are_alike(
    grey: Grey,
) -> None:
    if grey.min() == grey.max():
        with pytest.raises(NoDigitFound):
            prepare(grey)
        return
    image = prepare(grey)
    assert image.shape == (IMAGE_SIZE, IMAGE_SIZE)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert INK_LEVEL / 4 < image.max() <= 1


@given(small_inks)
def test_no_ink_is_found_only_where_there_is_none(ink: Image) -> None:
    if ink.max() < INK_LEVEL:
        with pytest.raises(NoDigitFound, match=f"None of {ink.size} pixels"):
            crop(ink)
        return
    cropped = crop(ink)
    assert (ink >= INK_LEVEL).sum() == (cropped >= INK_LEVEL).sum()
    for edge in (cropped[0], cropped[-1], cropped[:, 0], cropped[:, -1]):
        assert edge.max() >= INK_LEVEL


@given(small_greys)
def test_after_inverting_most_of_the_border_is_dark(grey: Grey) -> None:
    turned = invert_if_dark_on_light(grey)
    border = np.concatenate([turned[0], turned[-1], turned[:, 0], turned[:, -1]])
    assert np.median(border) <= (int(turned.min()) + int(turned.max())) / 2
    assert np.array_equal(invert_if_dark_on_light(turned), turned)


@given(small_greys)
def test_normalizing_stretches_from_0_to_1(grey: Grey) -> None:
    ink = normalize(grey)
    assert ink.dtype == np.float32
    assert ink.min() == 0
    assert ink.max() == (1 if grey.max() > grey.min() else 0)


@given(st.integers(1, 400), st.integers(1, 400))
def test_resizing_fits_the_ink_into_its_box_with_its_aspect_kept(height: int, width: int) -> None:
    resized = resize(np.ones((height, width), np.float32))
    assert max(resized.shape) == INK_SIZE
    factor = INK_SIZE / max(height, width)
    for side, was in zip(resized.shape, (height, width), strict=True):
        assert side == max(1, round(was * factor))
    assert resized == pytest.approx(1, abs=1e-6)


@given(digits)
def test_the_centre_of_mass_lies_where_mnist_has_it(digit: Image) -> None:
    assert centre_of_mass(centre(resize(crop(digit)))) == pytest.approx((14, 14), abs=0.5 + 1e-3)


@given(
    arrays(np.float32, (6, 9), elements=st.floats(0.5, 1, width=32)),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_moving_the_ink_moves_its_centre_of_mass_as_far(ink: Image, down: int, right: int) -> None:
    row, column = centre_of_mass(ink)
    moved = np.pad(ink, ((down, 0), (right, 0)))
    assert centre_of_mass(moved) == pytest.approx((row + down, column + right), rel=1e-4)


def test_there_is_no_centre_of_mass_without_ink() -> None:
    with pytest.raises(NoDigitFound, match="all 20 pixels are paper"):
        centre_of_mass(np.zeros((4, 5), np.float32))


def test_ink_that_would_fall_off_the_paper_keeps_to_its_edge() -> None:
    heavy_on_one_side = np.full((20, 20), 0.001, np.float32)
    heavy_on_one_side[:, 0] = 1
    heavy_on_one_side[0, :] = 1
    placed = centre(heavy_on_one_side)
    assert placed.sum() == pytest.approx(heavy_on_one_side.sum())
    assert placed[-1].any()
    assert placed[:, -1].any()


def line(length: int, width: int, degrees: float) -> Image:
    """A straight stroke of ink, with soft edges."""
    half_side = length / 2 + 2 * width
    y, x = np.mgrid[-half_side : half_side + 1, -half_side : half_side + 1]
    angle = np.radians(degrees)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    inside = np.minimum(length / 2 - np.abs(along), width / 2 - np.abs(across))
    return (inside + 0.5).clip(0, 1).astype(np.float32)


@given(st.integers(3, 30), st.integers(8, 20), st.floats(0, 180))
def test_the_stroke_width_is_that_of_a_line_at_any_angle(
    width: int, times_as_long: int, degrees: float
) -> None:
    measured = stroke_width(line(width * times_as_long, width, degrees))
    # A pixel is ink or not, so the line itself is up to one wider; its ends are outline too.
    assert measured == pytest.approx(width, rel=0.2, abs=1)


@given(st.integers(1, 6), st.integers(100, 1500), st.floats(0, 180))
@settings(max_examples=40)
def test_a_fine_line_is_as_wide_as_mnists_thin_ones_at_the_end(
    width: int, length: int, degrees: float
) -> None:
    assume(width < THINNEST_STROKE * length / INK_SIZE - 1)
    ink = crop(line(length, width, degrees))
    thick = thicken(ink)
    in_the_end = stroke_width(thick) * INK_SIZE / max(thick.shape)
    # The ends of the line count as outline too, and it got longer as well.
    assert 0.7 * THINNEST_STROKE < in_the_end < 1.1 * THINNEST_STROKE


def test_strokes_that_are_wide_enough_stay_as_they_are() -> None:
    ink = crop(line(200, 25, 30))
    assert thicken(ink) is ink


def test_a_fine_pen_keeps_its_ink_when_a_large_drawing_is_shrunk() -> None:
    ring = np.zeros((1200, 900), np.float32)
    cv2.ellipse(ring, (450, 600), (430, 580), 0, 0, 360, 1.0, 2)
    image = prepare_ink(ring)
    assert image.max() == pytest.approx(1, abs=0.1)
    # Of a ring as wide as MNIST's strokes, an ellipse of 20 x 15 pixels.
    assert image.sum() == pytest.approx(np.pi * 17.5 * THINNEST_STROKE, rel=0.25)


def test_mnists_strokes_are_as_wide_as_the_constant_says() -> None:
    # Every 7th: two groups of writers take turns, with an even step only one would be measured.
    widths = np.array([stroke_width(digit) for digit in load_mnist().train.images[::7]])
    assert (widths < THINNEST_STROKE).mean() == pytest.approx(1 / 6, abs=0.02)
    assert np.median(widths) == pytest.approx(2.4, abs=0.05)
