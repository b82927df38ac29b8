"""What was measured, as text for people and as JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from mnist_model.calibration import Answer, Threshold, expected_calibration_error, threshold_at
from mnist_model.digit_exam import CaseScore, mean_errors
from mnist_model.evaluation import Evaluation
from mnist_model.model_card import ModelCard
from mnist_model.photo_exam import Score

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Confidences to call a digit unsure below, of which the figures tell which is the best."""


def photos_report(
    card: ModelCard,
    measured: Mapping[str, object],
    scores: Sequence[Score],
    answers: Sequence[Answer],
) -> dict[str, object]:
    """The exam on simulated photos, for machines.

    Args:
        measured: on what, such as the seed and the number of photos.
    """
    return {
        "model": card.name,
        "weights_sha256": card.weights_sha256,
        **measured,
        "scores": [asdict(score) for score in scores],
        "thresholds": [asdict(threshold) for threshold in thresholds(answers)],
    }


def digits_report(
    card: ModelCard, measured: Mapping[str, object], scores: Sequence[CaseScore]
) -> dict[str, object]:
    """The exam on spoiled digits, for machines.

    Args:
        measured: on what, such as the seed and the number of digits.
    """
    raw, prepared = mean_errors(scores)
    return {
        "model": card.name,
        "weights_sha256": card.weights_sha256,
        **measured,
        "mean_error": {"raw": raw, "prepared": prepared},
        "scores": [asdict(score) for score in scores],
    }


def as_text(subject: str, evaluation: Evaluation) -> str:
    """How digits were read, for people."""
    accuracy = evaluation.accuracy
    lines = [
        f"{subject}: {accuracy.value:.2%} read right "
        f"(95 % interval {accuracy.low:.2%} to {accuracy.high:.2%})",
        "",
        "digit  examples  precision   recall",
        *(
            f"{score.digit:>5}{score.num_examples:>10}"
            f"{as_percentage(score.precision):>11}{as_percentage(score.recall):>9}"
            for score in evaluation.digits
        ),
        "",
        "The commonest mistakes:",
        *(
            f"{mistake.true:>5} read as {mistake.read}: {mistake.count}"
            for mistake in evaluation.confusions
        ),
    ]
    return "\n".join(lines)


def as_percentage(share: float | None) -> str:
    """A share in [0, 1]; a dash for none."""
    return "–" if share is None else f"{share:.2%}"


def thresholds(answers: Sequence[Answer]) -> list[Threshold]:
    """What comes of each of THRESHOLDS; nothing, where there are no answers."""
    return [threshold_at(confidence, answers) for confidence in THRESHOLDS if answers]


def thresholds_as_text(answers: Sequence[Answer]) -> str:
    """How far confidence can be trusted, for people."""
    if not answers:
        return "No row was read at its true length, so nothing can be said of confidence."
    return "\n".join(
        [
            f"Expected calibration error: {expected_calibration_error(answers):.2%}",
            "",
            "unsure below  so many are unsure  of the wrong ones  right, of the others",
            *(
                f"{threshold.confidence:>12}{as_percentage(threshold.unsure):>20}"
                f"{as_percentage(threshold.caught):>19}{as_percentage(threshold.right):>22}"
                for threshold in thresholds(answers)
            ),
        ]
    )


def as_json(model: Path, evaluation: Evaluation, answers: Sequence[Answer]) -> str:
    """How digits were read, for programs."""
    fields = asdict(evaluation)
    fields["confusion_matrix"] = evaluation.confusion_matrix.tolist()
    fields["calibration_error"] = expected_calibration_error(answers)
    fields["thresholds"] = [asdict(threshold) for threshold in thresholds(answers)]
    return json.dumps({"model": str(model), **fields})
