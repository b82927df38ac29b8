"""Damaged pictures in each format: a reading or a PhotoError, in time and in bounded memory."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mnist_model.opening import FORMATS
from mnist_model.segmentation.layout import find_layout
from tests.mnist_model.fuzz import MOST_SECONDS
from tests.mnist_model.mutations import WAYS

SLICE = 300
MANY = 20_000

MOST_GROWTH = 70
"""Megabytes by which resident memory may grow after the first pictures, however many follow: the
heap keeps some of what the largest of them took. A leak of a page a picture would exceed that."""

MOST_FOR_A_PHOTO = 200
"""Megabytes: what the bot allows one photo."""


def fuzzed(seed: int, count: int) -> dict[str, Any]:
    """What came of so many pictures, if the process that read them came to its end."""
    print(f"FUZZ_SEED={seed}")  # noqa: T201 - shown by pytest where the test fails
    command = [sys.executable, "-m", "tests.mnist_model.fuzz", str(seed), "0", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")  # noqa: S603 - ours
    *begun, last = done.stdout.splitlines() or [""]
    assert done.returncode == 0, (
        f"Status {done.returncode} in picture {last}. Again, with it alone: "
        f"python -m tests.mnist_model.fuzz {seed} {last} 1\n{done.stderr[-3000:]}"
    )
    assert len(begun) == count
    told: dict[str, Any] = json.loads(last)
    return told


def assert_within_bounds(told: dict[str, Any]) -> None:
    assert told["slowest_seconds"] < MOST_SECONDS, f"picture {told['slowest']}"
    assert told["resident_end"] - told["resident_warm"] < MOST_GROWTH
    assert told["resident_most"] - told["resident_warm"] < MOST_FOR_A_PHOTO


def test_each_format_is_fuzzed() -> None:
    assert {picture_format for picture_format, _, _ in WAYS} == set(FORMATS)


def test_a_slice_of_damaged_pictures_is_read_or_refused() -> None:
    told = fuzzed(seed=1, count=SLICE)
    assert_within_bounds(told)
    # Damage that leaves nothing to read, or all, would show nothing.
    assert min(told["outcomes"]["read"], told["outcomes"]["DamagedPhoto"]) > SLICE / 10


@pytest.mark.fuzz
def test_very_many_damaged_pictures_are_read_or_refused() -> None:
    seed = int(os.environ.get("FUZZ_SEED") or random.randrange(10**6))  # noqa: S311 - no secret
    started = time.monotonic()
    told = fuzzed(seed, MANY)
    print(f"{MANY} pictures in {time.monotonic() - started:.0f} s: {told}")  # noqa: T201
    assert_within_bounds(told)


def squares(side: int) -> npt.NDArray[np.uint8]:
    inside = (np.indices((side, side)) % 48 < 24).all(axis=0)
    return np.where(inside, 0, 255).astype(np.uint8)


def blots(side: int) -> npt.NDArray[np.uint8]:
    page = np.full((side, side), 255, np.uint8)
    for x, y in np.random.default_rng(0).integers(0, side, (side**2 // 656, 2)).tolist():
        cv2.circle(page, (x, y), 8, 0, -1)
    return page


def seconds_to_lay_out(page: npt.NDArray[np.uint8]) -> float:
    """Of this thread on the processor, the least of three: what else runs can only add to it."""
    seconds = []
    for _ in range(3):
        started = time.thread_time()
        find_layout(page)
        seconds.append(time.thread_time() - started)
    return min(seconds)


@pytest.mark.parametrize("full_of", [squares, blots])
def test_a_page_as_full_of_signs_as_can_be_is_laid_out_in_a_time_that_grows_as_they_do(
    full_of: Callable[[int], npt.NDArray[np.uint8]],
) -> None:
    quarter, whole = full_of(640), full_of(1280)
    assert sum(map(len, find_layout(whole).rows)) > 700
    # Four times the signs. Compared with each other one by one, they took some 20 times as long.
    assert seconds_to_lay_out(whole) < 10 * seconds_to_lay_out(quarter)
