from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnist_model.augmentation import (
    FEW_PIXELS,
    SHAKES,
    SHARE_OF_DRAWN,
    Variety,
    augmented,
    by_any_hand,
    coarse,
    disturbed,
    moved,
    others,
    photographed,
    shaken,
)
from mnist_model.contract import NO_DIGIT, SEVERAL, Image
from mnist_model.dataset import Split, load_test_split
from mnist_model.european_shapes import bar, flag, foot, slash, with_european_stroke
from mnist_model.pen import (
    CANVAS,
    SHARE_OF_GRAINY,
    blank,
    draw_line,
    grained,
    inked,
    placed,
    stroke_of,
)

greys = st.floats(0, 1, width=32)
pictures = st.integers(1, 3).flatmap(
    lambda count: arrays(np.float32, (count, 28, 28), elements=greys)
)
seeds = st.integers(0, 2**32 - 1)

ALL_KINDS = Variety(
    other_forms=True,
    share_of_fonts=0.2,
    share_of_optdigits=0.2,
    share_as_is=0.3,
    share_coarse=0.3,
    share_cluttered=0.3,
    share_shaken=0.3,
)


@pytest.fixture(scope="module")
def digits() -> Split:
    test = load_test_split()
    return Split(test.images[:200], test.labels[:200])


def labels_of(images: Image) -> np.ndarray:
    return np.arange(len(images), dtype=np.uint8)


def is_picture(images: Image) -> bool:
    return images.dtype == np.float32 and images.min() >= 0 and images.max() <= 1


@given(pictures, seeds)
@settings(max_examples=40)
def test_a_variant_is_a_picture_of_the_same_kind(images: Image, seed: int) -> None:
    variants = augmented(images, labels_of(images), ALL_KINDS, np.random.default_rng(seed))
    assert variants.shape == images.shape
    assert is_picture(variants)


def test_the_same_chance_makes_the_same_variants_and_leaves_the_originals_alone(
    digits: Split,
) -> None:
    before = digits.images.copy()
    one = augmented(digits.images, digits.labels, ALL_KINDS, np.random.default_rng(5))
    other = augmented(digits.images, digits.labels, ALL_KINDS, np.random.default_rng(5))
    assert np.array_equal(one, other)
    assert np.array_equal(digits.images, before)


def test_each_digit_gets_a_variant_of_its_own(digits: Split) -> None:
    copies = np.repeat(digits.images[:1], 50, axis=0)
    labels = np.repeat(digits.labels[:1], 50)
    variants = augmented(copies, labels, ALL_KINDS, np.random.default_rng(1))
    assert len(np.unique(variants, axis=0)) == 50


def test_variants_stand_in_the_middle_of_their_picture_as_mnist_does(digits: Split) -> None:
    variants = augmented(digits.images, digits.labels, ALL_KINDS, np.random.default_rng(1))
    columns, rows = np.meshgrid(np.arange(28), np.arange(28))
    ink = variants.sum(axis=(1, 2))
    for axis in (columns, rows):
        centres = (variants * axis).sum(axis=(1, 2)) / ink
        assert np.abs(centres - 14).max() < 4


@pytest.mark.parametrize("count", [0, 1, 60])
def test_as_many_pictures_of_no_single_digit_are_made_as_are_asked_for(
    digits: Split, count: int
) -> None:
    made = others(digits, count, ALL_KINDS, np.random.default_rng(count))
    assert made.images.shape == (count, 28, 28)
    assert made.labels.shape == (count,)
    assert set(made.labels) <= {NO_DIGIT, SEVERAL}


def test_the_pictures_of_no_single_digit_differ_and_are_of_both_kinds(digits: Split) -> None:
    made = others(digits, 60, ALL_KINDS, np.random.default_rng(1))
    assert is_picture(made.images)
    assert len(np.unique(made.images, axis=0)) == 60
    assert set(made.labels) == {NO_DIGIT, SEVERAL}


def test_pictures_of_several_digits_are_broader_than_those_of_none(digits: Split) -> None:
    made = others(digits, 200, ALL_KINDS, np.random.default_rng(1))
    ink = made.images > 0.3
    widths = ink.any(axis=1).sum(axis=1) / ink.any(axis=2).sum(axis=1)
    of_several, of_none = (np.median(widths[made.labels == kind]) for kind in (SEVERAL, NO_DIGIT))
    assert of_several > 1.2 * of_none


@given(pictures, seeds)
@settings(max_examples=40)
def test_a_camera_takes_pictures_for_pictures(images: Image, seed: int) -> None:
    taken = photographed(images[0], np.random.default_rng(seed))
    assert taken.shape == (28, 28)
    assert is_picture(taken)


@given(pictures, seeds)
@settings(max_examples=40)
def test_a_moved_digit_is_a_picture_still(images: Image, seed: int) -> None:
    assert is_picture(moved(images[0], np.random.default_rng(seed)))


def test_a_moved_digit_keeps_nearly_all_its_ink(digits: Split) -> None:
    for seed, image in enumerate(digits.images[:50]):
        # Enlarged or reduced by up to 12 % in both directions, and by chance cut at the edge.
        share = moved(image, np.random.default_rng(seed)).sum() / image.sum()
        assert 0.72 < share < 1.3


def test_a_digit_seen_from_afar_keeps_its_ink_on_few_pixels(digits: Split) -> None:
    sides = set()
    for seed, image in enumerate(digits.images[:50]):
        rng = np.random.default_rng(seed)
        canvas = placed(image, rng)
        seen = coarse(canvas, rng)
        assert is_picture(seen)
        assert seen.max() == pytest.approx(1)
        # Where no pixel was full, all have more.
        assert 0.99 < seen.mean() / canvas.mean() < 1.8
        sides.add(seen.shape)
    assert min(sides)[0] >= FEW_PIXELS[0]
    assert max(sides)[0] < FEW_PIXELS[1]
    assert len(sides) > 10


def test_a_shaken_dot_becomes_a_trail_as_long_as_the_shake() -> None:
    canvas = blank()
    canvas[56, 56] = 1
    rng = np.random.default_rng(1)
    lengths = []
    for _ in range(200):
        trail = shaken(canvas, rng)
        assert is_picture(trail)
        assert trail.max() == 1
        rows, columns = np.nonzero(trail)
        lengths.append(float(np.hypot(np.ptp(rows), np.ptp(columns))))
    shortest, longest = SHAKES
    # A pixel on either side is of a moment that lies between two.
    assert shortest - 1 < min(lengths) < shortest + 3
    assert longest - 3 < max(lengths) < longest + 3


@pytest.mark.parametrize(("of_fonts", "of_optdigits"), [(0, 0), (0.12, 0), (0, 0.12), (0.3, 0.2)])
def test_so_many_digits_are_of_other_hands(of_fonts: float, of_optdigits: float) -> None:
    rng = np.random.default_rng(2)
    variety = replace(ALL_KINDS, share_of_fonts=of_fonts, share_of_optdigits=of_optdigits)
    nothing = np.zeros((28, 28), np.float32)  # what shows ink is of another hand, then
    canvases = [by_any_hand(nothing, digit % 10, variety, rng) for digit in range(1000)]
    assert all(is_picture(canvas) and canvas.shape == (CANVAS, CANVAS) for canvas in canvases)
    of_others = np.mean([canvas.any() for canvas in canvases])
    assert abs(of_others - SHARE_OF_DRAWN - of_fonts - of_optdigits) < 0.04


@pytest.mark.parametrize("share", [0.32, 0.16])
@pytest.mark.parametrize("kind", ["share_cluttered", "share_shaken", "share_coarse"])
def test_so_many_canvases_are_disturbed(kind: str, share: float) -> None:
    rng = np.random.default_rng(1)
    canvas = blank()
    draw_line(canvas, [(30, 20), (60, 55), (80, 90)], 9)
    before = canvas.copy()
    shares = {"share_cluttered": 0.0, "share_shaken": 0.0, "share_coarse": 0.0} | {kind: share}
    variety = Variety(
        other_forms=True, share_of_fonts=0.2, share_of_optdigits=0.2, share_as_is=0, **shares
    )
    made = [disturbed(canvas, variety, rng) for _ in range(1000)]
    assert np.array_equal(canvas, before)
    # A gap may miss the stroke.
    assert share - 0.08 < np.mean([not np.array_equal(p, canvas) for p in made]) < share + 0.04


def test_grain_takes_ink_away_here_and_there() -> None:
    canvas = blank()
    canvas[20:90, 40:70] = 1
    for seed in range(50):
        grainy = grained(canvas, np.random.default_rng(seed))
        assert is_picture(grainy)
        assert (grainy <= canvas).all()
        ink = grainy[20:90, 40:70]
        assert np.unique(ink).size > 100
        assert 0.4 < ink.mean() < 1


def test_so_many_pens_are_grainy() -> None:
    canvas = blank()
    canvas[20:90, 20:90] = 1
    rng = np.random.default_rng(1)
    # As deep inside, no pen has an edge.
    share = np.mean([inked(canvas, rng)[40:70, 40:70].min() < 1 for _ in range(1000)])
    assert share == pytest.approx(SHARE_OF_GRAINY, abs=0.03)


def test_what_has_no_ink_has_none_when_shaken() -> None:
    assert not shaken(blank(), np.random.default_rng(1)).any()


def test_a_digit_is_enlarged_onto_the_canvas_and_stays_whole(digits: Split) -> None:
    for seed, image in enumerate(digits.images[:50]):
        canvas = placed(image, np.random.default_rng(seed))
        assert canvas.shape == (CANVAS, CANVAS)
        assert is_picture(canvas)
        border = np.concatenate([canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]])
        assert border.max() < 0.5  # no more than the soft edge of a stroke


def test_the_pen_of_a_line_is_measured_about_as_wide_as_it_was() -> None:
    measured = []
    for width in (4, 8, 12):
        canvas = blank()
        draw_line(canvas, [(20, 56), (92, 56)], width)
        measured.append(stroke_of(canvas))
        assert stroke_of(canvas) == pytest.approx(width, abs=3)
    assert measured == sorted(measured)


def test_no_ink_has_no_width() -> None:
    assert stroke_of(blank()) == 0


def test_another_pen_keeps_the_canvas_a_picture(digits: Split) -> None:
    canvas = placed(digits.images[0], np.random.default_rng(0))
    for seed in range(20):
        assert is_picture(inked(canvas, np.random.default_rng(seed)))


@pytest.mark.parametrize(("digit", "stroke"), [(0, slash), (7, bar), (1, flag), (1, foot)])
def test_a_european_stroke_adds_ink_and_takes_none(
    digits: Split, digit: int, stroke: Callable[[Image, np.random.Generator], None]
) -> None:
    rng = np.random.default_rng(2)
    for image in digits.images[digits.labels == digit]:
        plain = placed(image, rng)
        marked = plain.copy()
        stroke(marked, rng)
        assert (marked >= plain).all()
        assert marked.sum() > plain.sum()


def test_only_zeros_ones_and_sevens_get_a_european_stroke_and_only_some(digits: Split) -> None:
    rng = np.random.default_rng(3)
    changed: dict[int, list[bool]] = {digit: [] for digit in range(10)}
    for image, label in zip(digits.images, digits.labels, strict=True):
        canvas = placed(image, rng)
        after = with_european_stroke(canvas, int(label), rng)
        changed[int(label)].append(not np.array_equal(after, canvas))
    assert all(any(changed[digit]) and not all(changed[digit]) for digit in (0, 1, 7))
    assert not any(any(changed[digit]) for digit in (2, 3, 4, 5, 6, 8, 9))


def test_blank_paper_gets_no_stroke() -> None:
    rng = np.random.default_rng(1)
    assert not any(with_european_stroke(blank(), digit, rng).any() for digit in [0, 1, 7] * 10)
