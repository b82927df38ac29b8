"""`python -m tests.mnist_model.fuzz SEED FIRST COUNT`: reads that many damaged pictures.

In a process of its own, since a fault in a decoder ends it. It prints the number of each picture
before it reads it, so that the last one is the culprit, and in the end what came of all as JSON.
Each picture is made from the seed and its number alone.
"""

import faulthandler
import json
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

from mnist_model import PhotoError, draw_reading, load_reader
from tests.mnist_model.mutations import mutated, seeds

MOST_SECONDS = 2.0
"""Of the thread's own time on the processor, which a busy machine does not lengthen."""

HANG_SECONDS = 120
"""On the clock, after which the process shows where it hangs, and ends."""

WARM = 100
"""After so many pictures, what is kept once and for all is there; from then on memory counts."""


def picture(seed: int, number: int, files: list[bytes]) -> bytes:
    return mutated(files, random.Random(f"{seed} {number}"))  # noqa: S311 - no secret


def main(seed: int, first: int, count: int) -> None:
    files = seeds(random.Random(seed))  # noqa: S311
    reader = load_reader()
    for file in files:  # undamaged, all of them can be read
        reader.read(file)
    outcomes: Counter[str] = Counter()
    slowest = (0.0, -1)
    resident = 0
    for number in range(first, first + count):
        photo = picture(seed, number, files)
        print(number, flush=True)  # noqa: T201
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        started = time.thread_time()
        try:
            reading = reader.read(photo)
            if reading.digits:
                draw_reading(photo, reading)
            outcomes["read"] += 1
        except PhotoError as error:
            outcomes[type(error).__name__] += 1
        slowest = max(slowest, (time.thread_time() - started, number))
        if number == first + WARM:
            resident = megabytes("VmRSS")
    faulthandler.cancel_dump_traceback_later()
    told = {
        "outcomes": outcomes,
        "slowest_seconds": slowest[0],
        "slowest": slowest[1],
        "resident_warm": resident,
        "resident_end": megabytes("VmRSS"),
        "resident_most": megabytes("VmHWM"),
    }
    print(json.dumps(told))  # noqa: T201


def megabytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) >> 10


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
