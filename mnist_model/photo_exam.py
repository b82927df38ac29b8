"""The exam on simulated photos: how many are read exactly, for each corruption and severity.

All corruptions are tried on the same pages, so that they differ from the clean photos in nothing
but the corruption, and the difference is not blurred by the luck of the draw.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from os import cpu_count

import numpy as np

from mnist_model.calibration import Answer
from mnist_model.contract import Digit, Reading
from mnist_model.corruption import (
    CORRUPTIONS,
    SEVERITIES,
    Photo,
    clean_photo,
    corrupted_photo,
    file_of,
)
from mnist_model.dataset import Split
from mnist_model.evaluation import edit_distance, wilson_interval
from mnist_model.model_card import Accuracy
from mnist_model.scene.page import Page, write_page

CLEAN = "clean"
MOST_ROWS = 3
LONGEST_ROW = 8

Read = Callable[[bytes], Reading]
"""A photo's file → what was read on it."""

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
    character_errors: float  # of all digits on both, the share to change, drop or add


@dataclass(frozen=True, slots=True)
class Attempt:
    """One photo of the exam and what was read on it."""

    case: Case
    number: int  # of the page; see `page_of`
    several: bool
    rows: tuple[str, ...]  # what stands there
    reading: Reading

    @property
    def is_exact(self) -> bool:
        """Whether every digit was read, in its row and order, and nothing else."""
        return self.reading.rows == self.rows


def examine(
    read: Read, digits: Split, *, sample: int, seed: int = 0, cases: Sequence[Case] = CASES
) -> list[Attempt]:
    """Simulate photos and have them read.

    Args:
        digits: to be written on the pages.
        sample: so many photos of one digit, and as many of several, for each case.
        seed: the same seed makes the same photos.
        cases: what to try.
    """

    def attempts(several: bool, number: int) -> list[Attempt]:
        page = page_of(digits, number, seed=seed, several=several)
        return [
            Attempt(
                case,
                number,
                several,
                page.rows,
                read(file_of(photo_of(page, case, number, seed=seed))),
            )
            for case in cases
        ]

    with ThreadPoolExecutor(cpu_count()) as threads:
        # All at once: whatever ends it early calls off all that has not begun.
        pages = threads.map(attempts, *zip(*product((False, True), range(sample)), strict=True))
        return [attempt for page in pages for attempt in page]


def scores_of(attempts: Sequence[Attempt]) -> tuple[Score, ...]:
    """The score of each case, in the order in which the cases were tried.

    Args:
        attempts: of each case, photos of one digit and photos of several.
    """
    scores = []
    for case in dict.fromkeys(attempt.case for attempt in attempts):
        of_case = [attempt for attempt in attempts if attempt.case == case]
        one_digit, several = (
            [a.is_exact for a in of_case if a.several == kind] for kind in (False, True)
        )
        scores.append(
            Score(
                *case,
                wilson_interval(sum(one_digit), len(one_digit)),
                wilson_interval(sum(several), len(several)),
                _character_errors(of_case),
            )
        )
    return tuple(scores)


def _character_errors(attempts: Sequence[Attempt]) -> float:
    pairs = [("".join(a.rows), "".join(a.reading.rows)) for a in attempts]
    return sum(edit_distance(*pair) for pair in pairs) / sum(len(true) for true, _ in pairs)


def answers_of(attempts: Sequence[Attempt]) -> list[Answer]:
    """The digits of the rows that were read at their true length: of others, which digit was
    meant by which is not known.
    """
    return [
        Answer(digit.confidence, str(digit.digit) == true)
        for attempt in attempts
        if len(attempt.reading.rows) == len(attempt.rows)
        for number, row in enumerate(attempt.rows)
        if len(attempt.reading.rows[number]) == len(row)
        for true, digit in zip(row, _digits_in(attempt.reading, number), strict=True)
    ]


def _digits_in(reading: Reading, row: int) -> list[Digit]:
    return [digit for digit in reading.digits if digit.row == row]


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
    one_digit, several, errors = {}, {}, {}
    for score in scores:
        case = score.corruption, score.severity
        one_digit[case], several[case] = score.one_digit.value, score.several.value
        errors[case] = score.character_errors
    return "\n\n".join(
        (
            severity_table("one digit, read exactly", one_digit),
            severity_table("several digits, read exactly", several),
            severity_table("digits misread, missed or too many", errors),
        )
    )


def severity_table(title: str, shares: dict[Case, float]) -> str:
    """For people: a line for each corruption, a column for each severity.

    Args:
        shares: in [0, 1]; that of the clean case, if there is one, stands beside the title.
    """
    clean = shares.get((CLEAN, 0))
    lines = [
        title + ("" if clean is None else f" (clean: {clean:.1%})"),
        f"{'severity':<16}" + "".join(f"{severity:>8}" for severity in SEVERITIES),
    ]
    for name in dict.fromkeys(name for name, _ in shares if name != CLEAN):
        cells = (f"{shares[name, s]:.1%}" if (name, s) in shares else "–" for s in SEVERITIES)
        lines.append(f"{name:<16}" + "".join(f"{cell:>8}" for cell in cells))
    return "\n".join(lines)
