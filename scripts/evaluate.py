"""Measure a model: on MNIST's digits, on others, on spoiled ones, or on simulated photos."""

import argparse
import json
import sys
from pathlib import Path

from mnist_model.calibration import answers_of
from mnist_model.classifier import load_classifier
from mnist_model.contract import ReaderError
from mnist_model.corruption import CORRUPTIONS
from mnist_model.dataset import DEFAULT_FOLDER, Split, load_mnist, load_test_split
from mnist_model.digit_exam import digits_table, examine_digits
from mnist_model.evaluation import evaluate
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card
from mnist_model.other_digits import load_other_digits
from mnist_model.photo_exam import CASES, CLEAN, as_table, examine, scores_of
from mnist_model.photo_exam import answers_of as answers_on_photos
from mnist_model.reader import DigitReader
from mnist_model.reports import (
    as_json,
    as_text,
    digits_report,
    photos_report,
    thresholds_as_text,
)
from mnist_model.turned_exam import examine_turned, turned_table

try:
    from matplotlib.figure import Figure

    from mnist_model.charts import (
        confusion_chart,
        learning_chart,
        misread_sheet,
        reliability_chart,
    )
    from mnist_model.digit_charts import digit_exam_chart, spoiled_sheet
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


def main() -> int:
    options = parsed_options()
    return int(options.measure(options))


def measure_mnist(options: argparse.Namespace) -> int:
    digits = load_test_split(options.data)
    status = measure_digits(digits, f"MNIST's {len(digits.labels):,} test digits", options)
    card = read_card(options.model)
    if card.history:
        title = f"{card.name}, as it learned in {len(card.history)} epochs"
        save({"learning_curves.png": learning_chart(card.history, title)}, options)
    elif not options.json:
        print("No learning curves: the model's card is of a version that kept no history.")
    return status


def measure_others(options: argparse.Namespace) -> int:
    digits = load_other_digits(options.file)
    name = f"the {len(digits.labels):,} digits of {options.file.name}"
    return measure_digits(digits, name, options)


def measure_digits(digits: Split, name: str, options: argparse.Namespace) -> int:
    """Measures a network on digits as it takes them, and tells of them by that name."""
    classifier = load_classifier(options.model)
    probabilities = classifier.probabilities(digits.images)
    evaluation = evaluate(digits.labels, probabilities.argmax(axis=1))
    answers = answers_of(probabilities, digits.labels)

    subject = f"{classifier.card.name} on {name}"
    pictures = {
        "confusion_matrix.png": confusion_chart(
            evaluation.confusion_matrix, f"{subject}: {evaluation.accuracy.value:.2%} read right"
        ),
        "misread.png": misread_sheet(
            digits.images, digits.labels, probabilities=probabilities, title=subject
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
        measured = {"split": options.split, "seed": options.seed, "sample": options.sample}
        print(json.dumps(photos_report(reader.card, measured, scores, answers)))
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


def measure_spoiled(options: argparse.Namespace) -> int:
    classifier = load_classifier(options.model)
    digits = digits_of(options)
    scores = examine_digits(
        classifier.probabilities, digits, sample=options.sample, seed=options.seed
    )
    subject = f"MNIST's {options.split} digits, spoiled, read right"
    if options.json:
        measured = {
            "split": options.split,
            "seed": options.seed,
            "sample": scores[0].raw.num_examples,
        }
        print(json.dumps(digits_report(classifier.card, measured, scores)))
    else:
        print(f"{subject}; each figure from {scores[0].raw.num_examples} digits\n")
        print(digits_table(scores))
    pictures = {
        "digit_exam.png": digit_exam_chart(scores, f"{subject}, in %"),
        "spoiled_digits.png": spoiled_sheet(digits.images[:20], seed=options.seed),
    }
    save(pictures, options)
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
    others = subjects.add_parser("digits", help="on digits of another collection")
    others.add_argument(
        "file",
        type=Path,
        help=".npz file: images (n, height, width) uint8, one digit each, and labels (n,)",
    )
    photos = subjects.add_parser("photos", help="on simulated photos of MNIST's digits")
    spoiled = subjects.add_parser("corruptions", help="on digits spoiled in each way of MNIST-C")
    turned = subjects.add_parser("turned", help="on simulated photos that lie on a side")
    for subject, measure in (
        (mnist, measure_mnist),
        (others, measure_others),
        (photos, measure_photos),
        (spoiled, measure_spoiled),
        (turned, measure_turned),
    ):
        subject.set_defaults(measure=measure)
        subject.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
        if subject is not others:
            subject.add_argument(
                "--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST"
            )
    with_pictures = {
        "mnist": mnist,
        "digits": others,
        "photos": photos,
        "corruptions": spoiled,
    }
    for name, subject in with_pictures.items():
        subject.add_argument("--output", type=Path, default=ROOT / "runs" / name, help="pictures")
        subject.add_argument("--json", action="store_true", help="for machines: one JSON object")
    for subject in (photos, spoiled, turned):
        subject.add_argument(
            "--split",
            choices=("validation", "test"),
            default="validation",
            help="whose digits: those to choose by (default), or those to look at once at the end",
        )
        subject.add_argument(
            "--sample",
            type=one_or_more,
            default=1000 if subject is spoiled else 20,
            help="photos of each kind, or digits, in each case (default: %(default)s)",
        )
        subject.add_argument("--seed", type=seed, default=0, help="other chance for another seed")
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
        raise argparse.ArgumentTypeError(f"{number} can't be measured, expected 1 or more")
    return number


def seed(text: str) -> int:
    if (number := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"{number} is no seed, expected 0 or more")
    return number


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
