"""What an exam came to, by corruption and severity, as a Matplotlib figure."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import seaborn
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from mnist_model.corruption import SEVERITIES
from mnist_model.photo_exam import CLEAN, Case

MIDDLE_SEVERITY = 3
"""Up to here, what is spoiled should be read as well as clean; a line marks it."""

Shares = npt.NDArray[np.float64]
"""(corruptions, severities) shares; NaN where nothing was tried."""


def heat_map(cases: Sequence[Case], panels: Mapping[str, Sequence[float]], title: str) -> Figure:
    """Shares read right, side by side, in percent; red is worse than clean.

    Args:
        cases: what was tried, the one of CLEAN among them.
        panels: title, with a place for the clean share → the share of each case, in [0, 1].
    """
    names = list(dict.fromkeys(name for name, _ in cases if name != CLEAN))
    figure = Figure(figsize=(11, 1.8 + 0.42 * len(names)), layout="constrained")
    all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (panel, values) in zip(all_axes, panels.items(), strict=True):
        shares = dict(zip(cases, values, strict=True))
        clean = shares[CLEAN, 0]
        grid = [
            [shares.get((name, severity), np.nan) for severity in SEVERITIES] for name in names
        ]
        _draw(axes, np.array(grid), clean)
        axes.set_title(panel.format(f"{clean:.1%}"), loc="left", fontsize=12, pad=10)
        axes.set_xticklabels(SEVERITIES)
        axes.set_xlabel("severity", fontsize=11, labelpad=6)
    all_axes[0].set_yticklabels(names, rotation=0)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14)
    return figure


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
