"""Readings of picture files: the seed's prediction from an image path, for files and folders."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mnist_model.contract import MAX_PHOTO_BYTES, Digit, PhotoError, Reading
from mnist_model.drawing import draw_reading
from mnist_model.explanation import save_explanation
from mnist_model.reader import DigitReader
from mnist_model.saliency import save_saliency

SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
        *(".heic", ".heif", ".avif", ".pgm", ".ppm", ".pbm", ".mpo"),
    }
)
"""File names that are taken from a folder; a file that is named itself is always tried."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What became of one file: a reading, or the reason why there is none or no picture of it."""

    path: Path
    milliseconds: float  # from the file's bytes to the reading
    reading: Reading | None = None
    error: str | None = None


def find_pictures(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and the pictures of each folder and its subfolders, sorted by name."""
    for path in paths:
        if _is_folder(path):
            files = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
            yield from sorted(file for file in files if file.is_file())
        else:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, say; `predict` meets it again, and tells of it
        return False


def places_for(pictures: Sequence[Path], folder: Path, suffix: str) -> list[Path]:
    """Where in `folder` what is made of each picture is saved: no two of them in the same place.

    The pictures' own folders are kept, from the nearest one that holds all pictures.
    """
    places = [picture.resolve() for picture in pictures]
    nearest = os.path.commonpath([place.parent for place in places]) if places else ""
    return [
        folder / place.relative_to(nearest).with_name(f"{place.name}{suffix}") for place in places
    ]


def predict(
    reader: DigitReader,
    path: Path,
    *,
    drawing: Path | None = None,
    explanation: Path | None = None,
    why: Path | None = None,
) -> Prediction:
    """Reads one file.

    Args:
        drawing: where to save the picture with its boxes, as a JPEG.
        explanation: the folder to save a picture of each stage of the reading in.
        why: where to save what each digit was read from, as a PNG.
    """
    try:
        with path.open("rb") as file:
            photo = file.read(MAX_PHOTO_BYTES + 1)  # more would be refused anyway
    except OSError as error:
        return Prediction(path, 0.0, error=f"The file can't be opened: {error.strerror}.")
    start = time.perf_counter()
    try:
        reading = reader.read(photo)
    except PhotoError as error:
        return Prediction(path, _milliseconds_since(start), error=str(error))
    milliseconds = _milliseconds_since(start)
    try:
        if drawing is not None:
            drawing.parent.mkdir(parents=True, exist_ok=True)
            drawing.write_bytes(draw_reading(photo, reading))
        if explanation is not None:
            save_explanation(reader, photo, explanation)
        if why is not None:
            save_saliency(reader, photo, why)
    except OSError as error:
        # Of a disk that is full, no file is named.
        what = error.filename or "What was to be saved"
        fault = f"{what} can't be written: {error.strerror}."
        return Prediction(path, milliseconds, reading, fault)
    return Prediction(path, milliseconds, reading)


def as_text(prediction: Prediction) -> str:
    """One line for a person: the file, the reading, and how sure it is."""
    said = [prediction.error] if prediction.error else []
    if prediction.reading is not None:
        reading = prediction.reading
        seen = [
            f"{reading.text} ({reading.confidence:.1%})" if reading.digits else "no digit seen"
        ]
        if reading.turned:
            seen.append(f"turned by {reading.turned}° to be read")
        if reading.other_way_up:
            seen.append(f"{reading.other_way_up} the other way up")
        said = [*seen, *said]
    return f"{prediction.path}: {'; '.join(said)}"


def as_json(prediction: Prediction) -> str:
    """One line for a machine; `reading` is "" where no digit was seen.

    `turned` and `other_way_up` are as in contract.Reading, boxes as in contract.Digit.

    The file's path is absolute: whoever takes the line up may stand in another folder.
    """
    fields: dict[str, object] = {"file": str(prediction.path.absolute())}
    if prediction.reading is not None:
        fields["reading"] = prediction.reading.text
        fields["turned"] = prediction.reading.turned
        fields["other_way_up"] = prediction.reading.other_way_up
        fields["digits"] = [_digit_fields(digit) for digit in prediction.reading.digits]
        fields["ms"] = round(prediction.milliseconds, 2)
    if prediction.error is not None:
        fields["error"] = prediction.error
    return json.dumps(fields)


def _digit_fields(digit: Digit) -> dict[str, object]:
    box = digit.box
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 4),
        "box": [box.x, box.y, box.width, box.height],
        "row": digit.row,
    }


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
