"""Trains the cnn by its recipe from teachers' answers, and alone for as long; compares the two.

.venv/bin/python -m experiments.distillation --teachers runs/a/cnn.keras runs/b/cnn.keras

Its teachers may have been trained alone, by the same recipe and for about as long, themselves:
--alone gives networks to compare with, in place of the one that is trained alone.

Measured on the validation digits and on variants of them. The test digits are not looked at.
"""

import argparse
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

# As scripts/train.py: Keras picks its backend once, at its first import.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from experiments.variants import variants_of
from mnist_model.checkpoints import Plan
from mnist_model.classifier import load_network
from mnist_model.contract import Image, ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, Split, load_mnist
from mnist_model.evaluation import cross_entropy
from mnist_model.model_card import read_card

if __name__ == "__main__":  # the processes that make the examples need no tensorflow
    from experiments.distillation.student import Student, student_of
    from experiments.runs import trained
    from mnist_model.measuring import accuracy_of, scores_of
    from mnist_model.networks import ARCHITECTURES

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    options = parsed_options()
    dataset = load_mnist(options.data)
    splits = (dataset.validation, variants_of(dataset.validation))
    plan = partial(Plan, seed=options.seed, steps=options.steps)
    cnn = ARCHITECTURES["cnn"]
    ARCHITECTURES["student"] = replace(cnn, build=partial(student_of, cnn.build))
    cards = [read_card(path) for path in options.teachers]
    Student.teachers = [
        load_network(path, card) for path, card in zip(options.teachers, cards, strict=True)
    ]
    Student.share = options.share

    taught_by = (options.share, [card.weights_sha256 for card in cards])
    taught, network = trained(
        plan("student", epochs=options.epochs), dataset, options.run, *taught_by
    )
    lines = [("taught by them", options.epochs, taught.seconds, network)]
    for path in options.alone:
        card = read_card(path)
        network = load_network(path, card)
        lines.append((f"alone, seed {card.seed}", card.epochs, card.training_seconds, network))
    if not options.alone:
        seconds = taught.seconds
        if options.count_teachers:
            seconds += sum(card.training_seconds for card in cards)
        # The first of two epochs: the last one also takes the mean of the weights.
        pace, _ = trained(plan("cnn", epochs=2), dataset, options.run)
        epochs = max(1, round(seconds / pace.history[0].seconds))
        alone, network = trained(plan("cnn", epochs=epochs), dataset, options.run)
        lines.append(("alone", epochs, alone.seconds, network))

    answers = [np.mean([scores_of(t, s.images) for t in Student.teachers], axis=0) for s in splits]
    print("| network | epochs | seconds | MNIST's | loss | variants | loss |\n|" + "---|" * 7)
    together = sum(card.training_seconds for card in cards)
    print(f"| {len(cards)} teachers together | | {together:.0f} | {cells(splits, answers)} |")
    for name, epochs, seconds, network in lines:
        measured = cells(splits, [scores_of(network, split.images) for split in splits])
        print(f"| {name} | {epochs} | {seconds:.0f} | {measured} |")
    return 0


def cells(splits: tuple[Split, ...], answers: list[Image]) -> str:
    found = []
    for split, answer in zip(splits, answers, strict=True):
        found += [
            f"{accuracy_of(answer, split.labels).value:.2%}",
            f"{cross_entropy(answer, split.labels):.4f}",
        ]
    return " | ".join(found)


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help=".keras files")
    parser.add_argument(
        "--alone", type=Path, nargs="+", default=[], help=".keras files, trained alone already"
    )
    parser.add_argument("--share", type=float, default=0.5, help="of the teachers in the loss")
    parser.add_argument("--epochs", type=int, default=12, help="of the student that is taught")
    parser.add_argument(
        "--count-teachers",
        action="store_true",
        help="give the one alone the time that the teachers took to train, too, by their cards",
    )
    parser.add_argument("--steps", type=int, help="most batches an epoch, for a short trial")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--run", type=Path, default=ROOT / "runs" / "distillation")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
