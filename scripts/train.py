"""Train a network on MNIST, measure it, and ship it with its card."""

import argparse
import os
import signal
import sys
from pathlib import Path

# Keras picks its backend once, at its first import. tensorflow is the one of the training extra;
# OpenVINO, on which the bot serves, can't train.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else tensorflow greets with a page of hints

from mnist_model.checkpoints import Plan, Progress, check_unfinished, epoch_path
from mnist_model.contract import ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, Dataset, load_mnist
from mnist_model.model_card import Accuracy
from mnist_model.shipping import objection, ship

if __name__ == "__main__":
    # The processes that make the examples (examples.py) import this file, too. They need no
    # tensorflow, which takes seconds to import and hundreds of megabytes.
    try:
        from mnist_model.measuring import calibrated, describe
        from mnist_model.networks import ARCHITECTURES
        from mnist_model.training import load_epoch, train
    except ModuleNotFoundError as error:  # the bot and the demo don't train
        print(
            f"Training needs {error.name}, which is not installed: run `make train`, or "
            "`.venv/bin/pip install -r requirements/train.txt`, and unset KERAS_BACKEND.",
            file=sys.stderr,
        )
        sys.exit(2)

ROOT = Path(__file__).parent.parent
QUICK_EPOCHS = 1
INTERRUPTED = 130  # what a shell reports of a command that Ctrl-C ended


def main() -> int:
    options = parsed_options()
    # A shell starts jobs in the background deaf to Ctrl-C's signal; a long run must still hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    in_full = ARCHITECTURES[options.architecture].recipe.epochs
    epochs = options.epochs or (QUICK_EPOCHS if options.quick else in_full)
    plan = Plan(options.architecture, seed=options.seed, epochs=epochs, steps=options.steps)
    if not (options.resume or options.anew):
        check_unfinished(options.run)
    dataset = load_mnist(options.data)
    progress = train(plan, dataset, options.run, resume=options.resume)

    if progress.epochs_done == 0:
        print("\nNo epoch was finished, so there is no model to keep.")
        return INTERRUPTED
    if progress.epochs_done < epochs:
        print(f"\nStopped after {progress.epochs_done} of {epochs} epochs; --resume goes on.")
        return conclude(options, progress, dataset) or INTERRUPTED
    return conclude(options, progress, dataset)


def conclude(options: argparse.Namespace, progress: Progress, dataset: Dataset) -> int:
    """Measure the kept network and ship it; 1 if it is not good enough, else 0."""
    plan, done = progress.plan, progress.epochs_done
    model = load_epoch(options.run, done, to_train=False)
    model, temperature = calibrated(model, plan.architecture, dataset.validation)
    card = describe(model, progress, dataset, temperature=temperature)
    print(f"The network after {done} of {plan.epochs} epochs:")
    for split in ("train", "validation", "test"):
        print(f"{split:>10}: {as_percentages(getattr(card, f'{split}_accuracy'))}")
    print(f"calibration error: {card.calibration_error:.2%}, at temperature {temperature:.2f}")

    reason = objection(
        options.output,
        card,
        required_accuracy=options.require_accuracy,
        replace_better=options.force,
    )
    if reason:
        goes_on = "it is not trained again" if done == plan.epochs else "its training goes on"
        print(
            f"{reason}\nNothing was written to {options.output}. The new network is "
            f"{epoch_path(options.run, done)}; with --resume {goes_on}."
        )
        return 1
    ship(model, card, options.output)
    print(f"Wrote {options.output} ({options.output.stat().st_size:,} bytes) and its card.")
    return 0


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="cnn")
    parser.add_argument("--epochs", type=positive, help="default: those of its recipe")
    parser.add_argument("--quick", action="store_true", help="one epoch, kept in the run's folder")
    parser.add_argument("--steps", type=positive, help="most batches an epoch, for a short trial")
    parser.add_argument("--seed", type=seed, default=1, help="decides all chance (default: 1)")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument(
        "--output", type=keras_file, help="the .keras file to write, its card beside it"
    )
    parser.add_argument("--run", type=Path, help="folder for the run's state, default runs/NAME")
    stopped = parser.add_mutually_exclusive_group()
    stopped.add_argument("--resume", action="store_true", help="go on with a run that stopped")
    stopped.add_argument("--anew", action="store_true", help="lose a run that stopped")
    parser.add_argument("--force", action="store_true", help="replace even a better model")
    parser.add_argument(
        "--require-accuracy",
        type=share,
        default=0,
        metavar="SHARE",
        help="ship nothing and exit 1 if fewer of the test digits are read right, such as 0.993",
    )
    options = parser.parse_args()
    name = f"{options.architecture}_quick" if options.quick else options.architecture
    options.run = options.run or ROOT / "runs" / name
    # The network that the bot serves goes to where the bot looks; any other stays with its run.
    folder = ROOT / "mnist_model" / "weights" if name == "cnn" else options.run
    options.output = options.output or folder / f"{name}.keras"
    return options


def positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few, expected 1 or more")
    return number


def seed(text: str) -> int:
    if not 0 <= (number := int(text)) < 2**32:
        raise argparse.ArgumentTypeError(f"{number} is no seed, expected 0 to 4,294,967,295")
    return number


def keras_file(text: str) -> Path:
    if (path := Path(text)).suffix != ".keras":
        raise argparse.ArgumentTypeError(f"{text} should end in .keras: Keras loads no other file")
    return path


def share(text: str) -> float:
    if not 0 <= (number := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{number} is no share, expected 0 to 1, such as 0.993")
    return number


def as_percentages(accuracy: Accuracy) -> str:
    return f"{accuracy.value:.2%} (95 % interval {accuracy.low:.2%} to {accuracy.high:.2%})"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
    except OSError as error:  # a full disk, a folder that may not be written to
        sys.exit(f"{error}. Mend that; if an epoch was finished, --resume goes on after it.")
    except KeyboardInterrupt:  # before the first epoch or after the last
        sys.exit(INTERRUPTED)
