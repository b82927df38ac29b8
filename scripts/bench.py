"""Measures speed and memory, side by side in one run: bench.py photo, bench.py formats."""

import argparse
import sys
from pathlib import Path

from mnist_model.benchmark import as_table, measure_formats, measure_photo
from mnist_model.classifier import DEFAULT_MODEL_PATH
from mnist_model.contract import ReaderError

EXPORTED = Path(__file__).parent.parent / "runs" / "export"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = parser.add_subparsers(dest="subject", required=True)
    photo = subjects.add_parser("photo", help="one photo of 1280x960 pixels with ten digits")
    formats = subjects.add_parser("formats", help="the network as scripts/export.py wrote it")
    formats.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    formats.add_argument("--exported", type=Path, default=EXPORTED, help="folder of the others")
    formats.add_argument("--digits", type=int, default=1, help="read at once, 1 to 10,000")
    for subject in (photo, formats):
        subject.add_argument("--repeats", type=int, default=50, help="times each step is timed")
    options = parser.parse_args()
    if options.subject == "photo":
        timings = measure_photo(options.repeats)
    else:
        timings = measure_formats(
            options.model,
            options.exported,
            num_digits=options.digits,
            repeats=options.repeats,
        )
    print(as_table(timings))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
    except ModuleNotFoundError as error:  # the bot and the demo know no other format
        print(
            f"The formats need {error.name}, which is not installed: run "
            "`.venv/bin/pip install -r requirements/export.txt`.",
            file=sys.stderr,
        )
        sys.exit(2)
