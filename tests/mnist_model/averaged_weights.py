"""Trains a tiny network with an average, and saves what it ends with beside what it should.

Run by test_averaging.py in a process of its own, because training needs tensorflow.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from keras import layers

from mnist_model.averaging import MEMORY, ema_momentum, take_average

NUM_STEPS = 200


def main(output: Path) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(3, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.AdamW(0.01, use_ema=True, ema_momentum=ema_momentum(NUM_STEPS))
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    passed = []
    for _ in range(NUM_STEPS):
        images = rng.random((20, 28, 28), dtype=np.float32)
        model.train_on_batch(images, rng.integers(3, size=20))
        passed.append(np.asarray(model.layers[-1].kernel).copy())
    brighter = 2 * rng.random((40_000, 28, 28), dtype=np.float32)
    take_average(model, brighter)
    ages = np.arange(NUM_STEPS)[::-1, None, None] / (MEMORY * NUM_STEPS)
    expected = (np.exp(-ages) * passed).sum(axis=0) / np.exp(-ages).sum()
    np.savez(
        output,
        kernel=model.layers[-1].kernel,
        expected=expected,
        last=passed[-1],
        mean=model.layers[1].moving_mean,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
