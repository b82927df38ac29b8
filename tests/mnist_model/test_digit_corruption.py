import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnist_model.contract import Image
from mnist_model.corruption import SEVERITIES
from mnist_model.dataset import load_test_split
from mnist_model.digit_corruption import DIGIT_CORRUPTIONS
from mnist_model.preprocessing import centre_of_mass

DIGITS = load_test_split().images[:100]

names = st.sampled_from(sorted(DIGIT_CORRUPTIONS))
severities = st.sampled_from(SEVERITIES)
seeds = st.integers(0, 2**32)
any_pictures = arrays(
    np.float32,
    st.tuples(st.integers(1, 3), st.just(28), st.just(28)),
    elements=st.floats(0, 1, width=32),
)


def spoiled(name: str, severity: int, images: Image = DIGITS, seed: int = 3) -> Image:
    return DIGIT_CORRUPTIONS[name](images, severity, np.random.default_rng(seed))


def damage(name: str, severity: int) -> float:
    """How far the spoiled digits are from the clean ones, in the mean over pixels."""
    return float(np.abs(spoiled(name, severity) - DIGITS).mean())


@settings(max_examples=150, deadline=None)
@given(names, severities, any_pictures, seeds)
def test_whatever_is_spoiled_stays_a_picture_of_its_size(
    name: str, severity: int, images: Image, seed: int
) -> None:
    before = images.copy()
    after = spoiled(name, severity, images, seed)
    assert after.shape == images.shape
    assert after.dtype == np.float32
    assert after.min() >= 0
    assert after.max() <= 1
    assert np.array_equal(images, before)  # they are not spoiled in place
    assert np.array_equal(after, spoiled(name, severity, images, seed))


@pytest.mark.parametrize("name", DIGIT_CORRUPTIONS)
def test_each_severity_does_more_damage_than_the_one_below(name: str) -> None:
    damages = [damage(name, severity) for severity in SEVERITIES]
    assert damages[0] > 0
    assert damages == sorted(set(damages))


@pytest.mark.parametrize(
    "name", sorted({*DIGIT_CORRUPTIONS} - {"brightness", "canny edges", "scale"})
)
def test_what_is_left_to_chance_comes_out_otherwise_with_another_seed(name: str) -> None:
    assert not np.array_equal(spoiled(name, 3, seed=1), spoiled(name, 3, seed=2))


@pytest.mark.parametrize("name", ["impulse noise", "stripe", "spatter", "dotted line", "zigzag"])
def test_marks_come_on_bare_paper_too(name: str) -> None:
    paper = np.zeros((50, 28, 28), np.float32)
    assert (spoiled(name, 1, paper).max(axis=(1, 2)) > 0.3).all()


@pytest.mark.parametrize(
    "name", ["shot noise", "glass blur", "motion blur", "canny edges", "rotate"]
)
def test_paper_without_ink_stays_bare_where_only_ink_is_spoiled(name: str) -> None:
    paper = np.zeros((3, 28, 28), np.float32)
    assert spoiled(name, 5, paper).max() == 0


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_digit_is_moved_as_far_as_the_severity_says(severity: int) -> None:
    dot = np.zeros((40, 28, 28), np.float32)
    dot[:, 13:15, 13:15] = 1
    moved = [centre_of_mass(image) for image in spoiled("translate", severity, dot)]
    distances = np.hypot(*(np.array(moved) - centre_of_mass(dot[0])).T)
    np.testing.assert_allclose(distances, (1, 2, 3.5, 5, 6.5)[severity - 1], atol=0.05)


@pytest.mark.parametrize("name", ["shear", "scale", "rotate"])
def test_what_is_warped_keeps_its_middle(name: str) -> None:
    dot = np.zeros((20, 28, 28), np.float32)
    dot[:, 12:16, 12:16] = 1
    for image in spoiled(name, 5, dot):
        assert centre_of_mass(image) == pytest.approx((13.5, 13.5), abs=0.05)
