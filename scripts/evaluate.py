"""Measure a model: on MNIST's digits, or on simulated photos of them, spoiled or turned."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from mnist_model.calibration import (
    Answer,
    Threshold,
    answers_of,
    expected_calibration_error,
    threshold_at,
)
from mnist_model.classifier import DEFAULT_MODEL_PATH, load_classifier
from mnist_model.contract import ReaderError
from mnist_model.corruption import CORRUPTIONS
from mnist_model.dataset import DEFAULT_FOLDER, Split, load_mnist, load_test_split
from mnist_model.evaluation import Evaluation, evaluate
from mnist_model.model_card import ModelCard
from mnist_model.photo_exam import CASES, CLEAN, Score, as_table, examine, scores_of
from mnist_model.photo_exam import answers_of as answers_on_photos
from mnist_model.reader import DigitReader
from mnist_model.turned_exam import examine_turned, turned_table

try:
    from matplotlib.figure import Figure

    from mnist_model.charts import confusion_chart, misread_sheet, reliability_chart
    from mnist_model.photo_charts import exam_chart, photo_sheet
    from mnist_model.photo_charts import misread_sheet as misread_photo_sheet
except ModuleNotFoundError as error:  # the bot and the demo draw no charts
    print(
        f"The pictures need {error.name}, which is not installed: run `make train`, or "
        "`.venv/bin/pip install -r requirements/train.txt`.",
        file=sys.stderr,
    )
    sys.exit(2)

ROOT = Path(__file__).parent.parent

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Confidences to call a digit unsure below, of which the figures tell which is the best."""


def main() -> int:
    options = parsed_options()
    return int(options.measure(options))


def measure_mnist(options: argparse.Namespace) -> int:
    classifier = load_classifier(options.model)
    test = load_test_split(options.data)
    probabilities = classifier.probabilities(test.images)
    evaluation = evaluate(test.labels, probabilities.argmax(axis=1))
    answers = answers_of(probabilities, test.labels)

    subject = f"{classifier.card.name} on MNIST's {len(test.labels):,} test digits"
    pictures = {
        "confusion_matrix.png": confusion_chart(
            evaluation.confusion_matrix, f"{subject}: {evaluation.accuracy.value:.2%} read right"
        ),
        "misread.png": misread_sheet(
            test.images, test.labels, probabilities=probabilities, title=subject
        ),
        "reliability.png": reliability_chart(answers, subject),
    }
    print(
        as_json(options.model, evaluation, answers)
        if options.json
        else f"{as_text(subject, evaluation)}\n\n{thresholds_as_text(answers)}"
    )
    save(pictures, options)
    return 0


def measure_photos(options: argparse.Namespace) -> int:
    reader = DigitReader(load_classifier(options.model))
    digits = digits_of(options)
    cases = [case for case in CASES if case[0] in (CLEAN, *options.corruptions)]
    attempts = examine(reader.read, digits, sample=options.sample, seed=options.seed, cases=cases)
    scores, answers = scores_of(attempts), answers_on_photos(attempts)
    subject = f"Simulated photos of MNIST's {options.split} digits"
    if options.json:
        print(json.dumps(photos_report(reader.card, options, scores, answers)))
    else:
        print(f"{subject} read exactly; each figure from {options.sample} photos\n")
        print(as_table(scores))
        print(f"\n{thresholds_as_text(answers)}")
    save(
        {
            "photo_exam.png": exam_chart(scores, f"{subject} read exactly, in %"),
            "photo_reliability.png": reliability_chart(answers, subject),
            "photo_misread.jpg": misread_photo_sheet(attempts, digits, seed=options.seed),
            "simulated_photos.jpg": photo_sheet(digits, options.corruptions, seed=options.seed),
        },
        options,
    )
    return 0


def measure_turned(options: argparse.Namespace) -> int:
    reader = DigitReader(load_classifier(options.model))
    counts = examine_turned(
        reader.read, digits_of(options), sample=options.sample, seed=options.seed
    )
    print(
        f"Simulated photos of MNIST's {options.split} digits, turned clockwise; "
        f"each line from {options.sample} photos\n\n{turned_table(counts)}"
    )
    return 0


def digits_of(options: argparse.Namespace) -> Split:
    dataset = load_mnist(options.data)
    return dataset.test if options.split == "test" else dataset.validation


def photos_report(
    card: ModelCard,
    options: argparse.Namespace,
    scores: Sequence[Score],
    answers: Sequence[Answer],
) -> dict[str, object]:
    return {
        "model": card.name,
        "weights_sha256": card.weights_sha256,
        "split": options.split,
        "seed": options.seed,
        "sample": options.sample,
        "scores": [asdict(score) for score in scores],
        "thresholds": [asdict(threshold) for threshold in thresholds(answers)],
    }


def save(pictures: dict[str, Figure], options: argparse.Namespace) -> None:
    options.output.mkdir(parents=True, exist_ok=True)
    for name, figure in pictures.items():
        figure.savefig(options.output / name, dpi=figure.dpi if name.endswith(".jpg") else 120)
    if not options.json:
        print("Pictures: " + ", ".join(str(options.output / name) for name in pictures))


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = parser.add_subparsers(required=True)
    mnist = subjects.add_parser("mnist", help="on the test digits of MNIST")
    photos = subjects.add_parser("photos", help="on simulated photos of MNIST's digits")
    turned = subjects.add_parser("turned", help="on simulated photos that lie on a side")
    for subject, measure in (
        (mnist, measure_mnist),
        (photos, measure_photos),
        (turned, measure_turned),
    ):
        subject.set_defaults(measure=measure)
        subject.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
        subject.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    for subject, name in ((mnist, "mnist"), (photos, "photos")):
        subject.add_argument("--output", type=Path, default=ROOT / "runs" / name, help="pictures")
        subject.add_argument("--json", action="store_true", help="for machines: one JSON object")
    for subject in (photos, turned):
        subject.add_argument(
            "--split",
            choices=("validation", "test"),
            default="validation",
            help="whose digits: those to choose by (default), or those to look at once at the end",
        )
        subject.add_argument(
            "--sample", type=one_or_more, default=20, help="photos of each kind and each case"
        )
        subject.add_argument("--seed", type=int, default=0, help="other photos for another seed")
    photos.add_argument(
        "--corruptions",
        nargs="+",
        choices=CORRUPTIONS,
        default=CORRUPTIONS,
        metavar="NAME",
        help="only these, of: " + ", ".join(CORRUPTIONS),
    )
    return parser.parse_args()


def one_or_more(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} photos can't be measured, expected 1 or more")
    return number


def as_text(subject: str, evaluation: Evaluation) -> str:
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
    return "–" if share is None else f"{share:.2%}"


def thresholds(answers: Sequence[Answer]) -> list[Threshold]:
    return [threshold_at(confidence, answers) for confidence in THRESHOLDS if answers]


def thresholds_as_text(answers: Sequence[Answer]) -> str:
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
    fields = asdict(evaluation)
    fields["confusion_matrix"] = evaluation.confusion_matrix.tolist()
    fields["calibration_error"] = expected_calibration_error(answers)
    fields["thresholds"] = [asdict(threshold) for threshold in thresholds(answers)]
    return json.dumps({"model": str(model), **fields})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
