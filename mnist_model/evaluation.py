"""How well digits were read: pure functions from true and read labels to figures."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from mnist_model.contract import NUM_CLASSES, Image
from mnist_model.model_card import Accuracy

Digits = npt.NDArray[np.integer]
"""(n,) digits, 0 to 9."""

_Z = 1.959963984540054
"""The normal distribution has 95 % of its mass within this many standard deviations."""


@dataclass(frozen=True, slots=True)
class DigitScore:
    """How one of the ten digits fares; a share of nothing is None."""

    digit: int
    num_examples: int
    precision: float | None  # of those read as this digit, the share that is
    recall: float | None  # of those that are this digit, the share read so


@dataclass(frozen=True, slots=True)
class Confusion:
    """One kind of mistake."""

    true: int
    read: int
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures on how a set of digits was read."""

    accuracy: Accuracy
    digits: tuple[DigitScore, ...]  # ten, index = digit
    confusions: tuple[Confusion, ...]  # the commonest first
    confusion_matrix: npt.NDArray[np.int64]  # (10, 10) counts; row = true, column = read


def evaluate(labels: Digits, read: Digits) -> Evaluation:
    """Compare the digits that were read with the true ones."""
    matrix = confusion_matrix(labels, read)
    return Evaluation(
        accuracy=accuracy(labels, read),
        digits=digit_scores(matrix),
        confusions=worst_confusions(matrix),
        confusion_matrix=matrix,
    )


def accuracy(labels: Digits, read: Digits) -> Accuracy:
    """The share of `read` that equals `labels`, with its 95 % interval."""
    return wilson_interval(int((labels == read).sum()), len(labels))


def cross_entropy(probabilities: Image, labels: Digits) -> float:
    """How surprising the true digits are, in nats, in the mean over all.

    A digit that was given no chance at all costs as much as one that was given float32's least.

    Args:
        probabilities: (n, k) float32 in [0, 1], k at least 10; index = digit.
        labels: (n,) the true digits.
    """
    of_the_true_digit = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(of_the_true_digit.clip(min=np.finfo(np.float32).tiny)).mean())


def wilson_interval(num_right: int, num_examples: int) -> Accuracy:
    """A share with its 95 % score interval.

    Unlike the usual ± of the normal approximation, it stays within [0, 1] and is honest near 1,
    where digit readers live.

    Raises:
        ValueError: there are no examples, or more right ones than examples.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference
    (1927).
    """
    if not 0 <= num_right <= num_examples or num_examples == 0:
        raise ValueError(
            f"{num_right} right of {num_examples} is no share: expected at least one example, "
            "and from none to all of them right."
        )
    share = num_right / num_examples
    spread = _Z**2 / num_examples
    centre = (share + spread / 2) / (1 + spread)
    reach = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return Accuracy(
        value=share,
        # Within [0, 1] but for rounding, which must not push the share out of its interval.
        low=max(0.0, min(share, centre - reach)),
        high=min(1.0, max(share, centre + reach)),
        num_examples=num_examples,
    )


def confusion_matrix(labels: Digits, read: Digits) -> npt.NDArray[np.int64]:
    """(10, 10) counts: row is the true digit, column the one that was read."""
    matrix = np.zeros((NUM_CLASSES, NUM_CLASSES), dtype=np.int64)
    np.add.at(matrix, (labels, read), 1)
    return matrix


def digit_scores(matrix: npt.NDArray[np.int64]) -> tuple[DigitScore, ...]:
    """Precision and recall of each digit, from a confusion matrix."""
    return tuple(
        DigitScore(
            digit=digit,
            num_examples=int(matrix[digit].sum()),
            precision=_share(int(matrix[digit, digit]), int(matrix[:, digit].sum())),
            recall=_share(int(matrix[digit, digit]), int(matrix[digit].sum())),
        )
        for digit in range(NUM_CLASSES)
    )


def worst_confusions(matrix: npt.NDArray[np.int64], limit: int = 10) -> tuple[Confusion, ...]:
    """The mistakes made most often, the commonest first, at most `limit`."""
    mistakes = [
        Confusion(true=true, read=read, count=int(matrix[true, read]))
        for true, read in np.ndindex(*matrix.shape)
        if true != read and matrix[true, read]
    ]
    return tuple(sorted(mistakes, key=lambda mistake: -mistake.count)[:limit])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def edit_distance(one: str, other: str) -> int:
    """The least number of characters to change, drop or add that makes one text the other.

    Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
    reversals" (1966).
    """
    costs = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        above, costs[0] = costs[:], i
        for j, theirs in enumerate(other, start=1):
            costs[j] = min(above[j] + 1, costs[j - 1] + 1, above[j - 1] + (mine != theirs))
    return costs[-1]
