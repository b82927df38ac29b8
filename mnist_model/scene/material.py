"""What a page is made of: the paper's colour and print, the pen, pencil or chalk.

Each function takes a page, a severity from 1 to 5 and the source of chance, and returns another
page with the same digits at the same places.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image
from mnist_model.scene.page import EDGE, MNIST_HEIGHT, Colour, Page, sharpened, sheet_of
from mnist_model.scene.texture import clouds
from mnist_model.scene.thinning import drawn_finer

PAPERS: tuple[tuple[Colour, ...], ...] = (
    ((0.90, 0.87, 0.78), (0.80, 0.81, 0.83)),  # cream, pale grey
    ((0.75, 0.73, 0.68), (0.92, 0.80, 0.80)),  # recycled, pale pink
    ((0.93, 0.86, 0.42), (0.62, 0.80, 0.64)),  # a yellow note, green
    ((0.66, 0.52, 0.37), (0.45, 0.62, 0.75)),  # packing paper, blue
    ((0.52, 0.36, 0.24), (0.62, 0.25, 0.25)),  # brown card, red
)
"""Papers of each severity: the darker, the less ink stands out from them."""

INKS: tuple[tuple[Colour, ...], ...] = (
    ((0.12, 0.14, 0.35), (0.20, 0.12, 0.10)),  # blue-black, dark brown
    ((0.15, 0.22, 0.62), (0.10, 0.38, 0.25)),  # ballpoint blue, green
    ((0.75, 0.13, 0.17), (0.45, 0.20, 0.60)),  # red, violet
    ((0.35, 0.58, 0.85), (0.90, 0.40, 0.25)),  # light blue, orange
    ((0.95, 0.60, 0.70), (0.60, 0.80, 0.50)),  # pink, light green
)
"""Inks of each severity: the lighter, the less they stand out from white paper."""

PEN_WIDTHS = (2.0, 1.6, 1.2, 0.9, 0.7)
"""How wide a fine pen's stroke is at each severity, in MNIST's pixels: a tenth to a thirtieth of
the digit's height."""

PRINT_COLOURS: tuple[Colour, ...] = ((0.45, 0.62, 0.85), (0.55, 0.58, 0.60), (0.62, 0.55, 0.75))
"""Of lines and dots: blue, grey, violet."""


def paper_colour(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Coloured paper, from cream to brown card, and the coarser the darker."""
    colour = _one_of(PAPERS[severity - 1], rng)
    return replace(page, paper=_sheet(page, colour, rng, fibres=0.006 + 0.004 * severity))


def ink_colour(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Coloured ink, from blue-black to pink."""
    return replace(page, pen=_one_of(INKS[severity - 1], rng))


def fine_pen(page: Page, severity: int, rng: np.random.Generator) -> Page:  # noqa: ARG001 - one signature for all
    """Strokes of one width, from a gel pen's to a hard pencil's."""
    return _drawn_with(page, PEN_WIDTHS[severity - 1])


def pencil(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Grey strokes that the grain of the paper breaks up, ever fainter and finer."""
    darkness = (0.68, 0.56, 0.45, 0.34, 0.24)[severity - 1]
    fine = _drawn_with(page, 2.1 - 0.25 * severity)
    grain = 0.75 + 0.22 * clouds(page.ink.shape, 1.5, rng) + 0.12 * clouds(page.ink.shape, 9, rng)
    ink = fine.ink * grain.clip(0.1, 1.0) * np.float32(darkness)
    return replace(fine, ink=ink, pen=(0.16, 0.16, 0.17))


def chalk(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Grainy white strokes on a board that was wiped: ever fainter, the board ever dustier."""
    firmness = (0.92, 0.82, 0.70, 0.56, 0.42)[severity - 1]
    board = _sheet(page, _one_of(((0.12, 0.25, 0.19), (0.15, 0.16, 0.17)), rng), rng, fibres=0.03)
    # Dust that the sponge left, in broad sweeps.
    sweeps = clouds((page.ink.shape[0], 2), page.ink.shape[0] / 14, rng)[:, :1]
    dust = (sweeps + clouds(page.ink.shape, max(page.ink.shape) / 6, rng)).clip(0, 2)[..., None]
    grain = 0.8 + 0.3 * clouds(page.ink.shape, 2, rng)
    ink = page.ink * grain.clip(0.15, 1) * np.float32(firmness)
    return replace(
        page,
        ink=ink,
        paper=(board + np.float32(0.018 * severity) * dust).clip(0, 1),
        pen=(0.93, 0.93, 0.90),
    )


def ruled_paper(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Level lines, from hardly seen to as firm as print; digits stand anywhere between them."""
    spacing = page.digit_height * rng.uniform(1.0, 1.8)
    lines = _lines(page.ink.shape[0], spacing, _print_width(page, severity), rng)
    return _printed(page, np.broadcast_to(lines[:, None], page.ink.shape), severity, rng)


def squared_paper(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Squares about as high as a digit, or half as high, from hardly seen to firm."""
    spacing = page.digit_height * rng.choice((0.55, 1.1)) * rng.uniform(0.9, 1.1)
    line_width = 0.8 * _print_width(page, severity)
    level, upright = (_lines(side, spacing, line_width, rng) for side in page.ink.shape)
    return _printed(page, np.maximum(level[:, None], upright[None, :]), severity, rng)


def dotted_paper(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Dotted lines, as on forms and exam sheets, from hardly seen to as firm as print."""
    spacing = page.digit_height * rng.uniform(1.0, 1.8)
    period = max(4.0, page.digit_height * rng.uniform(0.1, 0.25))
    dot = 1.6 * _print_width(page, severity)
    height, width = page.ink.shape
    rows, columns = (
        _distances(side, apart, rng) for side, apart in ((height, spacing), (width, period))
    )
    dots = (dot / 2 + 0.5 - np.hypot(rows[:, None], columns[None, :])).clip(0, 1)
    return _printed(page, dots.astype(np.float32), severity, rng)


def patterned_paper(page: Page, severity: int, rng: np.random.Generator) -> Page:
    """Two families of fine waved lines that cross, as on a cheque, ever firmer."""
    height, width = page.ink.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    lines = np.zeros(page.ink.shape, np.float32)
    for _ in range(2):
        angle, period = rng.uniform(0, np.pi), page.digit_height * rng.uniform(0.12, 0.3)
        along, across = (
            x * np.cos(angle) + y * np.sin(angle),
            y * np.cos(angle) - x * np.sin(angle),
        )
        wave = rng.uniform(0.5, 1.5) * period * np.sin(along / (rng.uniform(0.6, 1.5) * period))
        place = (across + wave) % period
        distance = np.minimum(place, period - place)
        lines = np.maximum(lines, (_print_width(page, severity) / 2 + 0.5 - distance).clip(0, 1))
    return _printed(page, np.float32(0.8) * lines, severity, rng)


def _printed(page: Page, lines: Image, severity: int, rng: np.random.Generator) -> Page:
    """The page on paper with a print, of which `lines` says how much lies where, in [0, 1]."""
    firmness = (0.25, 0.42, 0.6, 0.8, 1.0)[severity - 1]
    cover = np.float32(firmness) * lines[..., None]
    colour = np.array(_one_of(PRINT_COLOURS, rng), np.float32)
    return replace(page, paper=page.paper * (1 - cover) + page.paper * colour * cover)


def _lines(length: int, spacing: float, width: float, rng: np.random.Generator) -> Image:
    """A cut across evenly spaced lines: (length,) float32, 1 on a line, 0 beside it."""
    return (width / 2 + 0.5 - _distances(length, spacing, rng)).clip(0, 1).astype(np.float32)


def _distances(length: int, spacing: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """How far each of `length` pixels in a row is from the nearest of evenly spaced points."""
    place = (np.arange(length) + rng.uniform(0, spacing)) % spacing
    return np.minimum(place, spacing - place)


def _print_width(page: Page, severity: int) -> float:
    return max(1.0, page.digit_height * (0.01 + 0.004 * severity))


def _drawn_with(page: Page, pen_width: float) -> Page:
    """The same digits with strokes of one width, in MNIST's pixels."""
    zoom = page.digit_height / MNIST_HEIGHT
    depth = drawn_finer(page.ink, zoom, pen_width)
    return replace(page, ink=sharpened(depth, 0, zoom / EDGE))


def _sheet(page: Page, colour: Colour, rng: np.random.Generator, *, fibres: float) -> Image:
    height, width = page.ink.shape
    return sheet_of(colour, (height, width), rng, fibres=fibres)


def _one_of(colours: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    """One of the colours, a little off: no two pens and papers are alike."""
    red, green, blue = np.clip(colours[rng.integers(len(colours))] + rng.normal(0, 0.015, 3), 0, 1)
    return float(red), float(green), float(blue)
