"""How each model reads the digits of hands that no network learns from: of fonts held out.

As they were drawn, and as another pen and camera would have taken each of them ten times. The
digits of MNIST's validation split say little of other hands: their writers are those of the
training digits.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from experiments.variants import CHANCE, VARIETY
from mnist_model.augmentation import as_photographed
from mnist_model.classifier import given_a_digit, load_classifier
from mnist_model.contract import Image, NoDigitFound, ReaderError
from mnist_model.dataset import Split
from mnist_model.evaluation import cross_entropy
from mnist_model.handwriting_fonts import FOLDER
from mnist_model.model_card import DEFAULT_MODEL_PATH
from mnist_model.other_digits import load_other_digits
from mnist_model.pen import placed

TIMES = 10
"""That each digit is photographed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "models", type=Path, nargs="*", default=[DEFAULT_MODEL_PATH], help=".keras files"
    )
    parser.add_argument(
        "--digits", type=Path, default=FOLDER / "held_out.npz", help=".npz file of other digits"
    )
    options = parser.parse_args()
    drawn = load_other_digits(options.digits)
    taken = photographed(drawn)
    print("| model | as drawn: misread | loss | as photographed: misread | loss |")
    print("|---|---|---|---|---|")
    for path in options.models:
        classifier = load_classifier(path)
        cells = []
        for split in (drawn, taken):
            scores = classifier.classify(split.images)
            wrong = given_a_digit(scores).argmax(axis=1) != split.labels
            cells += [
                f"{wrong.sum()} of {len(wrong):,}",
                f"{cross_entropy(scores, split.labels):.3f}",
            ]
        print(f"| {path} | {' | '.join(cells)} |", flush=True)
    return 0


def photographed(digits: Split) -> Split:
    """Each digit TIMES times, less those of which the pen left no ink; the same at each call."""
    rng = np.random.default_rng(CHANCE)
    images: list[Image] = []
    labels: list[int] = []
    for image, label in zip(digits.images, digits.labels, strict=True):
        for _ in range(TIMES):
            try:
                images.append(as_photographed(placed(image, rng), VARIETY, rng))
            except NoDigitFound:
                continue
            labels.append(int(label))
    return Split(np.stack(images), np.array(labels, np.uint8))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
