"""Trains the cnn a little, several times over, and saves the weights that come out.

Run by test_training.py in a process of its own, because training needs tensorflow.
"""

import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import numpy.typing as npt

from mnist_model.checkpoints import Plan
from mnist_model.dataset import Dataset, Split, load_mnist
from mnist_model.training import load_epoch, train

INTERRUPTIONS_SECONDS = (0.5, 2.0, 3.0)


def press_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def weights_after(
    plan: Plan, dataset: Dataset, interruptions_seconds: tuple[float, ...] = ()
) -> npt.NDArray[np.float32]:
    """All weights after the plan's last epoch, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        for seconds in interruptions_seconds:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            with suppress(KeyboardInterrupt):  # if it strikes before the first epoch begins
                train(plan, dataset, run, resume=(run / "run.json").exists())
            signal.setitimer(signal.ITIMER_REAL, 0)
        progress = train(plan, dataset, run, resume=(run / "run.json").exists())
        model = load_epoch(run, progress.epochs_done, to_train=False)
        return np.concatenate([weight.ravel() for weight in model.get_weights()])


def main(output: Path) -> None:
    train_digits = load_mnist().train
    digits = Split(train_digits.images[:500], train_digits.labels[:500])
    dataset = Dataset(train=digits, validation=digits, test=digits)
    plan = Plan("cnn", seed=5, epochs=4, steps=3)
    signal.signal(signal.SIGALRM, press_ctrl_c)
    unbroken = weights_after(plan, dataset)
    interrupted = weights_after(plan, dataset, INTERRUPTIONS_SECONDS)
    other_seed = weights_after(Plan("cnn", seed=6, epochs=1, steps=3), dataset)
    np.save(output, np.stack([unbroken, interrupted, other_seed]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
