"""Pictures of the exam on simulated photos, as Matplotlib figures."""

import io
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image as PillowImage

from mnist_model.corruption import CORRUPTIONS, SEVERITIES, file_of
from mnist_model.dataset import Split
from mnist_model.drawing import draw_reading
from mnist_model.heat_map import heat_map
from mnist_model.photo_exam import CLEAN, Attempt, Score, page_of, photo_of
from mnist_model.scene.page import Page

INCHES = 2.4
"""How wide a photo of the sheet is; it is 4:3."""


def exam_chart(scores: Sequence[Score], title: str) -> Figure:
    """The share of photos read exactly, by corruption and severity; red is worse than clean.

    Args:
        scores: with the one of CLEAN among them.
    """
    panels = {
        "one digit (clean photos: {})": [score.one_digit.value for score in scores],
        "several digits (clean photos: {})": [score.several.value for score in scores],
    }
    return heat_map([(score.corruption, score.severity) for score in scores], panels, title)


def photo_sheet(digits: Split, names: Sequence[str] = CORRUPTIONS, *, seed: int = 0) -> Figure:
    """Simulated photos of each corruption, from severity 1 on the left to 5 on the right."""
    halves = min(2, len(names))  # side by side, so that the sheet is no long strip
    num_rows = -(-len(names) // halves)
    num_columns = halves * len(SEVERITIES)
    figure = Figure(
        figsize=(num_columns * INCHES, num_rows * (0.75 * INCHES + 0.28)),
        layout=ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02),
        dpi=100,
    )
    cells = figure.subplots(num_rows, num_columns, squeeze=False)
    pages = _landscape_pages(digits, seed)
    for index, name in enumerate(names):
        row = cells[index % num_rows][len(SEVERITIES) * (index // num_rows) :]
        for axes, severity in zip(row, SEVERITIES, strict=False):
            number, page = next(pages)
            axes.imshow(photo_of(page, (name, severity), number, seed=seed))
        row[0].set_title(name, loc="left", fontsize=13, pad=4)
    for axes in cells.ravel():
        axes.set_axis_off()
    return figure


def misread_sheet(attempts: Sequence[Attempt], digits: Split, *, seed: int) -> Figure:
    """Photos that were misread, with what was read marked on them.

    Of each corruption the mildest severity that was misread, one photo of one digit and one of
    several, if there are.

    Args:
        attempts: of `examine`.
        digits: as `examine` was given them, and
        seed: likewise.
    """
    misread = sorted((a for a in attempts if not a.is_exact), key=lambda a: (a.several, a.case[1]))
    shown: dict[tuple[str, bool], Attempt] = {}
    for attempt in misread:
        shown.setdefault((attempt.case[0], attempt.several), attempt)
    order = list(dict.fromkeys(attempt.case[0] for attempt in attempts))
    chosen = sorted(shown.values(), key=lambda a: (order.index(a.case[0]), a.several))
    num_columns = 4
    num_rows = max(1, -(-len(chosen) // num_columns))
    figure = Figure(
        figsize=(num_columns * 4.2, num_rows * 3.9),
        layout=ConstrainedLayoutEngine(w_pad=0.04, h_pad=0.04),
        dpi=75,
    )
    cells = figure.subplots(num_rows, num_columns, squeeze=False).ravel()
    for axes in cells:
        axes.set_axis_off()
    for axes, attempt in zip(cells, chosen, strict=False):
        page = page_of(digits, attempt.number, seed=seed, several=attempt.several)
        file = file_of(photo_of(page, attempt.case, attempt.number, seed=seed))
        with PillowImage.open(io.BytesIO(draw_reading(file, attempt.reading))) as drawing:
            axes.imshow(np.asarray(drawing))
        name, severity = attempt.case
        case = name if name == CLEAN else f"{name} {severity}"
        axes.set_title(
            f"{case}\n{'/'.join(attempt.rows)}\nread as {attempt.reading.text or 'none'}",
            loc="left",
            fontsize=11,
            pad=4,
        )
    return figure


def _landscape_pages(digits: Split, seed: int) -> Iterator[tuple[int, Page]]:
    """Pages of the exam that are 4:3, each with its number; every third has one digit."""
    for number in count():
        page = page_of(digits, number, seed=seed, several=number % 3 > 0)
        height, width = page.ink.shape
        if 3 * width == 4 * height:
            yield number, page
