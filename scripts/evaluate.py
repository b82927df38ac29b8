"""Measure a model: accuracy, precision and recall of each digit, mistakes, with pictures."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from mnist_model.charts import confusion_chart, misread_sheet
from mnist_model.classifier import DEFAULT_MODEL_PATH, load_classifier
from mnist_model.contract import ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, load_test_split
from mnist_model.evaluation import Evaluation, evaluate

ROOT = Path(__file__).parent.parent


def main() -> int:
    options = parsed_options()
    classifier = load_classifier(options.model)
    test = load_test_split(options.data)
    probabilities = classifier.probabilities(test.images)
    evaluation = evaluate(test.labels, probabilities.argmax(axis=1))

    subject = f"{classifier.card.name} on MNIST's {len(test.labels):,} test digits"
    options.output.mkdir(parents=True, exist_ok=True)
    pictures = {
        "confusion_matrix.png": confusion_chart(
            evaluation.confusion_matrix, f"{subject}: {evaluation.accuracy.value:.2%} read right"
        ),
        "misread.png": misread_sheet(
            test.images, test.labels, probabilities=probabilities, title=subject
        ),
    }
    for name, figure in pictures.items():
        figure.savefig(options.output / name, dpi=120)
    paths = [options.output / name for name in pictures]
    print(as_json(options.model, evaluation) if options.json else as_text(subject, evaluation))
    if not options.json:
        print("Pictures: " + ", ".join(map(str, paths)))
    return 0


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = parser.add_subparsers(required=True)
    mnist = subjects.add_parser("mnist", help="on the test digits of MNIST")
    mnist.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    mnist.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    mnist.add_argument("--output", type=Path, default=ROOT / "runs" / "mnist", help="pictures")
    mnist.add_argument("--json", action="store_true", help="for machines: one JSON object")
    return parser.parse_args()


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


def as_json(model: Path, evaluation: Evaluation) -> str:
    fields = asdict(evaluation)
    fields["confusion_matrix"] = evaluation.confusion_matrix.tolist()
    return json.dumps({"model": str(model), **fields})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
