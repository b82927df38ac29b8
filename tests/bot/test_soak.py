"""At its full rate, for long, the bot holds no more memory and no more files than at first."""

import os
from pathlib import Path

import pytest

from fake_telegram import World
from tests.bot.soak import Outcome, soak

MOST_GROWTH = 0.05
MOST_MORE_FILES = 3
"""Connections come and go."""


def told(outcome: Outcome) -> str:
    first, last = outcome.first, outcome.last
    return (
        f"{outcome.num_answers} photos in {outcome.seconds:.0f} s "
        f"({outcome.num_answers / outcome.seconds:.1f} a second); resident memory after the first "
        f"minute {first.megabytes:.1f} MB, at the end {last.megabytes:.1f} MB "
        f"({100 * (last.megabytes / first.megabytes - 1):+.1f} %), at most "
        f"{max(sample.megabytes for sample in outcome.samples):.1f} MB; open files "
        f"{first.num_files:g}, at the end {last.num_files:g}"
    )


@pytest.mark.soak
async def test_the_bot_at_its_full_rate_holds_no_more_the_longer_it_runs(tmp_path: Path) -> None:
    minutes = float(os.environ.get("SOAK_MINUTES") or 30)
    outcome = await soak(minutes, World(strict=True), tmp_path)
    print(told(outcome))  # noqa: T201
    first, last = outcome.first, outcome.last
    assert last.megabytes < (1 + MOST_GROWTH) * first.megabytes
    assert last.num_files <= first.num_files + MOST_MORE_FILES
