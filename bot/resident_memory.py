"""How much memory the bot takes, with the processes that it started."""

import os
import re
from pathlib import Path


def resident_bytes() -> int | None:
    """What all of them hold in memory; pages that several hold count for each. Linux alone."""
    me = os.getpid()
    try:
        children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
        statuses = [Path(f"/proc/{process}/status").read_text() for process in (me, *children)]
    except OSError:  # another system, or one that just ended
        return None
    found = [re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE) for status in statuses]
    return sum(int(resident[1]) << 10 for resident in found if resident)
