"""A training that ends with the mean of the weights it passed last, instead of the very last ones.

The learning rate falls to a level and stays there, so that the weights go on wandering about the
best ones; their mean is closer to these than any of them. P. Izmailov and others, "Averaging
Weights Leads to Wider Optima and Better Generalization" (2018). Keras' optimizers keep the mean.
"""

import keras

from mnist_model.contract import Image

SHARE_OF_FALL = 0.6
"""The share of all steps in which the rate falls, along half a cosine."""

LEVEL = 1 / 3
"""Where it stays, as a share of the highest rate."""

MEMORY = 0.15
"""How far the mean looks back, as a share of all steps: older weights count ever less."""

_BATCH = 1000
"""Pictures whose statistics are taken at once: the more, the less chance is in them."""


def falling_rate(learning_rate: float, num_steps: int) -> keras.optimizers.schedules.CosineDecay:
    """For a training of `num_steps` steps: from `learning_rate` down to its level."""
    return keras.optimizers.schedules.CosineDecay(
        learning_rate, max(1, round(SHARE_OF_FALL * num_steps)), alpha=LEVEL
    )


def ema_momentum(num_steps: int) -> float:
    """For a training of `num_steps` steps: the option of Keras' optimizers, in [0, 1).

    It is 0, which keeps the last weights alone, where MEMORY is less than one step.
    """
    return max(0.0, 1 - 1 / (MEMORY * num_steps))


def take_average(model: keras.Model, images: Image) -> None:
    """Gives the model the mean of its weights, in place, and normalizations that fit it.

    After fewer than some 30,000 images the normalizations are partly still those of the last
    weights.

    Args:
        model: trained by an optimizer with `use_ema`.
        images: (n, 28, 28) float32 in [0, 1], such as it was trained on.
    """
    model.optimizer.finalize_variable_values(model.trainable_variables)
    for start in range(0, len(images), _BATCH):
        model(images[start : start + _BATCH], training=True)
