"""Trains the cnn a little, several times over, and saves the weights that come out.

Run by test_training.py in a process of its own, because training needs tensorflow.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import numpy.typing as npt

from mnist_model.checkpoints import Plan, Progress, has_progress, load_progress
from mnist_model.dataset import Dataset, Split, load_mnist
from mnist_model.networks import ARCHITECTURES
from mnist_model.training import fingerprint, load_epoch, train

Moment = tuple[str, str]
"""What Python is about to do (an audit event), and the file to which."""

MOMENTS: dict[Moment, set[int]] = {
    ("open", "epoch-1.keras"): {0},
    ("open", "epoch-2.keras"): {1},
    ("os.remove", "epoch-?.keras"): {2},  # of the first epoch, when the second is saved
}
"""When Ctrl-C is pressed while an epoch is saved → how many epochs may be done then."""


class CtrlC:
    """A person who waits for a moment and presses Ctrl-C."""

    def __init__(self) -> None:
        self.moment: Moment | None = None
        sys.addaudithook(self._watch)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.moment is None or event != self.moment[0]:
            return
        if Path(str(arguments[0])).match(self.moment[1]):
            self.moment = None
            raise KeyboardInterrupt


def weights_after(plan: Plan, dataset: Dataset, ctrl_c: CtrlC | None = None) -> npt.NDArray[Any]:
    """All weights after the plan's last epoch, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        if ctrl_c:
            for moment, epochs_done in MOMENTS.items():
                ctrl_c.moment = moment
                progress = train(plan, dataset, run, resume=has_progress(run))
                assert ctrl_c.moment is None, f"{moment} never came"
                check_that_it_can_go_on(progress, run, epochs_done)
        progress = train(plan, dataset, run, resume=has_progress(run))
        model = load_epoch(run, progress.epochs_done, to_train=True)
        assert is_its_mean(model)
        return np.concatenate([weight.ravel() for weight in model.get_weights()])


def check_that_it_can_go_on(progress: Progress, run: Path, epochs_done: set[int]) -> None:
    """Fails unless the run stopped after one of these numbers of epochs, and the disk agrees."""
    assert progress.epochs_done in epochs_done, progress
    if progress.epochs_done:
        cnn = ARCHITECTURES["cnn"]
        made_of = fingerprint(cnn.recipe, cnn.build())
        assert progress == load_progress(run, progress.plan, made_of)
        assert not is_its_mean(load_epoch(run, progress.epochs_done, to_train=True))


def is_its_mean(model: Any) -> bool:
    """Whether the weights are the mean that the optimizer keeps of them."""
    means = [v for v in model.optimizer.variables if v.name.endswith("_average")]
    return all(map(np.array_equal, model.trainable_variables, means))


def main(output: Path) -> None:
    train_digits = load_mnist().train
    digits = Split(train_digits.images[:500], train_digits.labels[:500])
    dataset = Dataset(train=digits, validation=digits, test=digits)
    plan = Plan("cnn", seed=5, epochs=4, steps=5)  # enough for a mean of several
    unbroken = weights_after(plan, dataset)
    interrupted = weights_after(plan, dataset, CtrlC())
    other_seed = weights_after(replace(plan, seed=6), dataset)
    np.save(output, np.stack([unbroken, interrupted, other_seed]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
