"""Labelled photos cut out closer and closer around their digits: how many are still read right.

People crop photos before they send them, and where little paper is left, little tells ink from
light. Each photo that is read right as it is, is cut out around the digits that were read, with a
margin of paper, and read again.
"""

import argparse
import sys
from pathlib import Path

import cv2

from experiments.labels import digits_of, labelled_photos
from mnist_model import DEFAULT_MODEL_PATH, Box, load_reader
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
        reading = reader.read(photo)
        text = digits_of(label)
        if kind in right and not reading.turned and digits_of(reading.text) == text:
            grey = decode(photo).grey
            scale = max(grey.shape) / max(reading.photo_size)
            box = box_around([digit.box for digit in reading.digits])
            cut_outs = (cut_out(grey, box, scale, margin) for margin in MARGINS)
            texts = [digits_of(reader.read(png).text) for png in cut_outs]
            right[kind].append([found == text for found in texts])
    print("| margin |", *(f"{kind} ({len(photos)}) |" for kind, photos in right.items()))
    print("|---|" + "---|" * len(right))
    for number, margin in enumerate(MARGINS):
        counts = (sum(photo[number] for photo in photos) for photos in right.values())
        print(f"| {margin:.0%} |", *(f"{count} |" for count in counts))
    return 0


def cut_out(grey: GreyImage, box: Box, scale: float, margin: float) -> bytes:
    """What lies around a box, as a picture in PNG.

    Args:
        box: in pixels of the photo, of which `grey` is the same in `scale` times as many.
        margin: of the paper, as a share of the box's longer side.
    """
    room = margin * max(box.width, box.height)
    top, bottom = scale * (box.y - room), scale * (box.y + box.height + room)
    left, right = scale * (box.x - room), scale * (box.x + box.width + room)
    part = grey[max(int(top), 0) : int(bottom) + 1, max(int(left), 0) : int(right) + 1]
    return cv2.imencode(".png", part)[1].tobytes()


if __name__ == "__main__":
    sys.exit(main())
