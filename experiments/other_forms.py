"""What it brings to train with the strokes and the forms of other hands than MNIST's.

Trains the cnn twice by its recipe but for the number of epochs, once with them and once without,
and has both read digits that show one stroke or one form each, made from the validation digits or
drawn, with chance of their own.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else tensorflow greets with a page of hints

import numpy as np

from mnist_model.augmentation import as_photographed
from mnist_model.checkpoints import Plan
from mnist_model.contract import Image, NoDigitFound, ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, Dataset, Split, load_mnist
from mnist_model.drawn_digits import FORMS, Form
from mnist_model.european_shapes import bar, flag, foot, slash
from mnist_model.pen import drawn_strokes, placed

if __name__ == "__main__":  # the processes that make the examples need no tensorflow
    import keras

    from experiments.runs import trained
    from mnist_model.measuring import accuracy_on
    from mnist_model.networks import ARCHITECTURES, CNN_VARIETY

ROOT = Path(__file__).parent.parent
NUM_EXAMPLES = 500
STROKES = ((0, slash), (1, flag), (1, foot), (7, bar))

Add = Callable[[Image, np.random.Generator], None]
"""Draws a stroke onto the digit on a canvas, in place."""

Make = Callable[[np.random.Generator], Image]
"""Makes one digit on a canvas of pen.py."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--run", type=Path, default=ROOT / "runs" / "other_forms")
    options = parser.parse_args()
    dataset = load_mnist(options.data)
    without, with_them = (
        network(other_forms, options.epochs, dataset, options.run) for other_forms in (False, True)
    )
    print("| digits | without | with |\n|---|---|---|")
    validation = dataset.validation
    name = f"MNIST's {len(validation.labels):,} of the validation split"
    print(f"| {name} | {shares(validation, without, with_them)} |")
    for digit, name, make in kinds(validation):
        split = examples(digit, make)
        print(f"| {digit}: {name} | {shares(split, without, with_them)} |")
    return 0


def network(other_forms: bool, epochs: int, dataset: Dataset, parent: Path) -> "keras.Model":
    """The cnn after that many epochs."""
    name = "cnn_with" if other_forms else "cnn_without"
    cnn = ARCHITECTURES["cnn"]
    variety = replace(CNN_VARIETY, other_forms=other_forms)
    recipe = replace(cnn.recipe, epochs=epochs, variety=variety)
    ARCHITECTURES[name] = replace(cnn, recipe=recipe)
    return trained(Plan(name, seed=1, epochs=epochs, steps=None), dataset, parent)[1]


def kinds(digits: Split) -> Iterator[tuple[int, str, Make]]:
    """Each stroke and each form: its digit, its name, and what makes an example of it."""
    for digit, add in STROKES:
        images = digits.images[digits.labels == digit]
        name = f"MNIST's with a {add.__name__}"
        yield digit, name, partial(with_stroke, images, add)
    for digit, forms in FORMS.items():
        for form in dict.fromkeys(forms):
            yield digit, form.__name__.strip("_").replace("_", " "), partial(written, form)


def with_stroke(images: Image, add: Add, rng: np.random.Generator) -> Image:
    canvas = placed(images[rng.integers(len(images))], rng)
    add(canvas, rng)
    return canvas


def written(form: Form, rng: np.random.Generator) -> Image:
    return placed(drawn_strokes(form(rng), rng), rng)


def examples(digit: int, make: Make) -> Split:
    """NUM_EXAMPLES as a network sees them."""
    rng = np.random.default_rng([1_000_003, digit])  # chance that no training run uses
    images: list[Image] = []
    while len(images) < NUM_EXAMPLES:
        try:
            images.append(as_photographed(make(rng), CNN_VARIETY, rng))
        except NoDigitFound:
            continue  # the pen was too fine
    return Split(np.stack(images), np.full(NUM_EXAMPLES, digit, np.uint8))


def shares(digits: Split, *networks: "keras.Model") -> str:
    """What each network reads right, as cells of a table."""
    return " | ".join(f"{accuracy_on(network, digits).value:.1%}" for network in networks)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
