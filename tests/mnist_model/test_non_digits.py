import numpy as np
import pytest

from mnist_model.contract import Image
from mnist_model.dataset import load_test_split
from mnist_model.non_digits import draw_icon, fragment, is_upright_stroke, side_by_side
from mnist_model.pen import CANVAS, Points, blank, draw_line

MIDDLE = CANVAS / 2


def line(*points: tuple[float, float], pen: float = 10) -> Image:
    canvas = blank()
    draw_line(canvas, points, pen)
    return canvas


def bow(depth: float) -> Points:
    """An upright bow like a bracket, so many pixels deep."""
    heights = np.linspace(-1, 1, 20)
    return np.stack([MIDDLE + depth * heights**2, MIDDLE + 40 * heights], axis=1)


@pytest.mark.parametrize("pen", [3, 8, 14])
@pytest.mark.parametrize("lean", [-15, 0, 15])
def test_a_straight_stroke_is_upright_though_it_leans_a_little(pen: float, lean: float) -> None:
    assert is_upright_stroke(line((MIDDLE + lean, 10), (MIDDLE - lean, 100), pen=pen))


@pytest.mark.parametrize(
    "canvas",
    [
        blank(),
        line((10, MIDDLE), (100, MIDDLE)),
        line((10, 10), (MIDDLE, 100), (100, 10)),
        line((MIDDLE, 45), (MIDDLE, 65), pen=14),
        line(*bow(25).tolist()),
        np.maximum(line((45, 10), (45, 100)), line((65, 10), (65, 100))),
    ],
    ids=["nothing", "a level one", "an angle", "a dot", "a bow", "two"],
)
def test_other_ink_is_no_upright_stroke(canvas: Image) -> None:
    assert not is_upright_stroke(canvas)


def test_a_part_of_a_digit_is_never_a_one_and_lies_left_or_above() -> None:
    test = load_test_split()
    rng = np.random.default_rng(1)
    fours = test.images[:200][test.labels[:200] == 4]
    parts = [fragment(fours, rng) for _ in range(60)]
    assert not any(map(is_upright_stroke, parts))
    assert all((part > 0.5).any() for part in parts)
    middles = [np.argwhere(part > 0.5).mean(axis=0) for part in parts]
    row, column = np.mean(middles, axis=0)
    assert row + column < CANVAS - 5  # the wholes stood in the middle


def test_a_thin_sign_that_overlaps_the_one_before_cuts_nothing_off_it() -> None:
    broad, thin = blank(), blank()
    broad[20:90, 30:80] = 1
    thin[20:90, 50:53] = 1
    for seed in range(50):
        row = side_by_side([broad, thin], np.random.default_rng(seed))
        assert row.sum() >= broad.sum()


def test_an_icon_is_a_disc_or_a_square_with_a_figure_cut_out() -> None:
    filled = []
    for seed in range(60):
        canvas = blank()
        draw_icon(canvas, np.random.default_rng(seed))
        rows, columns = np.nonzero(canvas)
        assert set(np.unique(canvas)) == {0, 1}
        assert min(rows.min(), columns.min()) > 5
        assert max(rows.max(), columns.max()) < CANVAS - 6
        filled.append(canvas[rows.min() + 3, columns.min() + 3])  # a square's corner, no disc's
        box = canvas[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert 0.2 < box.mean() < 1
    assert 15 < sum(filled) < 45
