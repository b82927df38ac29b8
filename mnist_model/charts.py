"""Pictures of digits and of how they were read, as Matplotlib figures."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import seaborn
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from mnist_model.calibration import Answer, expected_calibration_error, reliability
from mnist_model.contract import Image
from mnist_model.evaluation import Digits, wilson_interval
from mnist_model.model_card import Epoch


def confusion_chart(matrix: npt.NDArray[np.int64], title: str) -> Figure:
    """What each digit was read as: row is the true digit, column the one that was read.

    Each cell says how many digits, and below it which share of that true digit. Right answers are
    blue and mistakes red, each on a scale of its own: on one scale, a good network's few mistakes
    would all look white.
    """
    shares = matrix / matrix.sum(axis=1, keepdims=True).clip(min=1)
    right = np.eye(len(matrix), dtype=bool)
    worst = max(0.02, shares[~right].max())
    figure = Figure(figsize=(9, 8.6), layout="constrained")
    axes = figure.subplots()
    for shown, colours, norm in (
        (right, "Blues", PowerNorm(1, vmin=0, vmax=1.25)),
        # The root of the share: one mistake in a thousand shall be seen, too.
        (~right, "Reds", PowerNorm(0.5, vmin=0, vmax=1.5 * worst)),
    ):
        shown = shown & (matrix > 0)  # noqa: PLW2901 - a cell without digits stays white
        seaborn.heatmap(
            shares,
            mask=~shown,
            cmap=colours,
            norm=norm,
            # Else it looks for them among the cells, in vain where a network makes no mistake.
            vmin=norm.vmin,
            vmax=norm.vmax,
            cbar=False,
            square=True,
            ax=axes,
        )
        for row, column in np.argwhere(shown):
            share = shares[row, column]
            colour = "white" if norm(share) > 0.6 else "#222222"
            place = {"x": column + 0.5, "ha": "center", "va": "center", "color": colour}
            axes.text(y=row + 0.4, s=f"{matrix[row, column]:,}", fontsize=12, **place)
            axes.text(y=row + 0.7, s=f"{share:.1%}", fontsize=8, **place)
    axes.hlines(range(11), 0, 10, color="#e4e4e4", linewidth=1)
    axes.vlines(range(11), 0, 10, color="#e4e4e4", linewidth=1)
    axes.set_title(title, loc="left", fontsize=13, pad=14)
    axes.set_xlabel("read as", fontsize=12, labelpad=8)
    axes.set_ylabel("true digit", fontsize=12, labelpad=8)
    axes.tick_params(length=0, labelsize=12)
    axes.tick_params(axis="y", labelrotation=0)
    return figure


def digit_sheet(images: Image, captions: list[str], title: str, columns: int = 12) -> Figure:
    """Digits beside one another, as ink on paper, each over its caption.

    Args:
        images: (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink. n may be 0.
    """
    num_rows = max(1, -(-len(images) // columns))
    figure = Figure(figsize=(columns, 1.3 * num_rows + 0.6), layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    cells = figure.subplots(num_rows, columns, squeeze=False).ravel()
    for axes in cells:
        axes.set_axis_off()
    for axes, image, caption in zip(cells, images, captions, strict=False):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        axes.text(0.5, -0.05, caption, transform=axes.transAxes, ha="center", va="top", fontsize=9)
    return figure


def misread_sheet(
    images: Image, labels: Digits, *, probabilities: Image, title: str, most: int = 240
) -> Figure:
    """The digits that were misread, the most confident mistakes first.

    Args:
        images: (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink.
        labels: (n,) the true digits.
        probabilities: (n, 10) float32 in [0, 1]; each row sums to 1.
        title: what was read; how many were misread is added to it.
        most: no more digits are shown, as a larger sheet would be hard to look at.
    """
    read = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    misread = np.flatnonzero(read != labels)
    misread = misread[np.argsort(-confidence[misread], kind="stable")]
    shown = misread[:most]
    count = f"{len(misread):,} of {len(labels):,} misread"
    if len(shown) < len(misread):
        count += f", here the {len(shown)} most confident mistakes"
    captions = [f"{labels[i]} read as {read[i]}\n{confidence[i]:.0%} sure" for i in shown]
    return digit_sheet(images[shown], captions, f"{title}: {count}")


def learning_chart(history: Sequence[Epoch], title: str) -> Figure:
    """Loss, and the share of digits misread, after each epoch of a training run.

    Both on a logarithmic scale, else the last epochs would all look the same.
    """
    epochs = [epoch.number for epoch in history]
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, colour in (("training", "#9dbbdd"), ("validation", "#1f5fa8")):
        losses = [getattr(epoch, f"{name}_loss") for epoch in history]
        errors = [1 - getattr(epoch, f"{name}_accuracy") for epoch in history]
        left.plot(epochs, losses, ".-", color=colour, label=name)
        right.plot(epochs, errors, ".-", color=colour, label=name)
    for axes, label in ((left, "loss (nats)"), (right, "share misread")):
        axes.set_yscale("log", nonpositive="mask")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # labels that never overlap
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("epoch", fontsize=11)
        axes.set_title(label, loc="left", fontsize=11)
        axes.grid(visible=True, which="both", color="#e4e4e4", linewidth=0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.yaxis.set_major_formatter("{x:g}")
    right.yaxis.set_major_formatter(PercentFormatter(1))
    left.legend(frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def reliability_chart(answers: Sequence[Answer], title: str) -> Figure:
    """How often the digits read with each confidence were right, and how many those were.

    On the diagonal, confidence can be taken at its word; below it, the network is too sure.

    Args:
        answers: may be none.
    """
    bins = reliability(answers)
    figure = Figure(figsize=(6.4, 7.2), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    for group in bins:
        interval = wilson_interval(round(group.accuracy * group.num_answers), group.num_answers)
        above.plot([group.confidence] * 2, [interval.low, interval.high], color="#9dbbdd")
        above.plot(group.confidence, group.accuracy, "o", color="#1f5fa8")
        below.bar(
            group.low, group.num_answers, group.high - group.low, align="edge", color="#9dbbdd"
        )
    above.set_ylim(-0.02, 1.02)
    above.set_ylabel("share read right, with its 95 % interval", fontsize=11)
    below.set_xlim(0, 1)
    below.set_yscale("symlog", linthresh=1)
    below.set_ylabel("digits", fontsize=11)
    below.set_xlabel("confidence", fontsize=11)
    if answers:
        error = expected_calibration_error(answers)
        above.set_title(f"expected calibration error: {error:.2%}", loc="left", fontsize=11)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure
