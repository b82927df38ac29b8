"""Photos that others labelled, and how far a reading is from its label."""

import csv
from collections.abc import Iterator
from pathlib import Path


def labelled_photos(manifest: Path) -> Iterator[tuple[bytes, str, str]]:
    """Each photo's file, its kind (single, multi or nodigit) and its label.

    Args:
        manifest: a CSV file beside the photos, with the columns file, kind and label (the rows of
            digits joined by "/", or nothing).
    """
    with manifest.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield (manifest.parent / row["file"]).read_bytes(), row["kind"], row["label"]


def digits_of(text: str) -> str:
    """The digits alone, without what parts rows and numbers."""
    return "".join(character for character in text if character.isdigit())


def distance(one: str, other: str) -> int:
    """The least number of characters to change, drop or add that makes one text the other.

    Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
    reversals" (1966).
    """
    costs = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        above, costs[0] = costs[:], i
        for j, theirs in enumerate(other, start=1):
            costs[j] = min(above[j] + 1, costs[j - 1] + 1, above[j - 1] + (mine != theirs))
    return costs[-1]
