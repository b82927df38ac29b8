"""Reads the digits in pictures: predict.py PATH... (files or folders)."""

import argparse
import sys
from pathlib import Path

from mnist_model import DEFAULT_MODEL_PATH, ModelFileError, load_reader
from mnist_model.prediction import as_json, as_text, find_pictures, predict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object a picture")
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help="save pictures with boxes and digits there"
    )
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help="a .keras file")
    arguments = parser.parse_args()
    try:
        reader = load_reader(arguments.model)
    except ModelFileError as error:
        print(error, file=sys.stderr)
        return 2
    failed = False
    for path in find_pictures(arguments.paths):
        prediction = predict(reader, path, annotate=arguments.annotate)
        print(as_json(prediction) if arguments.json else as_text(prediction), flush=True)
        failed = failed or prediction.error is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
