"""A network that learns what its teachers answer, and the labels, at once.

G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a Neural Network" (2015), at a
temperature of 1: the teachers' probabilities are calibrated already.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="distillation")
class Student(keras.Model):  # type: ignore[misc]  # Keras ships no types
    """A network whose loss is the recipe's own, mixed with one towards its teachers' answers."""

    # Of the class, since what a Keras model holds itself is saved and trained with it.
    teachers: ClassVar[Sequence[keras.Model]] = ()
    share: ClassVar[float] = 0.5  # of the teachers in the loss, in [0, 1]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss of a batch; on the validation split the recipe's alone."""
        of_labels = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return of_labels
        of_teachers = keras.losses.categorical_crossentropy(soft_targets(self.teachers, x), y_pred)
        return (1 - self.share) * of_labels + self.share * ops.mean(of_teachers)


def soft_targets(teachers: Sequence[Callable[..., Any]], images: Any) -> Any:
    """(n, outputs): what one of the teachers answers to each picture; each has its share of them.

    Over many batches that teaches the mean of their answers, in the time that one of them takes.

    Args:
        teachers: Keras models, or what answers as they do.
        images: (n, 28, 28) float32 in [0, 1], shuffled.
    """
    count, total = len(teachers), ops.shape(images)[0]
    bounds = [total * number // count for number in range(count + 1)]
    return ops.concatenate(
        [
            teacher(images[start:end], training=False)
            for teacher, start, end in zip(teachers, bounds, bounds[1:], strict=False)
        ]
    )


def student_of(build: Callable[[], keras.Model]) -> keras.Model:
    """The network that `build` makes, as a Student."""
    network = build()
    return Student(network.inputs, network.outputs[0], name=network.name)
