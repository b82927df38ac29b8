"""Moves a tiny network by Muon, and saves how its kernels moved.

Run by test_muon.py in a process of its own, because OpenVINO, which the tests have, can't train.
"""

import os
import sys
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from keras import layers

from mnist_model.muon import ConvolutionMuon


def main(rate: float, decay: float, output: Path) -> None:
    moved = steps(rate, 0.0, spread=1.0)
    decayed = steps(rate, decay, spread=0.0)
    np.savez(output, **moved, **{f"{name}_decayed": change for name, change in decayed.items()})


def steps(rate: float, decay: float, *, spread: float) -> dict[str, Any]:
    """How each kernel moves in one step along gradients by chance, beside how it was."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, name="first"),
            layers.Conv2D(24, 3, name="tall"),  # as a matrix: 36 by 24
            layers.Conv2D(4, 1, name="narrow"),
            layers.Conv2D(48, 3, name="wide"),  # 36 by 48
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, name="last"),
        ]
    )
    before = kernels(model)
    weights = model.trainable_variables
    rng = np.random.default_rng(1)
    gradients = [rng.normal(0, spread, weight.shape).astype(np.float32) for weight in weights]
    optimizer = ConvolutionMuon(rate, weight_decay=decay)
    optimizer.apply([keras.ops.convert_to_tensor(gradient) for gradient in gradients], weights)
    changes = {name: kernel - before[name] for name, kernel in kernels(model).items()}
    return changes | {f"{name}_before": kernel for name, kernel in before.items()}


def kernels(model: keras.Model) -> dict[str, Any]:
    names = ("first", "tall", "wide", "last")
    return {name: np.asarray(model.get_layer(name).kernel).copy() for name in names}


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
