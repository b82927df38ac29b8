"""The line network and what is made of its answers: pictures of rows → strings of digits.

Source: Graves et al., "Connectionist Temporal Classification" (2006), for the loss and for reading
a string off the likeliest label of each column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np
from keras import layers

from experiments.line_reader.examples import BLANK
from experiments.line_reader.pictures import HEIGHT, padded
from mnist_model.contract import NUM_CLASSES, Image

NUM_LABELS = 1 + NUM_CLASSES

WIDTH_STEP = 512
"""Pictures are padded to a multiple of it: Keras on OpenVINO compiles a network anew, which takes
50 ms, whenever the width is another than before."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was read on one picture."""

    text: str
    confidences: tuple[float, ...]  # of each digit, in [0, 1]

    @property
    def confidence(self) -> float:
        """The geometric mean over the digits; 0 if there are none."""
        return mean_of(self.confidences)


class LineNetwork(Protocol):
    """What is used of the Keras model."""

    def predict_on_batch(self, x: Image) -> Image: ...


def line_network() -> keras.Model:
    """Convolutions over the picture until one row is left, then along it.

    Takes (n, HEIGHT, width) float32 in [0, 1]; gives (n, width / 2, NUM_LABELS) logits. A step is
    two columns: were it more, two narrow ones beside each other would have no blank between them.
    """
    return keras.Sequential(
        [
            keras.Input((HEIGHT, None)),
            layers.Reshape((HEIGHT, -1, 1)),
            *_convolution(32, (3, 3), (2, 1)),
            *_convolution(32, (3, 3), (2, 2)),
            *_convolution(64, (3, 3), (2, 1)),
            # As high as what is left of the picture, which becomes one row.
            layers.ZeroPadding2D((0, 1)),
            *_convolution(96, (4, 3), padding="valid"),
            *_convolution(96, (1, 5)),
            *_convolution(96, (1, 5)),
            layers.Conv2D(NUM_LABELS, 1),
            layers.Reshape((-1, NUM_LABELS)),
        ],
        name="line_fcn",
    )


def read_lines(network: LineNetwork, pictures: Sequence[Image]) -> list[Line]:
    """The digits on each picture, read in one batch."""
    if not pictures:
        return []
    widest = max(picture.shape[1] for picture in pictures)
    width = -(-widest // WIDTH_STEP) * WIDTH_STEP
    logits = np.asarray(network.predict_on_batch(padded(pictures, width)))
    return [greedy(line) for line in logits]


def greedy(logits: Image) -> Line:
    """The likeliest label of each step; repeats are one sign, and blanks are none.

    Args:
        logits: (steps, NUM_LABELS) float32.
    """
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    digits: list[str] = []
    confidences: list[float] = []
    for start, end in zip(starts, [*starts[1:], len(best)], strict=True):
        if best[start] != BLANK:
            digits.append(str(best[start] - 1))
            confidences.append(float(probabilities[start:end, best[start]].max()))
    return Line("".join(digits), tuple(confidences))


def mean_of(confidences: Sequence[float]) -> float:
    """Their geometric mean; 0 if there are none."""
    return float(np.exp(np.mean(np.log(confidences)))) if confidences else 0.0


def _convolution(
    filters: int,
    size: tuple[int, int],
    strides: tuple[int, int] = (1, 1),
    *,
    padding: str = "same",
) -> list[keras.Layer]:
    return [
        layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False),
        layers.BatchNormalization(momentum=0.99),
        layers.ReLU(),
    ]
