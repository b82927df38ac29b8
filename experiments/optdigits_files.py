"""Makes `data/optdigits/` from two copies of that collection: one of all, one of its test digits.

Not part of training, which reads the files. data/optdigits/README.md says where the copies are.

    python -m experiments.optdigits_files optdigits.dat digits.csv.gz --output NEW
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

SIDE = 8
"""Of a picture, in pixels."""

FULL = 16
"""Of the collection's counts: all dots of a pixel are ink."""

Rows = npt.NDArray[np.int64]
"""(n, 65): the counts of a digit, row by row, and which digit it is."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("everything", type=Path, help="optdigits.dat, of all 43 writers")
    parser.add_argument("test", type=Path, help="digits.csv.gz, of the 13 of the test digits")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    everything = np.loadtxt(
        options.everything, delimiter=",", comments="@", dtype=np.int64, ndmin=2
    )
    test = np.loadtxt(options.test, delimiter=",", ndmin=2).astype(np.int64)
    options.output.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", without(everything, test)), ("test", test)):
        images = np.round(rows[:, :-1].reshape(-1, SIDE, SIDE) * (255 / FULL)).astype(np.uint8)
        np.savez_compressed(
            options.output / f"{name}.npz", images=images, labels=rows[:, -1].astype(np.uint8)
        )
        print(f"{name}: {len(rows):,} digits")
    return 0


def without(everything: Rows, test: Rows) -> Rows:
    """The rows that are not among the test rows, each of which is taken out once.

    Raises:
        SystemExit: a test row is not among all.
    """
    to_leave = Counter(map(bytes, test))
    kept = []
    for row in everything:
        if to_leave[bytes(row)]:
            to_leave[bytes(row)] -= 1
        else:
            kept.append(row)
    if missing := to_leave.total():
        sys.exit(f"{missing:,} of the test digits are not among all: these are no such copies.")
    return np.stack(kept)


if __name__ == "__main__":
    sys.exit(main())
