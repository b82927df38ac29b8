"""The networks by name, each with the recipe that trains it.

Every network takes (n, 28, 28) float32 images in [0, 1], 0 paper and 1 full ink. `cnn` answers
(n, 12) probabilities, one per digit, one for "no digit" and one for "several digits". `seed_mlp`
answers (n, 10) scores in [0, 1], independent sigmoids as its author made them: whoever wants
probabilities divides by their sum.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from mnist_model.contract import IMAGE_SIZE, NUM_CLASSES, NUM_OUTPUTS


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained, always with Adam on sparse categorical cross-entropy."""

    epochs: int
    batch_size: int
    learning_rate: float  # the highest of the schedule
    decays: bool  # from `learning_rate` to 0 along half a cosine, else constant
    augments: bool  # a new variant of each digit in every epoch, see augmentation.py
    other_forms: bool  # among the variants, forms and strokes that MNIST's writers seldom used
    share_of_others: float  # pictures of no single digit, for each digit; see non_digits.py
    keeps_best: bool  # the epoch of least loss on the validation split; else the last
    calibrates: bool  # its softmax, by the validation split; see calibration.py


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network that can be built and trained."""

    build: Callable[[], keras.Model]
    recipe: Recipe


def seed_mlp() -> keras.Model:
    """The network this project began with, layer by layer as its author wrote it."""
    return keras.Sequential(
        [
            keras.Input((IMAGE_SIZE, IMAGE_SIZE)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(100, activation="sigmoid"),
            layers.Dense(NUM_CLASSES, activation="sigmoid"),
        ],
        name="seed_mlp",
    )


def cnn() -> keras.Model:
    """A small convolution network: strides halve the picture early, which keeps it fast."""
    return keras.Sequential(
        [
            keras.Input((IMAGE_SIZE, IMAGE_SIZE)),
            layers.Reshape((IMAGE_SIZE, IMAGE_SIZE, 1)),
            *_convolution(32),
            *_convolution(32, strides=2),
            *_convolution(64),
            *_convolution(64, strides=2),
            *_convolution(128),
            *_convolution(128),
            layers.GlobalAveragePooling2D(),
            layers.Dense(NUM_OUTPUTS, activation="softmax"),
        ],
        name="cnn",
    )


def _convolution(filters: int, strides: int = 1) -> list[keras.Layer]:
    return [
        # The normalization that follows has an offset of its own, so a bias would do nothing.
        layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


ARCHITECTURES = {
    "seed_mlp": Architecture(
        build=seed_mlp,
        recipe=Recipe(
            epochs=10,
            batch_size=32,
            learning_rate=0.001,
            decays=False,
            augments=False,
            other_forms=False,
            share_of_others=0,
            keeps_best=False,
            calibrates=False,
        ),
    ),
    "cnn": Architecture(
        build=cnn,
        recipe=Recipe(
            epochs=20,
            batch_size=128,
            learning_rate=0.004,
            decays=True,
            augments=True,
            other_forms=True,
            share_of_others=0.4,
            keeps_best=True,
            calibrates=True,
        ),
    ),
}
