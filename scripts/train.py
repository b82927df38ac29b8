"""Train a network on MNIST, measure it, and ship it with its card."""

import argparse
import os
import signal
import sys
from pathlib import Path

# Keras picks its backend once, at its first import, and only tensorflow is both installed with
# the training extra and able to train: OpenVINO, on which the bot serves, has no gradients.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # tensorflow greets with a page of hints

from mnist_model.checkpoints import Plan, epoch_path, load_epoch
from mnist_model.contract import ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, load_mnist
from mnist_model.model_card import Accuracy
from mnist_model.networks import ARCHITECTURES
from mnist_model.shipping import better_model_at, ship
from mnist_model.training import describe, train

ROOT = Path(__file__).parent.parent
INTERRUPTED = 130  # what a shell reports for a command that Ctrl-C ended


def main() -> int:
    options = parsed_options()
    # A shell starts jobs in the background deaf to Ctrl-C's signal; a long run must still hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run_folder = options.run or ROOT / "runs" / options.architecture
    output = options.output or default_output(options.architecture, run_folder)
    epochs = options.epochs or ARCHITECTURES[options.architecture].recipe.epochs
    plan = Plan(options.architecture, seed=options.seed, epochs=epochs, steps=options.steps)
    dataset = load_mnist(options.data)

    progress = train(plan, dataset, run_folder, resume=options.resume)
    if progress.epochs_done < epochs:
        print(f"\nStopped after {progress.epochs_done} of {epochs} epochs; --resume goes on.")
        if progress.best_epoch == 0:
            return INTERRUPTED
    model = load_epoch(run_folder, progress.best_epoch, to_train=False)
    card = describe(model, progress, dataset)
    print(f"Epoch {progress.best_epoch} did best on the validation digits.")
    for split in ("train", "validation", "test"):
        print(f"{split:>10}: {as_percentages(getattr(card, f'{split}_accuracy'))}")

    present = better_model_at(output, card)
    if present and not options.force:
        print(
            f"Kept {output}: it has {as_percentages(present.validation_accuracy)} on the "
            f"validation digits, more than the new model. The new one is at "
            f"{epoch_path(run_folder, progress.best_epoch)}; --force ships it all the same."
        )
        return 1
    ship(model, card, output)
    print(f"Wrote {output} ({output.stat().st_size:,} bytes) and its card.")
    if card.test_accuracy.value < options.require_accuracy:
        print(f"Too low: at least {options.require_accuracy:.2%} on the test digits is required.")
        return 1
    return INTERRUPTED if progress.epochs_done < epochs else 0


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="cnn")
    parser.add_argument("--epochs", type=positive, help="default: what its recipe says")
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default: 1)")
    parser.add_argument("--steps", type=positive, help="batches an epoch, for a short trial")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--output", type=Path, help="the .keras file to write; its card beside")
    parser.add_argument("--run", type=Path, help="folder for the state (default: runs/NAME)")
    parser.add_argument("--resume", action="store_true", help="go on with the run that stopped")
    parser.add_argument("--force", action="store_true", help="replace even a better model")
    parser.add_argument(
        "--require-accuracy",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="exit 1 if fewer of the test digits are read right, such as 0.993",
    )
    return parser.parse_args()


def positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small, expected 1 or more")
    return number


def share(text: str) -> float:
    if not 0 <= (number := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{number} is no share, expected 0 to 1, such as 0.993")
    return number


def default_output(architecture: str, run_folder: Path) -> Path:
    """Only the network that the bot serves goes where the bot looks."""
    if architecture == "cnn":
        return ROOT / "mnist_model" / "weights" / "cnn.keras"
    return run_folder / f"{architecture}.keras"


def as_percentages(accuracy: Accuracy) -> str:
    return f"{accuracy.value:.2%} (95 % interval {accuracy.low:.2%} to {accuracy.high:.2%})"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
