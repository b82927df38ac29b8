"""The exam on turned photos: how often a simulated photo that lies wrong is noticed and read.

The pages are those of the exam on simulated photos (photo_exam.py), photographed cleanly.
"""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from os import cpu_count

import numpy as np

from mnist_model.contract import Reading
from mnist_model.corruption import clean_photo, file_of
from mnist_model.dataset import Split
from mnist_model.photo_exam import Read, page_of

TURNS = (0, 90, 180, 270)
"""Degrees clockwise by which the photos were turned before they are read; 0 is upright."""

RIGHT = "right"
EITHER = "either"
MISREAD = "misread"
NOT_NOTICED = "not noticed"
TURNED_WRONGLY = "turned wrongly"
OUTCOMES = (RIGHT, EITHER, MISREAD, NOT_NOTICED, TURNED_WRONGLY)
"""Read exactly; one of the two texts told is exact; turned as it should be, or upright, but not
read exactly; not turned; turned, but not as it should be."""

ONE_DIGIT, SEVERAL_DIGITS = "one digit", "several digits"

Counts = Mapping[tuple[str, int], Mapping[str, int]]
"""ONE_DIGIT or SEVERAL_DIGITS and one of TURNS → how many photos had each outcome."""


def examine_turned(read: Read, digits: Split, *, sample: int, seed: int = 0) -> Counts:
    """Simulate clean photos, turn each by all of TURNS, and have them read.

    Args:
        digits: to be written on the pages.
        sample: so many photos of one digit, and as many of several, for each turn.
        seed: the same seed makes the same photos.
    """

    def outcomes(number: int, several: bool) -> list[str]:
        page = page_of(digits, number, seed=seed, several=several)
        photo = clean_photo(page)
        files = (file_of(np.rot90(photo, -degrees // 90)) for degrees in TURNS)
        readings = map(read, files)
        return [outcome(page.text, *case) for case in zip(TURNS, readings, strict=True)]

    counts = {}
    with ThreadPoolExecutor(cpu_count()) as threads:
        for kind, several in ((ONE_DIGIT, False), (SEVERAL_DIGITS, True)):
            rows = list(threads.map(partial(outcomes, several=several), range(sample)))
            for degrees, column in zip(TURNS, zip(*rows, strict=True), strict=True):
                counts[kind, degrees] = Counter(column)
    return counts


def outcome(text: str, degrees: int, reading: Reading) -> str:
    """What became of a photo with that text, turned clockwise by so many degrees."""
    if text in (reading.text, reading.other_way_up):
        return RIGHT if reading.other_way_up is None else EITHER
    if (reading.turned + degrees) % 360 == 0:
        return MISREAD
    return TURNED_WRONGLY if reading.turned else NOT_NOTICED


def turned_table(counts: Counts) -> str:
    """For people: a line for each turn, the shares of photos with each outcome."""
    lines = []
    for kind in (ONE_DIGIT, SEVERAL_DIGITS):
        lines += ["", f"{kind:<16}" + "".join(f"{name:>16}" for name in OUTCOMES)]
        for degrees in TURNS:
            of_turn = counts[kind, degrees]
            shares = (of_turn.get(name, 0) / sum(of_turn.values()) for name in OUTCOMES)
            lines.append(f"{degrees:>3}°{'':<12}" + "".join(f"{share:>16.1%}" for share in shares))
    return "\n".join(lines[1:])
