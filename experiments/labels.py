"""Photos that others labelled."""

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
