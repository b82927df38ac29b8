"""Measures speed and memory, side by side in one run: bench.py photo."""

import argparse
import sys

from mnist_model.benchmark import as_table, measure_photo


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = parser.add_subparsers(dest="subject", required=True)
    photo = subjects.add_parser("photo", help="one photo of 1280x960 pixels with ten digits")
    photo.add_argument("--repeats", type=int, default=50, help="times each step is timed")
    options = parser.parse_args()
    print(as_table(measure_photo(options.repeats)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
