"""The same labelled photos, read in every way, and what each way made of them."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments import labels
from experiments.labels import digits_of
from experiments.other_ways.ways import Way, taken
from mnist_model.contract import PhotoError
from mnist_model.corruption import file_of
from mnist_model.dataset import Split
from mnist_model.evaluation import edit_distance
from mnist_model.photo_exam import CLEAN, Case, Read, page_of, photo_of

CASES: tuple[Case, ...] = (
    (CLEAN, 0),
    ("squared paper", 3),
    ("pencil", 3),
    ("chalk", 3),
    ("uneven light", 3),
    ("soft shadow", 3),
    ("hard shadow", 3),
    ("sensor noise", 3),
)
"""The simulated photos: what a threshold or a cut may stumble over."""

Kind = Literal["single", "multi", "nodigit", "simulated single", "simulated multi"]


@dataclass(frozen=True, slots=True)
class Example:
    """One photo, and what stands on it."""

    photo: bytes
    label: str  # the rows joined by "/", "" where no digit stands on it
    kind: Kind


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way made of all photos; a share of nothing is None."""

    way: str
    one_digit: float | None  # share read exactly
    several: float | None  # share whose digits were read exactly, whatever the rows
    character_errors: float | None  # wrong, missing and surplus digits, by the number of digits
    false_alarms: int | None  # photos without a digit in which one was seen
    simulated_one: float | None  # share read exactly
    simulated_several: float | None  # share read exactly, each digit in its row
    milliseconds: float  # median over all photos


def labelled_photos(folder: Path) -> Iterator[Example]:
    """The photos of a folder that holds a manifest.csv (labels.py)."""
    for photo, kind, label in labels.labelled_photos(folder / "manifest.csv"):
        yield Example(photo, label, _kind_of(kind))


def simulated_photos(digits: Split, *, sample: int, seed: int) -> Iterator[Example]:
    """Photos of the project's exam (photo_exam.py): `sample` of each kind for each of CASES."""
    kinds: tuple[tuple[Kind, bool], ...] = (("simulated single", False), ("simulated multi", True))
    for number in range(sample):
        for kind, several in kinds:
            page = page_of(digits, number, seed=seed, several=several)
            for case in CASES:
                yield Example(file_of(photo_of(page, case, number, seed=seed)), page.text, kind)


def measured(read: Read, ways: Sequence[Way], examples: Sequence[Example]) -> list[Figures]:
    """Each photo is read in all ways in turn, so that a busy machine slows them all alike."""
    readings: list[list[str]] = [[] for _ in ways]
    milliseconds: list[list[float]] = [[] for _ in ways]
    for example in examples:
        for index, way in enumerate(ways):
            with taken(way):
                start = time.perf_counter()
                readings[index].append(_reading(read, example.photo))
                milliseconds[index].append(1000 * (time.perf_counter() - start))
    return [
        figures_of(way.name, examples, readings[index], statistics.median(milliseconds[index]))
        for index, way in enumerate(ways)
    ]


def figures_of(
    way: str, examples: Sequence[Example], readings: Sequence[str], milliseconds: float
) -> Figures:
    """The figures of one way, from what it read on each photo."""
    pairs: dict[Kind, list[tuple[str, str]]] = {}
    for example, reading in zip(examples, readings, strict=True):
        pairs.setdefault(example.kind, []).append((example.label, reading))
    several = [(digits_of(label), digits_of(text)) for label, text in pairs.get("multi", [])]
    seen = [text != "" for _, text in pairs.get("nodigit", [])]
    num_digits = sum(len(label) for label, _ in several)
    return Figures(
        way,
        one_digit=_share_exact(pairs.get("single", [])),
        several=_share_exact(several),
        character_errors=sum(edit_distance(*pair) for pair in several) / num_digits
        if several
        else None,
        false_alarms=sum(seen) if seen else None,
        simulated_one=_share_exact(pairs.get("simulated single", [])),
        simulated_several=_share_exact(pairs.get("simulated multi", [])),
        milliseconds=milliseconds,
    )


def _reading(read: Read, photo: bytes) -> str:
    try:
        return read(photo).text
    except PhotoError:
        return ""  # nothing was read, whatever the reason


def _share_exact(pairs: Sequence[tuple[str, str]]) -> float | None:
    return sum(label == text for label, text in pairs) / len(pairs) if pairs else None


def _kind_of(text: str) -> Kind:
    match text:
        case "single" | "multi" | "nodigit":
            return text
    raise ValueError(f'"{text}" is no kind of photo: expected single, multi or nodigit.')
