"""Trains the line network, and chooses below which confidence a row is taken for none.

.venv/bin/python -m experiments.line_reader.train
"""

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

# As scripts/train.py: Keras picks its backend once, at its first import.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import numpy.typing as npt

from experiments.line_reader.examples import Lines, lines
from mnist_model.contract import Image
from mnist_model.dataset import DEFAULT_FOLDER, load_mnist

if __name__ == "__main__":
    # The processes that compose the rows import this file, too, and need no tensorflow.
    import keras

    from experiments.line_reader.network import Line, line_network, read_lines

OUTPUT = Path(__file__).parent.parent.parent / "runs" / "line_reader"

BATCH = 64
LEARNING_RATE = 0.002
PASSES = 3
"""How often each composed row is learned from."""

WIDTH_STEP = 64
"""Rows that fill as many of these, in pixels, are learned together, so that little is paper."""

NUM_VALIDATION = 3000

Facts = dict[str, float]


def main() -> int:
    options = parsed_options()
    started = time.monotonic()
    dataset = load_mnist(options.data)
    validation = lines(dataset.validation, NUM_VALIDATION, seed=options.seed)
    keras.utils.set_random_seed(options.seed)
    network = line_network()
    # Batches of the narrow rows are not full, so there are some more steps than these.
    num_steps = options.rounds * PASSES * math.ceil(options.rows / BATCH)
    network.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(LEARNING_RATE, num_steps), global_clipnorm=50
        ),
        loss=keras.losses.CTC(),
        jit_compile=False,  # it would compile anew for each width
    )
    for number in range(1, options.rounds + 1):
        composed = lines(dataset.train, options.rows, seed=options.seed, epoch=number)
        rng = np.random.default_rng([options.seed, number])
        loss = np.mean([learn_from(network, composed, rng) for _ in range(PASSES)])
        facts = facts_of(network, validation) | {
            "seed": options.seed,
            "rows": number * options.rows,
            "training_seconds": round(time.monotonic() - started),
        }
        print(f"round {number} of {options.rounds}: loss {loss:.2f}, {facts}", flush=True)
        keep(network, facts, options.output)
    return 0


def learn_from(network: "keras.Model", composed: Lines, rng: np.random.Generator) -> float:
    """One pass over the rows, in batches of about one width; their mean loss."""
    losses = [
        network.train_on_batch(composed.pictures[batch, :, :width], composed.labels[batch])
        for batch, width in batches(composed.pictures, rng)
    ]
    return float(np.mean(losses))


def batches(pictures: Image, rng: np.random.Generator) -> list[tuple[npt.NDArray[np.int64], int]]:
    """The rows' indices and the width that holds them, in an order by chance."""
    columns = pictures.shape[2] - (pictures[:, :, ::-1].max(axis=1) > 0).argmax(axis=1)
    widths = -(-columns // WIDTH_STEP) * WIDTH_STEP
    found: list[tuple[npt.NDArray[np.int64], int]] = []
    for width in np.unique(widths):
        indices = rng.permutation(np.flatnonzero(widths == width))
        parts = np.array_split(indices, math.ceil(len(indices) / BATCH))
        found += [(part, int(width)) for part in parts]
    return [found[i] for i in rng.permutation(len(found))]


def read_all(network: "keras.Model", pictures: Image) -> "list[Line]":
    parts = np.array_split(pictures, math.ceil(len(pictures) / 500))
    return [line for part in parts for line in read_lines(network, list(part))]


def facts_of(network: "keras.Model", validation: Lines) -> Facts:
    """What is measured, and chosen, on the validation rows."""
    read = read_all(network, validation.pictures)
    grid = [round(0.01 * step, 2) for step in range(100)]
    least = max(grid, key=lambda confidence: sum(shares(read, validation, confidence)))
    exact, refused = shares(read, validation, least)
    return {
        "parameters": network.count_params(),
        "validation_strings_exact_if_none_is_refused": round(shares(read, validation, 0)[0], 4),
        "least_confidence": least,
        "validation_strings_exact": round(exact, 4),
        "validation_others_refused": round(refused, 4),
    }


def shares(read: "list[Line]", truth: Lines, least_confidence: float) -> tuple[float, float]:
    """Of the rows of digits the share read exactly, of the others that where none is seen."""
    seen = [line.text if line.confidence >= least_confidence else "" for line in read]
    pairs = list(zip(truth.strings, seen, strict=True))
    exact = [text == string for string, text in pairs if string]
    refused = [not text for string, text in pairs if not string]
    return float(np.mean(exact)), float(np.mean(refused))


def keep(network: "keras.Model", facts: Facts, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    network.save(folder / "line_fcn.keras")
    (folder / "line_fcn.json").write_text(json.dumps(facts, indent=1) + "\n")


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="sets of rows that are composed")
    parser.add_argument("--rows", type=int, default=12_000, help="rows in each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
