"""The exam on spoiled digits: how many are read right, for each corruption and severity.

Each spoiled digit is tried in two ways. *Raw*, as in MNIST-C: the 28x28 pixels are the network's
input as they are. *Prepared*, as whatever a photo shows: the pixels are a small picture of ink on
paper, from which the digit is cut out, and brought to MNIST's size and place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.contract import Image, NoDigitFound
from mnist_model.corruption import SEVERITIES
from mnist_model.dataset import Split
from mnist_model.digit_corruption import DIGIT_CORRUPTIONS
from mnist_model.evaluation import accuracy
from mnist_model.model_card import Accuracy
from mnist_model.photo_exam import CLEAN, Case, severity_table
from mnist_model.preprocessing import prepare

DIGIT_CASES: tuple[Case, ...] = (
    (CLEAN, 0),
    *((name, severity) for name in DIGIT_CORRUPTIONS for severity in SEVERITIES),
)

Probabilities = Callable[[Image], Image]
"""(n, 28, 28) pictures → (n, 10) probabilities."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """How many digits of one corruption and severity were read right."""

    corruption: str
    severity: int
    raw: Accuracy
    prepared: Accuracy

    @property
    def case(self) -> Case:
        return self.corruption, self.severity


def examine_digits(
    probabilities: Probabilities, digits: Split, *, sample: int, seed: int = 0
) -> list[CaseScore]:
    """Have digits read that are spoiled in each way: in all cases the same ones.

    Args:
        digits: to be spoiled; at most `sample` of them, as the seed draws them.
        seed: the same seed spoils the same digits in the same way.
    """
    num_digits = min(sample, len(digits.labels))
    chosen = np.random.default_rng(seed).permutation(len(digits.labels))[:num_digits]
    labels = digits.labels[chosen]
    scores = []
    for case in DIGIT_CASES:
        spoiled = spoiled_digits(digits.images[chosen], case, seed=seed)
        ways = (spoiled, prepared(spoiled))
        read = [probabilities(images).argmax(axis=1) for images in ways]
        scores.append(CaseScore(*case, *(accuracy(labels, digit) for digit in read)))
    return scores


def spoiled_digits(images: Image, case: Case, *, seed: int) -> Image:
    """The digits in one case.

    A severer case differs in nothing but its severity; of spatter, dotted lines, zigzags and shot
    noise, also in where they lie, since more of them take more chance.
    """
    name, severity = case
    if name == CLEAN:
        return images
    rng = np.random.default_rng([seed, list(DIGIT_CORRUPTIONS).index(name)])
    return DIGIT_CORRUPTIONS[name](images, severity, rng)


def prepared(images: Image) -> Image:
    """Each picture as dark ink on light paper, and the digit cut out of it as of a photo.

    Where no ink is left to cut out, the picture is empty: whatever is read there is a guess.
    """
    return np.stack([_prepared(image) for image in images])


def _prepared(image: Image) -> Image:
    try:
        return prepare(np.round(255 * (1 - image)).astype(np.uint8))
    except NoDigitFound:
        return np.zeros_like(image)


def mean_errors(scores: Sequence[CaseScore]) -> tuple[float, float]:
    """The shares misread, raw and prepared, in the mean over all corruptions and severities."""
    spoiled = [score for score in scores if score.corruption != CLEAN]
    raw = np.mean([1 - score.raw.value for score in spoiled])
    return float(raw), float(np.mean([1 - score.prepared.value for score in spoiled]))


def digits_table(scores: Sequence[CaseScore]) -> str:
    """The scores for people: a line for each corruption, a column for each severity."""
    return "\n\n".join(
        (
            severity_table("raw, read right", {s.case: s.raw.value for s in scores}),
            severity_table("prepared, read right", {s.case: s.prepared.value for s in scores}),
            "misread in the mean: raw {:.2%}, prepared {:.2%}".format(*mean_errors(scores)),
        )
    )
