"""Figures → tables for people, in Markdown."""

from collections.abc import Sequence

from experiments.other_ways.trial import Figures

HEADING = (
    "| {title} | one digit | several | CER | false alarms | simulated: one | several | ms |\n"
    "|---|---|---|---|---|---|---|---|"
)


def as_markdown(title: str, rows: Sequence[Figures]) -> str:
    """A table with a line for each way."""
    return "\n".join([HEADING.format(title=title), *map(_line, rows)])


def _line(figures: Figures) -> str:
    alarms = "–" if figures.false_alarms is None else str(figures.false_alarms)
    cells = (
        figures.way,
        _percent(figures.one_digit),
        _percent(figures.several),
        _percent(figures.character_errors),
        alarms,
        _percent(figures.simulated_one),
        _percent(figures.simulated_several),
        f"{figures.milliseconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
