"""Muon for convolution networks: each step of a kernel is as long in every direction.

Adam scales each weight's step for itself. Muon takes the momentum of a kernel as one matrix, a
column for each filter, and steps along the nearest matrix whose columns are orthogonal and equally
long, so that rare directions are learned as fast as common ones. K. Jordan and others, "Muon: An
optimizer for hidden layers in neural networks" (2024).
"""

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("mnist_model")
class ConvolutionMuon(keras.optimizers.Muon):  # type: ignore[misc]  # Keras ships no types
    """Keras' Muon, which steps so along matrices alone, for kernels of convolutions instead.

    All else is stepped by AdamW: matrices too, and as its author advises the kernel that sees the
    picture itself. In the root mean square a kernel's step is a fifth of the rate, about as long
    as AdamW's in training (J. Liu and others, "Muon is Scalable for LLM Training", 2025), so one
    rate and one weight decay serve both.

    Args:
        learning_rate: a number, or one of Keras' schedules.
        weight_decay: of all weights, per step and unit of rate.
        options: Keras'; those that exclude layers have no effect.
    """

    def __init__(self, learning_rate: Any, *, weight_decay: float, **options: Any) -> None:
        options["adam_weight_decay"] = weight_decay
        super().__init__(learning_rate, weight_decay=weight_decay, **options)

    def _should_use_adamw(self, variable: Any) -> bool:
        # Keras answers yes for all that has not two axes, and has no option for that.
        return len(variable.shape) != 4 or variable.shape[2] == 1

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Nearly the nearest orthogonal matrix to a kernel, in the kernel's shape.

        Args:
            x: (height, width, channels, filters) float32.
            steps: of the iteration.
        """
        matrix = ops.reshape(x, (-1, x.shape[-1]))
        return ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x: Any) -> Any:
        """The step whose root mean square is `rms_rate` of the rate; Keras' is so for matrices.

        Args:
            x: (height, width, channels, filters) float32, orthogonal times the rate.
        """
        longer_side = max(math.prod(x.shape[:-1]), x.shape[-1])
        return x * (self.rms_rate * math.sqrt(longer_side))
