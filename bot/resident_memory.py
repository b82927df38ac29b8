"""How much memory processes take."""

import os
import re
from collections.abc import Iterable
from pathlib import Path


def with_children() -> list[int]:
    """The ids of this process and of those that it started; of this one alone but on Linux."""
    me = os.getpid()
    try:
        children = Path(f"/proc/{me}/task/{me}/children").read_text(encoding="utf-8")
    except OSError:
        return [me]
    return [me, *map(int, children.split())]


def resident_bytes(process_ids: Iterable[int]) -> int | None:
    """What all of them hold in memory; pages that several hold count for each. Linux alone."""
    try:
        statuses = [
            Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
            for process_id in process_ids
        ]
    except OSError:  # another system, or one that just ended
        return None
    found = [re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE) for status in statuses]
    return sum(int(resident[1]) << 10 for resident in found if resident)
