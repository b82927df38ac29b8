"""The exam on simulated photos: how many are read exactly, for each corruption and severity.

All corruptions are tried on the same pages, so that they differ from the clean photos in nothing
but the corruption, and the difference is not blurred by the luck of the draw.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import cpu_count

import numpy as np

from mnist_model.corruption import (
    CORRUPTIONS,
    SEVERITIES,
    Photo,
    clean_photo,
    corrupted_photo,
    file_of,
)
from mnist_model.dataset import Split
from mnist_model.evaluation import wilson_interval
from mnist_model.model_card import Accuracy
from mnist_model.scene.page import Page, write_page

CLEAN = "clean"
MOST_ROWS = 3
LONGEST_ROW = 8

Read = Callable[[bytes], str]
"""A photo's file → its rows of digits, joined by "/"."""

Case = tuple[str, int]
"""A corruption's name and a severity; (CLEAN, 0) is the photo without any."""

CASES: tuple[Case, ...] = (
    (CLEAN, 0),
    *((name, severity) for name in CORRUPTIONS for severity in SEVERITIES),
)


@dataclass(frozen=True, slots=True)
class Score:
    """The shares of photos that were read exactly: every digit, in its row and order."""

    corruption: str
    severity: int
    one_digit: Accuracy  # photos of one digit
    several: Accuracy  # photos of one to three rows, with two digits or more


def examine(
    read: Read, digits: Split, *, sample: int, seed: int = 0, cases: Sequence[Case] = CASES
) -> tuple[Score, ...]:
    """Simulate photos and have them read.

    Args:
        digits: to be written on the pages.
        sample: so many photos of one digit, and as many of several, for each case.
        seed: the same seed makes the same photos.
        cases: what to try; one score for each is returned.
    """

    def are_exact(number: int, several: bool) -> list[bool]:
        page = page_of(digits, number, seed=seed, several=several)
        photos = (file_of(photo_of(page, case, number, seed=seed)) for case in cases)
        return [read(photo) == page.text for photo in photos]

    with ThreadPoolExecutor(cpu_count()) as threads:
        one_digit = list(threads.map(partial(are_exact, several=False), range(sample)))
        several = list(threads.map(partial(are_exact, several=True), range(sample)))
    return tuple(
        Score(
            name,
            severity,
            wilson_interval(sum(exact[index] for exact in one_digit), sample),
            wilson_interval(sum(exact[index] for exact in several), sample),
        )
        for index, (name, severity) in enumerate(cases)
    )


def page_of(digits: Split, number: int, *, seed: int, several: bool) -> Page:
    """The page of that number in the exam of that seed: one digit, or several in rows."""
    rng = np.random.default_rng([seed, int(several), number])
    lengths = [1]
    while several and sum(lengths) == 1:
        lengths = rng.integers(1, LONGEST_ROW + 1, size=rng.integers(1, MOST_ROWS + 1)).tolist()
    chosen = rng.choice(len(digits.labels), sum(lengths), replace=False)
    return write_page(Split(digits.images[chosen], digits.labels[chosen]), lengths, rng)


def photo_of(page: Page, case: Case, number: int, *, seed: int) -> Photo:
    """The photo of a page in one case; a severer case differs in nothing but its severity."""
    name, severity = case
    if name == CLEAN:
        return clean_photo(page)
    rng = np.random.default_rng([seed, number, CORRUPTIONS.index(name)])
    return corrupted_photo(page, name, severity, rng)


def as_table(scores: Sequence[Score]) -> str:
    """The scores for people: a line for each corruption, a column for each severity."""
    lines = []
    for title, kind in (("one digit", "one_digit"), ("several digits", "several")):
        clean = next((getattr(s, kind).value for s in scores if s.corruption == CLEAN), None)
        heading = f"{title}, read exactly" + ("" if clean is None else f" (clean: {clean:.1%})")
        lines += ["", heading, f"{'severity':<16}" + "".join(f"{s:>8}" for s in SEVERITIES)]
        for name in dict.fromkeys(score.corruption for score in scores):
            if name != CLEAN:
                shares = {
                    s.severity: getattr(s, kind).value for s in scores if s.corruption == name
                }
                cells = (f"{shares[s]:.1%}" if s in shares else "–" for s in SEVERITIES)
                lines.append(f"{name:<16}" + "".join(f"{cell:>8}" for cell in cells))
    return "\n".join(lines[1:])
