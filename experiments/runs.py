"""The runs of experiments: each in a folder of its own, gone on with, measured when over."""

from hashlib import sha256
from pathlib import Path

import keras

from mnist_model.checkpoints import Plan, Progress, has_progress
from mnist_model.contract import ReaderError
from mnist_model.dataset import Dataset
from mnist_model.networks import ARCHITECTURES
from mnist_model.training import fingerprint, load_epoch, train


class Stopped(ReaderError):
    """A run that is not over, whose figures would say nothing."""


def trained(
    plan: Plan, dataset: Dataset, parent: Path, *more: object
) -> tuple[Progress, keras.Model]:
    """Trains a network by its recipe in a folder of `parent`; a run that was begun goes on.

    Args:
        more: what else decides the weights that come out; see `run_folder`.

    Raises:
        Stopped: Ctrl-C ended the run before its plan's last epoch.
    """
    folder = run_folder(parent, plan, *more)
    progress = train(plan, dataset, folder, resume=has_progress(folder))
    if progress.epochs_done < plan.epochs:
        raise Stopped(
            f"Stopped after {progress.epochs_done} of {plan.epochs} epochs of "
            f"{plan.architecture}; the same command goes on."
        )
    return progress, load_epoch(folder, progress.epochs_done, to_train=False)


def run_folder(parent: Path, plan: Plan, *more: object) -> Path:
    """The folder of the run of a plan: another one once the recipe or the network is changed.

    How the pictures of an epoch are made decides the weights as well: whoever changes that has to
    delete the folders of before.

    Args:
        more: what else decides the weights that come out, written as its `repr`.
    """
    architecture = ARCHITECTURES[plan.architecture]
    made_of = (plan, fingerprint(architecture.recipe, architecture.build()), more)
    name = plan.architecture.replace(" ", "_").replace("'", "")
    return parent / f"{name}_{sha256(repr(made_of).encode()).hexdigest()[:8]}"
