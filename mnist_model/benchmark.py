"""How long each step of reading takes, and how much memory it holds: ratios from one run.

Machines are shared and noisy, so every step is timed in turn, again and again, beside one to
compare with, and medians are compared: the steps of a photo beside a plain colour decode of it,
the formats of a network beside the one that the bot runs.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import cv2
import numpy as np

from mnist_model.classifier import load_classifier
from mnist_model.contract import ModelFileError
from mnist_model.corruption import ALL_MILDLY, corrupted_photo, file_of
from mnist_model.dataset import load_mnist, load_test_split
from mnist_model.decoding import decode
from mnist_model.drawing import draw_reading
from mnist_model.export import FORMATS
from mnist_model.photo_exam import page_of
from mnist_model.reader import load_reader
from mnist_model.segmentation.layout import find_layout

PHOTO_SIZE = (1280, 960)
"""Width and height of the photo that is read, in pixels: what Telegram makes of a phone's."""

MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one step took."""

    step: str
    milliseconds: float  # median
    ratio: float  # of that median to the first step's


def measure_photo(repeats: int) -> list[Timing]:
    """Times the steps of reading one photo of at most MOST_DIGITS digits, on one core."""
    cv2.setNumThreads(1)
    photo = bench_photo()
    reader = load_reader()
    grey = decode(photo).grey
    layout = find_layout(grey)
    reading = reader.read(photo)
    steps: dict[str, Callable[[], object]] = {
        "plain colour decode": lambda: cv2.imdecode(
            np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR
        ),
        "decode to grey": lambda: decode(photo),
        "find the strokes": lambda: find_layout(grey),
        "judge and choose": lambda: reader.signs(layout),
        "read, all of it": lambda: reader.read(photo),
        "draw the reply": lambda: draw_reading(photo, reading),
    }
    return in_turn(steps, repeats)


def measure_formats(model: Path, folder: Path, *, num_digits: int, repeats: int) -> list[Timing]:
    """Times a network on so many digits at once: as the bot runs it, and in each other format.

    Args:
        model: the `.keras` file.
        folder: where scripts/export.py put the others.

    Raises:
        ModelFileError: the model, or an exported file, is missing.
    """
    digits = load_test_split().images[:num_digits]
    steps: dict[str, Callable[[], object]] = {
        "keras on OpenVINO": partial(load_classifier(model).classify, digits)
    }
    for name, form in FORMATS.items():
        path = folder / f"{model.stem}{form.suffix}"
        if not path.is_file():
            raise ModelFileError(f"{path} is missing: run scripts/export.py, which writes it.")
        steps[name] = partial(form.load(path), digits)
    return in_turn(steps, repeats)


def in_turn(steps: Mapping[str, Callable[[], object]], repeats: int) -> list[Timing]:
    """The median time of each step, beside that of the first."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()  # what comes first prepares what all later ones use
    for _ in range(repeats):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: 1000 * statistics.median(values) for name, values in seconds.items()}
    reference = next(iter(medians.values()))
    return [Timing(name, value, value / reference) for name, value in medians.items()]


def bench_photo() -> bytes:
    """A simulated photo of up to MOST_DIGITS digits, mildly spoiled in every way, as a JPEG."""
    digits = load_mnist().validation
    pages = (page_of(digits, number, seed=0, several=True) for number in count())
    page = next(page for page in pages if 5 <= sum(map(len, page.rows)) <= MOST_DIGITS)
    photo = corrupted_photo(page, ALL_MILDLY, 2, np.random.default_rng(0))
    return file_of(cv2.resize(photo, PHOTO_SIZE, interpolation=cv2.INTER_AREA))


def as_table(timings: Sequence[Timing]) -> str:
    """For people: a line for each step."""
    lines = [f"{'step':<24}{'median':>10}{'ratio':>8}"]
    lines += [f"{t.step:<24}{t.milliseconds:>7.2f} ms{t.ratio:>8.2f}" for t in timings]
    megabytes = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    return "\n".join([*lines, f"{'largest memory':<24}{megabytes:>7.0f} MB"])
