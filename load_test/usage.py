"""What processes use, as Linux counts it in /proc."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """Processor time so far; differences of two of these count."""

    bot: float
    readers: float
    stand_in: float  # this process
    machine: float  # all that the machine did, the three above included
    clock: float  # when this was read


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes (2**20 bytes) that the bot and the processes that read for it hold."""

    bot_resident: float
    readers_resident: float
    bot_share: float  # PSS: what several processes hold is divided among them
    readers_share: float


def children_of(process_id: int) -> list[int]:
    """The processes that a process started.

    Raises:
        OSError: it has ended.
    """
    text = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(number) for number in text.split()]


def cpu_seconds(bot_id: int) -> CpuSeconds:
    machine = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq = map(int, machine[:7])
    return CpuSeconds(
        bot=_cpu_of(bot_id),
        readers=sum(map(_cpu_of, children_of(bot_id))),
        stand_in=time.process_time(),
        machine=(user + nice + system + irq + softirq) / TICKS_PER_SECOND,
        clock=time.monotonic(),
    )


def memory(bot_id: int) -> Memory:
    readers = children_of(bot_id)
    return Memory(
        bot_resident=_megabytes(bot_id, "Rss"),
        readers_resident=sum(_megabytes(reader, "Rss") for reader in readers),
        bot_share=_megabytes(bot_id, "Pss"),
        readers_share=sum(_megabytes(reader, "Pss") for reader in readers),
    )


def _cpu_of(process_id: int) -> float:
    # The name in parentheses may have blanks: count from behind it.
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND  # user and system


def _megabytes(process_id: int, kind: str) -> float:
    text = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    found = re.search(rf"^{kind}:\s+(\d+) kB", text, re.MULTILINE)
    assert found  # noqa: S101 - Linux has had both since 4.14
    return int(found[1]) / 1024
