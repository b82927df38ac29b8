"""Digits drawn from scratch in forms that MNIST's writers seldom used, for training.

Each form is what a school or a habit teaches: a one with a flag (drawn_ones.py), a two with a
loop, a four open or closed at the top (drawn_fours.py), a five whose bar stands apart, an eight of
two circles, a nine on a hook. A form is a few strokes, each a row of knots that the pen passes
(pen.py), in a box one unit high: x to the right, y down, (0, 0) its upper left corner.
"""

from collections.abc import Callable

import numpy as np

from mnist_model.contract import Image
from mnist_model.drawn_fours import closed_four, four_of_one_stroke, open_four
from mnist_model.drawn_ones import one_of_one_stroke, one_with_flag
from mnist_model.pen import Knots, Points, corner, drawn_strokes

Form = Callable[[np.random.Generator], list[Knots]]


def drawn(digit: int, rng: np.random.Generator) -> Image:
    """The digit in one of its forms, as `pen.drawn_strokes` returns it."""
    forms = FORMS[digit]
    return drawn_strokes(forms[rng.integers(len(forms))](rng), rng)


def _arc(
    centre: tuple[float, float], radii: tuple[float, float], start: float, end: float
) -> Points:
    """Knots on an ellipse, from one angle to another, in degrees: 0 is right, 90 is down."""
    angles = np.deg2rad(np.linspace(start, end, max(4, round(abs(end - start) / 40))))
    return np.asarray(centre) + np.asarray(radii) * np.stack([np.cos(angles), np.sin(angles)], 1)


def _closed_zero(rng: np.random.Generator) -> list[Knots]:
    """A ring whose ends meet, miss or cross one another."""
    start = rng.uniform(-140, -40)
    way = -1 if rng.random() < 0.8 else 1
    ring = _arc((0.35, 0.5), (0.35, 0.5), start, start + way * rng.uniform(330, 390))
    ring[-1] += rng.normal(0, 0.06, 2)
    return [ring]


def _zero_of_two_strokes(rng: np.random.Generator) -> list[Knots]:
    """A left and a right half that may stand apart at the top."""
    gap = rng.uniform(0, 0.1)
    left = _arc((0.35, 0.5), (0.33, 0.5), -100, -280)
    right = _arc((0.37 + gap, 0.5), (0.33 - gap, 0.5), -90, rng.uniform(80, 110))
    return [left, right]


def _slashed_zero(rng: np.random.Generator) -> list[Knots]:
    reach = rng.uniform(-0.12, 0.08)
    slash = [(0.62 + reach, 0.15 - reach), (0.08 - reach, 0.85 + reach)]
    return [*_closed_zero(rng), slash]


def _two_with_loop(rng: np.random.Generator) -> list[Knots]:
    """A small loop at the foot, or one so large that the two looks like an alpha."""
    size = rng.uniform(0.6, 1.5) if rng.random() < 0.7 else rng.uniform(1.5, 4)
    loop = [(0.12, 0.97), (0.12 - 0.1 * size, 0.92), (0.14, 0.92 - 0.13 * size), (0.38, 0.86)]
    end = (rng.uniform(0.8, 1.1), rng.uniform(0.7, 1))
    return [[*_head_of_two(rng), (0.5, 0.62), *loop, (0.6, 0.98), end]]


def _two_with_corner(rng: np.random.Generator) -> list[Knots]:
    end = (rng.uniform(0.65, 0.95), rng.uniform(0.93, 1.03))
    return [[*_head_of_two(rng), (0.45, 0.62), *corner(0.05, 1.0), end]]


def _two_with_upright_stem(rng: np.random.Generator) -> list[Knots]:
    """Narrow, with a short head; its level foot goes to the right alone, unlike a one's."""
    foot = rng.uniform(0.08, 0.25)
    head = [(rng.uniform(0, 0.12), rng.uniform(0.1, 0.25)), (0.18, 0.0), (0.36, 0.14)]
    end = (foot + rng.uniform(0.35, 0.7), rng.uniform(0.9, 1.02))
    return [[*head, (0.32, 0.5), *corner(foot, 1.0), end]]


def _head_of_two(rng: np.random.Generator) -> list[tuple[float, float]]:
    curl = [(0.3, 0.28), (0.15, 0.25)] if rng.random() < 0.35 else []
    return [*curl, (0.08, 0.15), (0.38, 0.0), (0.68, 0.2)]


def _round_three(rng: np.random.Generator) -> list[Knots]:
    """Two bows, between them a corner or a loop, with or without curls at the ends."""
    head = [(0.28, 0.26), (0.12, 0.22)] if rng.random() < 0.4 else []
    size = rng.uniform(0.4, 1.4)
    waist = (
        [(0.3, 0.48 + 0.04 * size), (0.3 - 0.1 * size, 0.47), (0.32, 0.47 - 0.06 * size)]
        if rng.random() < 0.5
        else corner(rng.uniform(0.25, 0.4), 0.46)
    )
    tail = [(0.04, 0.78), (0.18, 0.72), (0.26, 0.8)] if rng.random() < 0.4 else []
    bows = [(0.08, 0.14), (0.38, 0.0), (0.66, 0.2), (0.5, 0.42)], [(0.56, 0.5), (0.74, 0.74)]
    return [[*head, *bows[0], *waist, *bows[1], (0.42, 1.0), (0.06, 0.88), *tail]]


def _three_with_roof(rng: np.random.Generator) -> list[Knots]:
    roof = [(0.08, rng.uniform(0, 0.08)), *corner(0.68, 0.0), *corner(0.32, 0.4)]
    return [[*roof, (0.72, 0.62), (0.6, 0.92), (0.35, 1.0), (0.05, 0.9)]]


def _five_with_bar(rng: np.random.Generator) -> list[Knots]:
    """Stem and belly, and a bar that may stand apart from them or hang lower."""
    size = rng.uniform(0.9, 1.2)
    neck = rng.uniform(0.3, 0.48)
    body = [(0.16, 0.0), (0.12, neck), (0.45, neck - 0.04), (0.68 * size, 0.68)]
    start = (0.16 + rng.uniform(-0.06, 0.16), rng.uniform(-0.12, 0.06))
    bar = [start, (rng.uniform(0.55, 0.95), start[1] + rng.normal(-0.03, 0.05))]
    return [[*body, (0.4, 1.0), (0.02, rng.uniform(0.82, 0.98))], bar]


def _five_of_one_stroke(rng: np.random.Generator) -> list[Knots]:
    bar = [(rng.uniform(0.6, 0.85), rng.uniform(-0.03, 0.05)), *corner(0.2, 0.02)]
    neck = (0.13, rng.uniform(0.36, 0.48))
    turn = corner(*neck) if rng.random() < 0.5 else [neck]
    return [[*bar, *turn, (0.48, 0.4), (0.7, 0.68), (0.4, 1.0), (0.02, 0.9)]]


def _five_like_an_s(rng: np.random.Generator) -> list[Knots]:
    """Of one stroke without a corner: bar, stem and belly are one curve."""
    neck = rng.uniform(0.38, 0.5)
    head = [
        (rng.uniform(0.5, 0.85), rng.uniform(-0.02, 0.12)),
        (0.35, 0.0),
        (rng.uniform(0.1, 0.22), neck / 2),
    ]
    belly = [(0.68 * rng.uniform(0.85, 1.15), rng.uniform(0.62, 0.74)), (0.4, 1.0)]
    end = (rng.uniform(0, 0.12), rng.uniform(0.82, 0.96))
    return [[*head, (0.38, neck), *belly, end]]


def _six(rng: np.random.Generator) -> list[Knots]:
    """A stem, straight or bent, and a ring of any size that may stay open."""
    top = rng.uniform(0.4, 0.68)  # of the ring
    wide = rng.uniform(0.24, 0.36)
    centre = (0.36, (top + 1) / 2)
    ring = _arc(centre, (wide, (1 - top) / 2), 170, -rng.uniform(110, 220))
    bend = rng.normal(0.1, 0.1)
    start = (rng.uniform(0.3, 0.7), 0.0)
    left = 0.36 - wide
    stem = [start, ((start[0] + left) / 2 - bend, 0.3)]
    if rng.random() < 0.2:
        stem = [(start[0] + 0.12, 0.1), *stem]  # the stem hooks over
    return [[*stem, *ring]]


def _seven(rng: np.random.Generator) -> list[Knots]:
    """A level roof, straight or waved, and a leg, straight or bent, mostly with a bar."""
    roof = [(0.02, rng.uniform(-0.03, 0.1))]
    if rng.random() < 0.35:
        roof += [(0.2, -0.02), (0.45, 0.06)]  # waved
    if rng.random() < 0.35:
        roof = [(0.0, rng.uniform(0.12, 0.25)), *roof]  # it begins with a short stroke down
    edge, foot = rng.uniform(0.62, 0.85), rng.uniform(0.15, 0.5)
    bend = rng.normal(0, 0.06)
    leg = [((edge + foot) / 2 - bend, 0.5), (foot, 1.0)]
    strokes: list[Knots] = [[*roof, *corner(edge, rng.uniform(-0.03, 0.06)), *leg]]
    if rng.random() < 0.65:
        row, half = rng.uniform(0.38, 0.62), rng.uniform(0.12, 0.3)
        x, rise = edge + (foot - edge) * row - bend, rng.normal(0.03, 0.04)
        strokes.append([(x - half, row + rise), (x + half, row - rise)])
    return strokes


def _eight_of_two_rings(rng: np.random.Generator) -> list[Knots]:
    waist = rng.uniform(0.38, 0.56)
    upper, lower = rng.uniform(0.18, 0.3), rng.uniform(0.22, 0.36)
    shift, apart = rng.normal(0, 0.05, 2)
    apart = abs(apart) / 3
    first, second = rng.uniform(-180, 180, 2)
    return [
        _arc((0.4 + shift, waist / 2), (upper, waist / 2 - apart), first, first + 370),
        _arc((0.4, (1 + waist) / 2), (lower, (1 - waist) / 2), second, second + 370),
    ]


def _eight_of_one_stroke(rng: np.random.Generator) -> list[Knots]:
    """An S and the way back up, that may end before its beginning or beyond."""
    narrow = rng.uniform(0.6, 1)
    down = [(0.4 + 0.25 * narrow, 0.12), (0.4, 0.0), (0.4 - 0.24 * narrow, 0.2), (0.4, 0.45)]
    back = [(0.68, 0.75), (0.4, 1.0), (0.12, 0.76), (0.36, 0.5), (0.4 + 0.24 * narrow, 0.25)]
    end = (0.4 + rng.uniform(0.1, 0.35), rng.uniform(-0.05, 0.14))
    return [[*down, *back, end]]


def _nine(rng: np.random.Generator) -> list[Knots]:
    """A ring of any size, closed or not, and a leg, straight, bent or curled."""
    bottom, wide = rng.uniform(0.36, 0.66), rng.uniform(0.2, 0.38)
    start = rng.uniform(-50, 0)
    ring = _arc((0.36, bottom / 2), (wide, bottom / 2), start, -rng.uniform(330, 360))
    right = 0.36 + wide
    foot = (right + rng.uniform(-0.3, 0.05), 1.0)
    kind = rng.random()
    if kind < 0.45:
        leg = [*corner(right, bottom / 2 * rng.uniform(0.2, 1)), foot]
    elif kind < 0.75:
        leg = [(right, max(0.55, bottom)), ((right + foot[0]) / 2, 0.8), foot]
    else:
        leg = [
            (right, max(0.6, bottom)),
            (right - 0.1, 0.92),
            (0.32, 1.0),
            (0.05, rng.uniform(0.8, 0.95)),
        ]
    return [[*ring, *leg]]


def _nine_with_hook(rng: np.random.Generator) -> list[Knots]:
    """A leg that bows out to the right, from the ring's side or lower end, and a level foot."""
    bottom, wide = rng.uniform(0.3, 0.58), rng.uniform(0.17, 0.32)
    from_side = rng.random() < 0.6
    start = rng.uniform(-30, 10) if from_side else rng.uniform(70, 110)
    ring = _arc((0.35, bottom / 2), (wide, bottom / 2), start, start - rng.uniform(320, 360))
    out = 0.35 + wide + rng.uniform(-0.1, 0.2)
    leg = [(out, rng.uniform(0.62, 0.82)), (out - 0.1, 0.96), (0.35, 1.0)]
    foot = (rng.uniform(-0.05, 0.2), rng.uniform(0.88, 1.03))
    turn = corner(*ring[-1]) if not from_side else []
    return [[*ring, *turn, *leg, foot]]


FORMS: dict[int, tuple[Form, ...]] = {
    0: (_closed_zero, _zero_of_two_strokes, _slashed_zero),
    1: (one_of_one_stroke, one_with_flag),
    2: (_two_with_loop, _two_with_corner, _two_with_upright_stem),
    3: (_round_three, _three_with_roof),
    4: (open_four, closed_four, four_of_one_stroke),
    5: (_five_with_bar, _five_of_one_stroke, _five_like_an_s),
    6: (_six,),
    7: (_seven,),
    8: (_eight_of_two_rings, _eight_of_one_stroke),
    9: (_nine, _nine, _nine_with_hook),
}
"""How each digit may be drawn: one that stands twice is drawn twice as often."""
