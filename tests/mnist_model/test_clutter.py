import numpy as np

from mnist_model.clutter import cluttered
from mnist_model.pen import blank, draw_line


def test_clutter_adds_ink_and_takes_some_away() -> None:
    rng = np.random.default_rng(1)
    canvas = blank()
    draw_line(canvas, [(30, 20), (60, 55), (80, 90)], 9)
    before = canvas.copy()
    made = [cluttered(canvas, rng) for _ in range(300)]
    assert np.array_equal(canvas, before)
    assert all(picture.shape == canvas.shape for picture in made)
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in made)
    # A gap may miss the stroke.
    assert np.mean([not np.array_equal(picture, canvas) for picture in made]) > 0.85
    assert any((picture > canvas).any() for picture in made)
    assert any((picture < canvas).any() for picture in made)
