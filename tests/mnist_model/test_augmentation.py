from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnist_model.augmentation import augmented, photographed, reweighted, warped
from mnist_model.contract import Image
from mnist_model.dataset import load_test_split

greys = st.floats(0, 1, width=32)
pictures = st.integers(1, 3).flatmap(
    lambda count: arrays(np.float32, (count, 28, 28), elements=greys)
)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def digits() -> Image:
    return load_test_split().images[:200]


@given(pictures, seeds)
@settings(max_examples=50)
def test_a_variant_is_a_picture_of_the_same_kind(images: Image, seed: int) -> None:
    variants = augmented(images, np.random.default_rng(seed))
    assert variants.shape == images.shape
    assert variants.dtype == np.float32
    assert variants.min() >= 0
    assert variants.max() <= 1


@given(pictures, seeds)
@settings(max_examples=20)
def test_the_same_chance_makes_the_same_variants_and_leaves_the_originals_alone(
    images: Image, seed: int
) -> None:
    before = images.copy()
    one = augmented(images, np.random.default_rng(seed))
    other = augmented(images, np.random.default_rng(seed))
    assert np.array_equal(one, other)
    assert np.array_equal(images, before)


def test_each_digit_gets_a_variant_of_its_own(digits: Image) -> None:
    copies = np.repeat(digits[:1], 50, axis=0)
    variants = augmented(copies, np.random.default_rng(1))
    assert len(np.unique(variants, axis=0)) == 50


def test_a_variant_keeps_most_of_its_digit_in_the_picture(digits: Image) -> None:
    # However it is moved and stretched: cut at the border, digits would teach the wrong thing.
    chances = [np.random.default_rng(seed) for seed in range(len(digits))]
    variants = np.stack([warped(*pair) for pair in zip(digits, chances, strict=True)])
    kept = variants.sum(axis=(1, 2)) / digits.sum(axis=(1, 2))
    assert kept.min() > 0.6  # the smallest stretch leaves 0.85 * 0.85 of the area
    assert kept.max() < 1.6


def test_a_pen_of_another_weight_adds_or_takes_ink_but_never_where_there_is_none_near(
    digits: Image,
) -> None:
    for seed, digit in enumerate(digits[:50]):
        variant = reweighted(digit, np.random.default_rng(seed))
        rows, columns = np.nonzero(digit)
        reach = np.zeros((30, 30), bool)
        for down, right in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]:
            reach[rows + 1 + down, columns + 1 + right] = True
        assert (variant[~reach[1:-1, 1:-1]] == 0).all()
        assert not np.array_equal(variant, digit)


@pytest.mark.parametrize("step", [reweighted, warped])
def test_blank_paper_stays_blank(step: Callable[[Image, np.random.Generator], Image]) -> None:
    paper = np.zeros((28, 28), np.float32)
    assert not step(paper, np.random.default_rng(1)).any()


def test_the_camera_leaves_some_digits_as_they_are(digits: Image) -> None:
    # So that the network also sees sharp digits of full ink, as MNIST's own are.
    same = [
        np.array_equal(photographed(digit, np.random.default_rng(seed)), digit)
        for seed, digit in enumerate(digits)
    ]
    assert 0.2 < np.mean(same) < 0.6
