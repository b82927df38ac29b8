"""Reads the same photos by search and by the line network, side by side.

    taskset -c 0 .venv/bin/python -m experiments.line_reader.compare --photos FOLDER/manifest.csv

Both start from the same rows of strokes (`find_layout`). Train the line network first: train.py.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from mnist_model.backend import prepare_to_serve
from mnist_model.evaluation import edit_distance

prepare_to_serve()  # both ways compute on what the bot computes on

import keras  # noqa: E402 - its backend is chosen above

from experiments.labels import digits_of, labelled_photos  # noqa: E402
from experiments.line_reader.network import (  # noqa: E402
    Line,
    LineNetwork,
    mean_of,
    read_lines,
)
from experiments.line_reader.pictures import HEIGHT, line_picture  # noqa: E402
from mnist_model.contract import Image  # noqa: E402
from mnist_model.corruption import clean_photo, file_of  # noqa: E402
from mnist_model.dataset import Split, load_mnist  # noqa: E402
from mnist_model.decoding import decode  # noqa: E402
from mnist_model.photo_exam import CLEAN, Case, page_of, photo_of  # noqa: E402
from mnist_model.reader import load_reader  # noqa: E402
from mnist_model.scene.page import Page, write_page  # noqa: E402
from mnist_model.segmentation.layout import find_layout  # noqa: E402

FOLDER = Path(__file__).parent.parent.parent / "runs" / "line_reader"

CASES: tuple[Case, ...] = (
    (CLEAN, 0),
    ("ruled paper", 3),
    ("pencil", 3),
    ("chalk", 3),
    ("hard shadow", 3),
    ("motion blur", 3),
    ("all mildly", 3),
)

MOST_TOUCHING = 4
"""Digits in a string, each of which touches the next."""


@dataclass(frozen=True, slots=True)
class Example:
    """A photo, and what stands on it."""

    group: str
    truth: str  # its digits in reading order, "" where there are none
    photo: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way read on one photo."""

    group: str
    truth: str
    text: str  # digits alone
    milliseconds: float


class LineReader:
    """Reads photos row by row with the line network."""

    def __init__(self, network: LineNetwork, least_confidence: float) -> None:
        self._network = network
        self._least = least_confidence
        self._line(np.zeros((HEIGHT, 1), np.float32))  # compiled now, not while timed

    def read(self, photo: bytes) -> str:
        """The digits of each row that is believed, joined by "/".

        Refused are rows, and whole photos, whose digits the network is less sure of than was
        chosen on the validation rows.
        """
        layout = find_layout(decode(photo).grey)
        lines = [self._line(line_picture(row, layout.contrast)) for row in layout.rows]
        if mean_of([c for line in lines for c in line.confidences]) < self._least:
            return ""
        return "/".join(line.text for line in lines if line.confidence >= self._least)

    def _line(self, picture: Image) -> Line:
        # One at a time: a batch of another size would be compiled anew.
        return read_lines(self._network, [picture])[0]


def main() -> int:
    options = parsed_options()
    cv2.setNumThreads(1)
    facts = json.loads((options.line_reader / "line_fcn.json").read_text())
    network = keras.models.load_model(options.line_reader / "line_fcn.keras", compile=False)
    least = options.least_confidence
    line_reader = LineReader(network, facts["least_confidence"] if least is None else least)
    reader = load_reader()
    digits = load_mnist().validation
    examples = [*simulated(digits, options.sample, options.seed), *touching(digits, options)]
    if options.photos:
        examples += real(options.photos)
    by_search = []
    by_line = []
    for example in examples:
        by_search.append(outcome(lambda photo: reader.read(photo).text, example))
        by_line.append(outcome(line_reader.read, example))
    print(as_table(by_search, by_line))
    return 0


def outcome(read: Callable[[bytes], str], example: Example) -> Outcome:
    # The processor's own time: other work on the machine does not count.
    start = time.process_time()
    text = read(example.photo)
    milliseconds = 1000 * (time.process_time() - start)
    return Outcome(example.group, example.truth, digits_of(text), milliseconds)


def simulated(digits: Split, sample: int, seed: int) -> Iterator[Example]:
    """Photos of the exam: half of them with one digit, half with several."""
    for case in CASES:
        for number in range(sample):
            page = page_of(digits, number, seed=seed, several=number % 2 == 1)
            photo = file_of(photo_of(page, case, number, seed=seed))
            name = case[0] if case[0] == CLEAN else f"{case[0]}, severity {case[1]}"
            yield Example(f"simulated: {name}", digits_of(page.text), photo)


def touching(digits: Split, options: argparse.Namespace) -> Iterator[Example]:
    """Clean photos of strings, each digit of which touches the next."""
    for number in range(options.sample):
        rng = np.random.default_rng([options.seed, number])
        chosen = rng.choice(len(digits.labels), rng.integers(2, MOST_TOUCHING + 1), replace=False)
        page = touching_page(Split(digits.images[chosen], digits.labels[chosen]), rng)
        yield Example("simulated: touching", page.text, file_of(clean_photo(page)))


def touching_page(digits: Split, rng: np.random.Generator) -> Page:
    """All the digits in one row, written as if they were a single sign."""
    string = digits.images[0]
    for image in digits.images[1:]:
        string = joined(string, image)
    page = write_page(Split(string[None], digits.labels[:1]), [1], rng)
    return replace(page, rows=("".join(map(str, digits.labels)),))


def joined(left: Image, right: Image) -> Image:
    """Two pictures of the same height, pushed together until their ink meets."""
    width = left.shape[1]
    ends = [np.flatnonzero(row)[-1] + 1 if row.any() else -width for row in left > 0.5]
    starts = [np.flatnonzero(row)[0] if row.any() else 2 * width for row in right > 0.5]
    start = max(0, *(int(end - first) for end, first in zip(ends, starts, strict=True)))
    whole = np.pad(left, ((0, 0), (0, right.shape[1])))[:, : start + right.shape[1]]
    np.maximum(whole[:, start:], right, out=whole[:, start:])
    return whole


def real(manifest: Path) -> Iterator[Example]:
    """Photos as the manifest beside them lists them: file, kind and label."""
    for photo, kind, label in labelled_photos(manifest):
        yield Example(f"photos: {kind}", digits_of(label), photo)


def as_table(by_search: Sequence[Outcome], by_line: Sequence[Outcome]) -> str:
    """A line for each group of photos, as Markdown."""
    lines = [
        "| | photos | exact: search | line | only search right | only line right "
        "| CER: search | line | ms: search | line |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for group in dict.fromkeys(one.group for one in by_search):
        searched = [one for one in by_search if one.group == group]
        lined = [one for one in by_line if one.group == group]
        only_search = sum(a > b for a, b in zip(right(searched), right(lined), strict=True))
        only_line = sum(a < b for a, b in zip(right(searched), right(lined), strict=True))
        cells: list[str] = [group, str(len(searched))]
        cells += [f"{np.mean(right(way)):.1%}" for way in (searched, lined)]
        cells += [str(only_search), str(only_line)]
        cells += [character_error_rate(way) for way in (searched, lined)]
        cells += [
            f"{statistics.median(one.milliseconds for one in way):.0f}"
            for way in (searched, lined)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def right(outcomes: Sequence[Outcome]) -> list[bool]:
    return [one.text == one.truth for one in outcomes]


def character_error_rate(outcomes: Sequence[Outcome]) -> str:
    """Digits to change, to add and to take away, by the digits that stand there."""
    num_digits = sum(len(one.truth) for one in outcomes)
    if not num_digits:
        return "–"
    return f"{sum(edit_distance(one.truth, one.text) for one in outcomes) / num_digits:.1%}"


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--photos", type=Path, help="a manifest.csv with file, kind and label of photos beside it"
    )
    parser.add_argument("--sample", type=int, default=50, help="simulated photos of each kind")
    parser.add_argument(
        "--least-confidence", type=float, help="default: as train.py chose; 0 refuses nothing"
    )
    parser.add_argument("--seed", type=int, default=0, help="other photos for another seed")
    parser.add_argument("--line-reader", type=Path, default=FOLDER, help="what train.py wrote")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
