"""Whether a network's confidence can be trusted: of the digits read with 90 %, 9 of 10 are right.

Source: C. Guo et al., "On Calibration of Modern Neural Networks" (2017): the expected calibration
error, the reliability diagram, and the temperature, a single number that mends most of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from mnist_model.contract import Image
from mnist_model.evaluation import Digits, cross_entropy

NUM_BINS = 15

_TEMPERATURES = np.geomspace(0.25, 4, 401)
"""Those that are tried: each 0.7 % above the one before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One digit as it was read: how sure, and whether rightly."""

    confidence: float  # in [0, 1]
    is_right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers that were given with a confidence of `low` to `high`; at least one."""

    low: float
    high: float
    num_answers: int
    confidence: float  # in the mean, in [0, 1]
    accuracy: float  # the share of them that is right, in [0, 1]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What comes of calling all answers unsure that are given with less confidence than this."""

    confidence: float
    unsure: float  # the share of all answers that is called unsure
    caught: float | None  # of the wrong ones, the share that is; None if none was wrong
    right: float | None  # of the others, the share that is right; None if there are none


def answers_of(probabilities: Image, labels: Digits) -> list[Answer]:
    """The likeliest digits as answers.

    Args:
        probabilities: (n, 10) float32 in [0, 1]; each row sums to 1.
        labels: (n,) the true digits.
    """
    are_right = probabilities.argmax(axis=1) == labels
    return [
        Answer(float(confidence), bool(is_right))
        for confidence, is_right in zip(probabilities.max(axis=1), are_right, strict=True)
    ]


def reliability(answers: Sequence[Answer], num_bins: int = NUM_BINS) -> tuple[Bin, ...]:
    """How confidence and accuracy compare, in bins of equal width; those without answers are left
    out.
    """
    numbers = [min(int(answer.confidence * num_bins), num_bins - 1) for answer in answers]
    bins = []
    for number in sorted(set(numbers)):
        members = [a for a, its_bin in zip(answers, numbers, strict=True) if its_bin == number]
        bins.append(
            Bin(
                low=number / num_bins,
                high=(number + 1) / num_bins,
                num_answers=len(members),
                confidence=fmean(answer.confidence for answer in members),
                accuracy=fmean(answer.is_right for answer in members),
            )
        )
    return tuple(bins)


def expected_calibration_error(answers: Sequence[Answer]) -> float:
    """By how much confidence misses accuracy, in the mean over all answers, at least one: in
    [0, 1].
    """
    return sum(
        group.num_answers / len(answers) * abs(group.confidence - group.accuracy)
        for group in reliability(answers)
    )


def threshold_at(confidence: float, answers: Sequence[Answer]) -> Threshold:
    """What a threshold does to these answers, at least one."""
    is_unsure = [answer.confidence < confidence for answer in answers]
    wrong = [u for u, a in zip(is_unsure, answers, strict=True) if not a.is_right]
    sure = [a.is_right for u, a in zip(is_unsure, answers, strict=True) if not u]
    return Threshold(
        confidence=confidence,
        unsure=fmean(is_unsure),
        caught=fmean(wrong) if wrong else None,
        right=fmean(sure) if sure else None,
    )


def best_temperature(probabilities: Image, labels: Digits) -> float:
    """By what a softmax's inputs are divided best: above 1 if the network is too sure of itself.

    Best is the least cross-entropy on these digits, which should be none that it was trained on.

    Args:
        probabilities: (n, 10) float32 in [0, 1]; each row sums to 1.
        labels: (n,) the true digits.
    """
    losses = [
        cross_entropy(tempered(probabilities, temperature), labels)
        for temperature in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def tempered(probabilities: Image, temperature: float) -> Image:
    """What a softmax gives once its inputs are divided by `temperature`; the ranking stays.

    Args:
        probabilities: (n, k) float32 in [0, 1]; each row sums to 1.
    """
    # No 0 among them, but none cut off higher, either: that would make sure networks less so.
    powers = probabilities.clip(min=np.finfo(np.float32).tiny) ** np.float32(1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
