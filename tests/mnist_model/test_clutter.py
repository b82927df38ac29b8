from collections.abc import Callable

import numpy as np
import pytest

from mnist_model.clutter import cluttered, lightly_cluttered
from mnist_model.contract import Image
from mnist_model.pen import blank, draw_line


@pytest.mark.parametrize(
    ("clutter", "share"), [(cluttered, 0.32), (lightly_cluttered, 0.16)], ids=["much", "little"]
)
def test_so_many_canvases_get_ink_or_gaps(
    clutter: Callable[[Image, np.random.Generator], Image], share: float
) -> None:
    rng = np.random.default_rng(1)
    canvas = blank()
    draw_line(canvas, [(30, 20), (60, 55), (80, 90)], 9)
    before = canvas.copy()
    made = [clutter(canvas, rng) for _ in range(1000)]
    assert np.array_equal(canvas, before)
    assert all(picture.shape == canvas.shape for picture in made)
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in made)
    # A gap may miss the stroke.
    assert share - 0.08 < np.mean([not np.array_equal(p, canvas) for p in made]) < share + 0.04
    assert any((picture > canvas).any() for picture in made)
    assert any((picture < canvas).any() for picture in made)
