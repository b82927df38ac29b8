"""Reads the digits in pictures: predict.py PATH... (files or folders).

Ends with 1 if a file can't be read or there is none, with 2 if there is no model.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mnist_model import DEFAULT_MODEL_PATH, ModelFileError, load_reader
from mnist_model.prediction import as_json, as_text, find_pictures, places_for, predict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object a picture")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="save pictures with boxes and digits there"
    )
    parser.add_argument(
        "--explain", type=Path, metavar="DIR", help="save each stage of each reading there"
    )
    parser.add_argument(
        "--why", type=Path, metavar="DIR", help="save there what each digit was read from"
    )
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help="a .keras file")
    arguments = parser.parse_args()
    pictures = list(find_pictures(arguments.paths))
    if not pictures:
        print("There is no picture in", *arguments.paths, file=sys.stderr)
        return 1
    drawings = places(pictures, arguments.annotate, ".jpg")
    explanations = places(pictures, arguments.explain, "")
    reasons = places(pictures, arguments.why, ".png")
    try:
        reader = load_reader(arguments.model)
    except ModelFileError as error:
        print(error, file=sys.stderr)
        return 2
    # A file's name may hold bytes that are no text.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a real file
    failed = False
    for picture, drawing, explanation, why in zip(
        pictures, drawings, explanations, reasons, strict=True
    ):
        prediction = predict(reader, picture, drawing=drawing, explanation=explanation, why=why)
        print(as_json(prediction) if arguments.json else as_text(prediction), flush=True)
        failed = failed or prediction.error is not None
    return 1 if failed else 0


def places(
    pictures: Sequence[Path], folder: Path | None, suffix: str
) -> Sequence[Path] | Sequence[None]:
    """Where in a folder something is saved for each picture; nowhere without a folder."""
    return places_for(pictures, folder, suffix) if folder else [None] * len(pictures)


if __name__ == "__main__":
    sys.exit(main())
