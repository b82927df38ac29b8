"""Steps of a measurement for people and for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from load_test.measurement import Step
from load_test.usage import Memory


def head() -> str:
    return (
        f"{'photos/s':>8}{'photos':>8}{'faults':>8}{'waiting':>9}"
        f"{'median':>9}{'95 %':>9}{'99 %':>9}{'slowest':>9}"
        f"   cores: {'bot':>5}{'readers':>9}{'stand-in':>10}{'others':>8}"
    )


def row(step: Step) -> str:
    """A line under `head`; times in milliseconds."""
    times = (step.median, step.percentile_95, step.percentile_99, step.slowest)
    cores = step.cores
    return (
        f"{step.rate:>8g}{step.num_photos:>8}{step.num_faults:>8}{step.num_waiting:>9}"
        + "".join(f"{1000 * time:>9.0f}" for time in times)
        + f"          {cores.bot:>5.2f}{cores.readers:>9.2f}{cores.stand_in:>10.2f}"
        + f"{cores.others:>8.2f}"
    )


def memory_sentence(memory: Memory) -> str:
    share = memory.bot_share + memory.readers_share
    return (
        f"Memory at the end (PSS): {share:.0f} MB, of which the bot {memory.bot_share:.0f} MB and "
        f"what reads {memory.readers_share:.0f} MB; resident (RSS): {memory.bot_resident:.0f} + "
        f"{memory.readers_resident:.0f} MB, where pages that several hold count several times."
    )


def as_json(steps: Sequence[Step]) -> str:
    return json.dumps([asdict(step) for step in steps], indent=1) + "\n"
