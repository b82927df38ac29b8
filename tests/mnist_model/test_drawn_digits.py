import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_model.drawn_digits import FORMS, drawn
from mnist_model.pen import DETAIL, DRAWN_HEIGHT

seeds = st.integers(0, 2**32 - 1)


def test_each_digit_has_a_form() -> None:
    assert sorted(FORMS) == list(range(10))
    assert all(FORMS.values())


@given(st.integers(0, 9), seeds)
def test_a_drawing_is_ink_on_paper_with_room_around_it(digit: int, seed: int) -> None:
    drawing = drawn(digit, np.random.default_rng(seed))
    assert drawing.shape == (28 * DETAIL, 28 * DETAIL)
    assert drawing.dtype == np.float32
    assert set(np.unique(drawing)) == {0, 1}
    rows = np.flatnonzero(drawing.any(axis=1))
    assert 0.6 * DRAWN_HEIGHT < rows[-1] - rows[0] < 1.4 * DRAWN_HEIGHT
    edge = np.concatenate([drawing[0], drawing[-1], drawing[:, 0], drawing[:, -1]])
    assert not edge.any()


@given(st.integers(0, 9), seeds)
def test_the_same_chance_draws_the_same_digit_and_other_chance_another(
    digit: int, seed: int
) -> None:
    first, again, other = (drawn(digit, np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
