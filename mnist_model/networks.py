"""The networks by name, each with the recipe that trains it.

Every network takes (n, 28, 28) float32 images in [0, 1], 0 paper and 1 full ink. `cnn` answers
(n, 12) probabilities, one per digit, one for "no digit" and one for "several digits". `seed_mlp`
answers (n, 10) scores in [0, 1], independent sigmoids as its author made them: whoever wants
probabilities divides by their sum.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import keras
from keras import layers

from mnist_model.augmentation import Variety
from mnist_model.contract import IMAGE_SIZE, NUM_CLASSES, NUM_OUTPUTS


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained, always on sparse categorical cross-entropy."""

    epochs: int
    batch_size: int
    learning_rate: float  # the highest
    orthogonalizes: bool  # the steps of most kernels: Muon, see muon.py; else AdamW for all
    decays: bool  # along half a cosine: to 0, or to a level if it averages; else constant
    averages: bool  # ends with the mean of the last weights; see averaging.py
    weight_decay: float  # of all weights, per step and unit of rate; at 0, AdamW is Adam
    variety: Variety | None  # of the new variants of each digit in every epoch; None: as it is
    share_of_others: float  # pictures of no single digit, for each digit; see non_digits.py
    calibrates: bool  # its softmax, by the validation split; see calibration.py

    def num_digits(self, available: int, steps: int | None) -> int:
        """Of so many training digits, how many an epoch of `steps` batches uses; None: all."""
        if steps is None:
            return available
        # What is no digit takes its share of the batches.
        return min(available, int(steps * self.batch_size / (1 + self.share_of_others)))


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


CNN_LAYERS = (
    *((24, 1), (24, 1)),
    *((48, 2), (64, 1), (64, 1), (64, 1)),
    *((96, 2), (96, 1), (96, 1)),
    (128, 2),
)
"""The convolutions of `cnn`: filters and stride, a line for each size of the picture. Strides
halve it early, which keeps the network fast; a value of the last one has seen nearly all of it."""


CNN_VARIETY = Variety(
    other_forms=True,
    share_of_fonts=0.12,
    share_of_optdigits=0.12,
    share_as_is=0.35,
    share_coarse=0.2,
    share_cluttered=0.32,
    share_shaken=0.1,
)


def cnn() -> keras.Model:
    """A small convolution network."""
    return convolution_network("cnn", CNN_LAYERS)


def convolution_network(name: str, convolutions: Iterable[tuple[int, int]]) -> keras.Model:
    """3x3 convolutions, each normalized by its batch, and the mean over the picture.

    Args:
        convolutions: filters and stride of each.
    """
    return keras.Sequential(
        [
            keras.Input((IMAGE_SIZE, IMAGE_SIZE)),
            layers.Reshape((IMAGE_SIZE, IMAGE_SIZE, 1)),
            *(
                layer
                for filters, stride in convolutions
                for layer in _convolution(filters, stride)
            ),
            layers.GlobalAveragePooling2D(),
            layers.Dense(NUM_OUTPUTS, activation="softmax"),
        ],
        name=name,
    )


def _convolution(filters: int, stride: int) -> list[keras.Layer]:
    return [
        # The normalization that follows has an offset of its own, so a bias would do nothing.
        layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False),
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
            orthogonalizes=False,
            decays=False,
            averages=False,
            weight_decay=0,
            variety=None,
            share_of_others=0,
            calibrates=False,
        ),
    ),
    "cnn": Architecture(
        build=cnn,
        recipe=Recipe(
            epochs=40,
            batch_size=128,
            learning_rate=0.006,
            orthogonalizes=True,
            decays=True,
            averages=True,
            weight_decay=0.05,
            variety=CNN_VARIETY,
            share_of_others=0.4,
            calibrates=True,
        ),
    ),
}
