"""Fours drawn from scratch, for training: open at the top, closed, and of one stroke.

What a form is, drawn_digits.py says.
"""

import numpy as np

from mnist_model.pen import Knots, corner


def open_four(rng: np.random.Generator) -> list[Knots]:
    """An angle or a bowl, and a stem beside its end or at it, as in a y."""
    bar, stem = rng.uniform(0.35, 0.78), rng.uniform(0.5, 0.68)
    left, reach = rng.uniform(0.0, 0.25), stem + rng.uniform(-0.01, 0.35)
    angle = [(left + rng.uniform(0, 0.4), 0.0), *corner(left, bar), (reach, bar - 0.02)]
    bowl = [(left, 0.0), (left, 0.4 * bar), (left + 0.1, bar), (0.45, bar), (reach, bar - 0.06)]
    foot = (stem + rng.uniform(-0.12, 0.02), 1.0)
    down = [(stem + rng.normal(0, 0.05), rng.uniform(0, min(0.5, bar - 0.2))), foot]
    return [angle if rng.random() < 0.6 else bowl, down]


def closed_four(rng: np.random.Generator) -> list[Knots]:
    """A triangle whose upper end the stem meets, sharp or blunt."""
    bar, stem = rng.uniform(0.35, 0.78), rng.uniform(0.5, 0.65)
    reach = stem + rng.uniform(-0.01, 0.35)
    blunt = rng.uniform(0, 0.15)
    top = (stem - blunt, rng.uniform(0, 0.06))
    down = [(stem + rng.normal(0, 0.02), 0.0), (stem + rng.normal(0, 0.04), 1.0)]
    return [[top, *corner(rng.uniform(0, 0.1), bar), (reach, bar)], down]


def four_of_one_stroke(rng: np.random.Generator) -> list[Knots]:
    """Along the bar, up, and straight down, without lifting the pen."""
    bar = rng.uniform(0.45, 0.65)
    start = (rng.uniform(0.1, 0.3), rng.uniform(0, 0.15))
    top = (0.62, rng.uniform(0.0, 0.25))
    return [[start, *corner(0.05, bar), (0.4, bar), *corner(*top), (0.58, 1.0)]]
