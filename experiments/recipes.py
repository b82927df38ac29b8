"""The recipe of the cnn, one change at a time: what each brings on the validation digits.

Each candidate is trained for the same few epochs, and measured on the validation digits as they
are, on variants of them as photos show them, made with chance of their own, and on the digits of
strangers: of people in Istanbul and of handwriting fonts that no network learns from. The test
digits are not looked at.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else tensorflow greets with a page of hints

from experiments.variants import variants_of
from mnist_model import handwriting_fonts, optdigits
from mnist_model.checkpoints import Plan
from mnist_model.classifier import given_a_digit
from mnist_model.contract import NUM_OUTPUTS, Image, ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, Dataset, Split, load_mnist
from mnist_model.digit_exam import examine_digits, mean_errors
from mnist_model.evaluation import cross_entropy
from mnist_model.other_digits import load_other_digits

if __name__ == "__main__":  # the processes that make the examples need no tensorflow
    from keras import ops

    from experiments.distillation.student import Student, student_of
    from experiments.runs import trained
    from mnist_model.measuring import accuracy_of, scores_of
    from mnist_model.networks import (
        ARCHITECTURES,
        CNN_VARIETY,
        Architecture,
        convolution_network,
    )

ROOT = Path(__file__).parent.parent
SIX_LAYERS = ((32, 1), (32, 2), (64, 1), (64, 2), (128, 1), (128, 1))
SMOOTHING = 0.1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--only", nargs="+", help="names of candidates")
    parser.add_argument(
        "--spoiled",
        action="store_true",
        help="two more columns: the mean error on 500 spoiled digits, raw and prepared",
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--run", type=Path, default=ROOT / "runs" / "recipes")
    options = parser.parse_args()
    dataset = load_mnist(options.data)
    splits = [dataset.validation, variants_of(dataset.validation), strangers()]
    columns = ["recipe", "MNIST's", "loss", "variants", "loss", "strangers'", "loss", "seconds"]
    columns += ["raw", "prepared"] * options.spoiled
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    known = dict(candidates())
    if unknown := set(options.only or ()) - set(known):
        parser.error(f"no candidate is named {min(unknown)!r}; there are {', '.join(known)}")
    for name, architecture in known.items():
        if not options.only or name in options.only:
            cells = measured(name, architecture, dataset, splits, options)
            print(f"| {name} | {cells} |", flush=True)
    return 0


def strangers() -> Split:
    """Digits of hands that no network learns from, as they were written."""
    files = (optdigits.FOLDER / "test.npz", handwriting_fonts.FOLDER / "held_out.npz")
    splits = [load_other_digits(file) for file in files]
    return Split(
        np.concatenate([split.images for split in splits]),
        np.concatenate([split.labels for split in splits]),
    )


def candidates() -> "Iterator[tuple[str, Architecture]]":
    """The recipe of the cnn, and each change to it alone."""
    cnn = ARCHITECTURES["cnn"]

    def with_recipe(**changes: Any) -> Architecture:
        return replace(cnn, recipe=replace(cnn.recipe, **changes))

    def with_variety(**changes: Any) -> Architecture:
        return with_recipe(variety=replace(CNN_VARIETY, **changes))

    yield "the recipe", cnn
    # With the rate that suits it.
    yield "AdamW for all", with_recipe(orthogonalizes=False, learning_rate=0.004)
    yield "six layers", replace(cnn, build=partial(convolution_network, "six", SIX_LAYERS))
    yield "rate to 0, no average", with_recipe(averages=False)
    yield "none of MNIST's own", with_variety(share_as_is=0)
    yield "half of MNIST's own", with_variety(share_as_is=0.5)
    yield "no strokes and forms of other hands", with_variety(other_forms=False)
    yield "none of fonts", with_variety(share_of_fonts=0)
    yield "none of other writers", with_variety(share_of_optdigits=0)
    yield "none coarse", with_variety(share_coarse=0)
    yield "none cluttered", with_variety(share_cluttered=0)
    yield "no weight decay", with_recipe(weight_decay=0)
    yield "none shaken", with_variety(share_shaken=0)

    def undecided(images: Any, *, training: bool) -> Any:  # noqa: ARG001 - as a network is called
        return ops.full((ops.shape(images)[0], NUM_OUTPUTS), 1 / NUM_OUTPUTS)

    # Smoothing labels is to learn a little from a teacher who knows nothing.
    Student.teachers, Student.share = [undecided], SMOOTHING
    yield "labels smoothed", replace(cnn, build=partial(student_of, cnn.build))


def measured(
    name: str,
    architecture: "Architecture",
    dataset: Dataset,
    splits: list[Split],
    options: argparse.Namespace,
) -> str:
    """Trains a candidate, or goes on with it: the cells of its line."""
    ARCHITECTURES[name] = architecture
    plan = Plan(name, seed=1, epochs=options.epochs, steps=None)
    progress, model = trained(plan, dataset, options.run, SMOOTHING)
    cells = []
    for split in splits:
        scores = scores_of(model, split.images)
        right = accuracy_of(scores, split.labels).value
        cells += [f"{right:.2%}", f"{cross_entropy(scores, split.labels):.4f}"]
    cells.append(f"{progress.seconds:.0f}")
    if options.spoiled:
        spoiled = examine_digits(partial(_digits, model), dataset.validation, sample=500)
        cells += [f"{error:.1%}" for error in mean_errors(spoiled)]
    return " | ".join(cells)


def _digits(model: Any, images: Image) -> Image:
    return given_a_digit(scores_of(model, images))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
