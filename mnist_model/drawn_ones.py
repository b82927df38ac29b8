"""Ones drawn from scratch, for training: MNIST's are hardly ever more than a bare stroke.

What a form is, drawn_digits.py says.
"""

import numpy as np

from mnist_model.pen import Knots


def largest_angle(length: float) -> float:
    """Of a one's flag, in degrees from the vertical: short ones may be nearly level.

    Args:
        length: as a share of the stem. A long level flag would be the roof of a seven.
    """
    return 70.0 if length < 0.4 else 55.0


def one_of_one_stroke(rng: np.random.Generator) -> list[Knots]:
    """Straight, as a ruler or a mouse draws it, or a little bent."""
    return [_stem(rng)]


def one_with_flag(rng: np.random.Generator) -> list[Knots]:
    """A flag of any length, steeper than the roof of a seven unless it is short; often a foot."""
    stem = _stem(rng)
    top, foot = stem[0], stem[-1]
    length = rng.uniform(0.2, 0.8)
    angle = np.deg2rad(rng.uniform(18, largest_angle(length)))  # from the vertical
    drop = rng.uniform(0, 0.15) if rng.random() < 0.3 else 0.0  # the stem begins above the flag
    end = (top[0] - length * np.sin(angle), drop + length * np.cos(angle))
    sag = rng.normal(0, 0.04)
    middle = ((top[0] + end[0]) / 2 + sag, (drop + end[1]) / 2 + sag)
    strokes: list[Knots] = [[end, middle, (top[0], drop)], stem]
    if rng.random() < 0.35:
        left, right = rng.uniform(0.1, 0.3, 2)
        strokes.append([(foot[0] - left, 1.0), (foot[0] + right, 1.0)])
    return strokes


def _stem(rng: np.random.Generator) -> list[tuple[float, float]]:
    """The stem of a one, from its top to its foot."""
    lean, bend = rng.normal(0, 0.05, 2)
    return [(0.5, 0.0), (0.5 + lean / 2 - bend, 0.5), (0.5 + lean, 1.0)]
