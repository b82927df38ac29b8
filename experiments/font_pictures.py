"""Makes `data/handwriting_fonts/` from a folder of fonts: pictures of what other hands write.

Not part of training, which reads the pictures. The fonts are those that their publisher counts as
handwriting; data/handwriting_fonts/README.md names them and says where they are from.

    python -m experiments.font_pictures FOLDER --output NEW    # FOLDER: fonts and nothing else
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from mnist_model.contract import IMAGE_SIZE, NUM_CLASSES
from mnist_model.preprocessing import INK_SIZE

SIDE = 42
"""Of a picture, in pixels: 1.5 for one of MNIST's, so that a turned digit stays sharp."""

TOO_ALIKE = 0.96
"""Fonts whose digits correlate more than this in the mean are counted as one hand."""

FINEST = 2.0
"""A hairline is drawn with at least so broad a pen, in pixels of MNIST's: finer ones would break
where training thins them."""

HELD_OUT_OF = 4
"""One hand of so many is kept to measure on, if it is none of the others' kin."""

KIN = 0.9
"""A font whose digits correlate more than this with those of one learned from is its kin; so is
one whose name begins with the same word."""

LETTERS = "AEHKMNPRUVWXadehkmnpuvwx"
"""Those that are no digit in any of the fonts."""

MISSING = "\U0010fffd"
"""A sign of no font: what is drawn for it is the box that stands for a missing one."""

ORNATE = {
    "ballet",
    "bonbon",
    "butterfly-kids",
    "euphoria-script",
    "ingrid-darling",
    "love-light",
    "miss-fajardose",
    "monsieur-la-doulaise",
    "mrs-saint-delafield",
    "neonderthaw",
    "puppies-play",
    "splash",
}
"""Fonts with digits that few people would read, or read so."""

Picture = npt.NDArray[np.uint8]

Shapes = npt.NDArray[np.float32]
"""(10, SIDE * SIDE): one hand's digits, each of length 1; see `shapes`."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fonts", type=Path, help="folder of fonts")
    parser.add_argument("--output", type=Path, required=True, help="folder for the pictures")
    args = parser.parse_args()
    if not args.fonts.is_dir():
        parser.error(f"{args.fonts} is no folder")
    paths = sorted(path for path in args.fonts.iterdir() if path.stem not in ORNATE)
    digits = {path: found for path in paths if (found := digits_of(path)) is not None}
    hands = of_different_hands({path: shapes(pictures) for path, pictures in digits.items()})
    learnt = [path for number, path in enumerate(hands) if number % HELD_OUT_OF]
    held_out = [
        path
        for path in list(hands)[::HELD_OUT_OF]
        if not any(are_kin(path, other, hands) for other in learnt)
    ]
    if not held_out:
        parser.error(f"{args.fonts} holds too few fonts of different hands")
    args.output.mkdir(parents=True, exist_ok=True)
    for name, chosen in (("digits", learnt), ("held_out", held_out)):
        np.savez_compressed(
            args.output / f"{name}.npz",
            images=np.concatenate([digits[path] for path in chosen]),
            labels=np.tile(np.arange(NUM_CLASSES, dtype=np.uint8), len(chosen)),
        )
    letters = _not_missing(
        rendered(_font(path), letter, side=IMAGE_SIZE) for path in learnt for letter in LETTERS
    )
    np.savez_compressed(args.output / "letters.npz", images=np.stack(letters))
    for name, chosen in (("Learnt from", learnt), ("Held out", held_out)):
        print(f"{name}: {', '.join(path.stem for path in chosen)}.")
    return 0


def of_different_hands(fonts: dict[Path, Shapes]) -> dict[Path, Shapes]:
    """The fonts whose digits are each unlike those of the fonts before it."""
    kept: dict[Path, Shapes] = {}
    for path, digits in fonts.items():
        if all(likeness(digits, other) < TOO_ALIKE for other in kept.values()):
            kept[path] = digits
    return kept


def are_kin(one: Path, other: Path, hands: dict[Path, Shapes]) -> bool:
    """Whether two fonts are of one family, or might as well be."""
    of_one_name = one.stem.split("-")[0] == other.stem.split("-")[0]
    return of_one_name or likeness(hands[one], hands[other]) > KIN


def likeness(one: Shapes, other: Shapes) -> float:
    """How far two hands' digits correlate in the mean, at most 1."""
    return float((one * other).sum(axis=1).mean())


def shapes(digits: Picture) -> Shapes:
    """Each digit blurred, so that near strokes count as one.

    Args:
        digits: (10, SIDE, SIDE) uint8.
    """
    blurred = np.stack([cv2.GaussianBlur(digit, (0, 0), 1.5).ravel() for digit in digits])
    return blurred / np.linalg.norm(blurred.astype(np.float32), axis=1, keepdims=True)


def digits_of(path: Path) -> Picture | None:
    """(10, SIDE, SIDE) uint8, or None if the font lacks one."""
    font = _font(path)
    digits = _not_missing(rendered(font, str(digit)) for digit in range(NUM_CLASSES))
    return np.stack(digits) if len(digits) == NUM_CLASSES else None


def rendered(font: ImageFont.FreeTypeFont, sign: str, *, side: int = SIDE) -> Picture | None:
    """A sign in the middle of (side, side) uint8, 0 paper and 255 ink, as large as MNIST's
    digits; None if the font lacks it."""
    if bytes(font.getmask(sign)) == bytes(font.getmask(MISSING)):
        return None
    left, top, right, bottom = font.getbbox(sign)
    drawn = round(max(right - left, bottom - top) * IMAGE_SIZE / INK_SIZE)
    picture = PillowImage.new("L", (drawn, drawn), 0)
    corner = ((drawn - right + left) / 2 - left, (drawn - bottom + top) / 2 - top)
    ImageDraw.Draw(picture).text(corner, sign, font=font, fill=255)
    ink = without_hairlines(np.asarray(picture), FINEST * drawn / IMAGE_SIZE)
    return cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA)


def without_hairlines(ink: Picture, finest: float) -> Picture:
    """The same lines, those finer than `finest` pixels drawn about so broad.

    Args:
        ink: (height, width) uint8, 0 paper and 255 ink.
    """
    half = round((finest - 1) / 2)
    # Of odd breadth, so that their middle is a pixel and nothing is moved.
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half + 1, 2 * half + 1))
    pixel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    for _ in range(half):
        broad = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, pen), pixel)
        fine = np.where(broad, np.uint8(0), ink)  # more than a pixel from where the pen fits
        ink = np.maximum(ink, cv2.dilate(fine, pixel))
    return ink


def _not_missing(pictures: Iterable[Picture | None]) -> list[Picture]:
    return [picture for picture in pictures if picture is not None]


def _font(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), 100)


if __name__ == "__main__":
    sys.exit(main())
