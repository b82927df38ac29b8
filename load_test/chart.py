"""The curve of the reply time against the rate of photos."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from load_test.measurement import Step

LINES = (
    ("99 % of the answers", "percentile_99", "#a9c8e4"),
    ("95 %", "percentile_95", "#5d9bd0"),
    ("half (the median)", "median", "#174a7c"),
)


TITLE = "How long a photo waits for its answer"
QUIET = 0.05
"""Cores that others keep busy: with less, the machine does nothing else."""


def load_chart(steps: Sequence[Step]) -> Figure:
    """Reply times at each rate; where the bot no longer keeps up is marked."""
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axes = figure.subplots()
    rates = [step.rate for step in steps]
    for label, name, colour in LINES:
        seconds = [getattr(step, name) for step in steps]
        axes.plot(rates, seconds, "o-", color=colour, label=label, linewidth=2, markersize=5)
    for step in steps:
        if not step.keeps_up:
            axes.axvspan(step.rate - 1, step.rate + 1, color="#f6d5d0", zorder=0)
            axes.annotate(
                f"{step.num_waiting} wait\nafter {step.seconds:g} s",
                (step.rate, 0.5),
                xycoords=("data", "axes fraction"),
                ha="center",
                fontsize=9,
                color="#9c3325",
            )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g} s"))
    axes.grid(visible=True, color="#e8e8e8", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlim(left=0)
    axes.set_xlabel("photos sent a second")
    axes.set_ylabel("from the photo to its answer")
    axes.set_title(f"{TITLE}\n({_company(steps)})", loc="left", fontsize=12)
    axes.legend(frameon=False, loc="upper left")
    return figure


def _company(steps: Sequence[Step]) -> str:
    others = [step.cores.others for step in steps]
    if max(others) < QUIET:
        return "on a machine that does nothing else"
    return f"other programs kept {min(others):.1f} to {max(others):.1f} cores busy"
