"""Pictures of the exam on simulated photos, as Matplotlib figures."""

import io
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt
import seaborn
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image as PillowImage

from mnist_model.corruption import CORRUPTIONS, SEVERITIES, file_of
from mnist_model.dataset import Split
from mnist_model.drawing import draw_reading
from mnist_model.photo_exam import CLEAN, Attempt, Score, page_of, photo_of
from mnist_model.scene.page import Page

MIDDLE_SEVERITY = 3
"""Up to here, photos should be read as well as clean ones; a line marks it."""

INCHES = 2.4
"""How wide a photo of the sheet is; it is 4:3."""

Shares = npt.NDArray[np.float64]
"""(corruptions, severities) shares of photos; NaN where none was taken."""


def exam_chart(scores: Sequence[Score], title: str) -> Figure:
    """The share of photos read exactly, by corruption and severity; red is worse than clean.

    Args:
        scores: with the one of CLEAN among them.
    """
    names = [name for name in CORRUPTIONS if any(score.corruption == name for score in scores)]
    figure = Figure(figsize=(11, 1.8 + 0.42 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, kind, field in (
        (left, "one digit", "one_digit"),
        (right, "several digits", "several"),
    ):
        shares = {(s.corruption, s.severity): getattr(s, field).value for s in scores}
        clean = shares[CLEAN, 0]
        grid = [
            [shares.get((name, severity), np.nan) for severity in SEVERITIES] for name in names
        ]
        _draw(axes, np.array(grid), clean)
        axes.set_title(f"{kind} (clean photos: {clean:.1%})", loc="left", fontsize=12, pad=10)
        axes.set_xticklabels(SEVERITIES)
        axes.set_xlabel("severity", fontsize=11, labelpad=6)
    left.set_yticklabels(names, rotation=0)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14)
    return figure


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


def _draw(axes: Axes, shares: Shares, clean: float) -> None:
    lost = (clean - shares).clip(min=0)
    norm = PowerNorm(0.5, vmin=0, vmax=1)  # the root: the first points lost shall be seen
    seaborn.heatmap(
        lost,
        cmap=seaborn.blend_palette(("#eef4ec", "#f7d5c4", "#d9604a", "#8e1b1b"), as_cmap=True),
        norm=norm,
        # Else it looks for them among the cells, in vain where nothing is lost.
        vmin=norm.vmin,
        vmax=norm.vmax,
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        ax=axes,
    )
    for row, column in np.argwhere(~np.isnan(shares)):
        colour = "white" if norm(lost[row, column]) > 0.6 else "#222222"
        axes.text(
            column + 0.5,
            row + 0.5,
            f"{100 * shares[row, column]:.1f}",
            ha="center",
            va="center",
            color=colour,
            fontsize=11,
        )
    axes.axvline(MIDDLE_SEVERITY, color="#444444", linewidth=1.5)
    axes.tick_params(length=0, labelsize=11)
