"""Labelled photos cut out closer and closer around their digits: how many are still read right.

People crop photos before they send them, and where little paper is left, little tells ink from
light. Each photo that is read right as it is, is cut out around the digits that were read, with a
margin of paper, and read again.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from experiments.labels import digits_of, labelled_photos
from mnist_model import DEFAULT_MODEL_PATH, load_reader
from mnist_model.attempts import Attempt
from mnist_model.decoding import GreyImage, decode
from mnist_model.segmentation.grouping import box_around

MARGINS = (0.2, 0.08, 0.03, 0.0)
"""What is left of the paper on each side, as shares of the longer side of the digits' box."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, help="CSV file of photos: see labels.py")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    options = parser.parse_args()
    reader = load_reader(options.model)
    right: dict[str, list[list[bool]]] = {"single": [], "multi": []}
    for photo, kind, label in labelled_photos(options.photos):
        attempt = reader.attempt(decode(photo).grey)
        if kind in right and not attempt.turned and text_of(attempt) == digits_of(label):
            cut_outs = (cut_out(attempt, margin) for margin in MARGINS)
            texts = [text_of(reader.attempt(grey)) for grey in cut_outs]
            right[kind].append([text == digits_of(label) for text in texts])
    print("| margin |", *(f"{kind} ({len(photos)}) |" for kind, photos in right.items()))
    print("|---|" + "---|" * len(right))
    for number, margin in enumerate(MARGINS):
        counts = (sum(photo[number] for photo in photos) for photos in right.values())
        print(f"| {margin:.0%} |", *(f"{count} |" for count in counts))
    return 0


def text_of(attempt: Attempt) -> str:
    """All digits that were read, in reading order."""
    return "".join(str(np.argmax(sign.probabilities)) for sign in attempt.digits)


def cut_out(attempt: Attempt, margin: float) -> GreyImage:
    """The picture that was read, around its digits alone."""
    grey = attempt.layout.grey
    box = box_around([sign.group.box for sign in attempt.digits])
    room = round(margin * max(box.width, box.height))
    rows = slice(max(box.y - room, 0), box.y + box.height + room)
    columns = slice(max(box.x - room, 0), box.x + box.width + room)
    return np.ascontiguousarray(grey[rows, columns])


if __name__ == "__main__":
    sys.exit(main())
