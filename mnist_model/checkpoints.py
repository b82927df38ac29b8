"""What an unfinished training run leaves on the disk, so that another process can go on with it.

A run's folder holds `epoch-N.keras` for the last epoch and for the one to keep, each with its
optimizer, and `run.json`, which names them. `run.json` is replaced in one step after the file it
names is complete, so a crash at any moment leaves the state after some whole epoch.
"""

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mnist_model.contract import ReaderError
from mnist_model.model_card import Epoch, epochs_of
from mnist_model.shipping import Savable


class NoRunToResume(ReaderError):
    """A run's record is missing or damaged, or it follows another plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights that come out, beside the data and the library versions."""

    architecture: str
    seed: int
    epochs: int
    steps: int | None = None  # batches an epoch, at most; None is all of the data

    @property
    def command(self) -> str:
        """Trains the same weights again."""
        steps = f" --steps {self.steps}" if self.steps else ""
        return (
            f"python scripts/train.py --architecture {self.architecture}"
            f" --epochs {self.epochs} --seed {self.seed}{steps}"
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    plan: Plan
    epochs_done: int = 0
    kept_epoch: int = 0  # whose network is to be shipped; 0 before the first epoch is over
    kept_accuracy: float = 0.0  # of that epoch on the validation split, in [0, 1]
    kept_loss: float = math.inf  # of that epoch on the validation split, in nats
    seconds: float = 0.0
    history: tuple[Epoch, ...] = ()  # without what an older version trained, which kept none

    def after_epoch(self, epoch: Epoch, *, keeps_best: bool) -> "Progress":
        """One epoch later.

        The best is the one of least loss: accuracy on a few thousand digits jitters by a few of
        them. Of two epochs that do equally well, the later is kept.
        """
        done = replace(
            self,
            epochs_done=epoch.number,
            seconds=self.seconds + epoch.seconds,
            history=(*self.history, epoch),
        )
        if keeps_best and epoch.validation_loss > self.kept_loss:
            return done
        return replace(
            done,
            kept_epoch=epoch.number,
            kept_accuracy=epoch.validation_accuracy,
            kept_loss=epoch.validation_loss,
        )


def save_checkpoint(folder: Path, model: Savable, progress: Progress) -> None:
    """Keep `model` as the state after `progress.epochs_done` epochs."""
    model.save(epoch_path(folder, progress.epochs_done))
    unfinished = folder / "run.json.part"
    unfinished.write_text(json.dumps(asdict(progress), indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / "run.json")
    named = {epoch_path(folder, n) for n in (progress.epochs_done, progress.kept_epoch)}
    for path in set(folder.glob("epoch-*.keras")) - named:
        path.unlink()


def has_progress(folder: Path) -> bool:
    """Whether a run in `folder` has finished its first epoch."""
    return (folder / "run.json").exists()


def load_progress(folder: Path, plan: Plan) -> Progress:
    """How far the run in `folder` came.

    Raises:
        NoRunToResume: there is no run, its record is damaged, or it follows another plan.
    """
    path = folder / "run.json"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        progress = Progress(
            **(fields | {"plan": Plan(**fields["plan"]), "history": epochs_of(fields)})
        )
    except FileNotFoundError as error:
        raise NoRunToResume(
            f"There is no run to resume: {path} is missing. Start one without --resume."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NoRunToResume(
            f"The run in {folder} can't be resumed: run.json is damaged "
            f"({type(error).__name__}: {error}). Start anew without --resume."
        ) from error
    if progress.plan != plan:
        raise NoRunToResume(
            f"The run in {folder} follows another plan: it was started with "
            f"`{progress.plan.command}`, now `{plan.command}` is asked for. "
            "Resume with the same options, or start anew without --resume."
        )
    return progress


def epoch_path(folder: Path, epoch: int) -> Path:
    """Where the state after `epoch` epochs is kept."""
    return folder / f"epoch-{epoch}.keras"


def clear(folder: Path) -> None:
    """Make `folder` ready for a new run: what an earlier run left there goes."""
    folder.mkdir(parents=True, exist_ok=True)
    # The record goes first: without it no file of the old run can be taken for one of the new.
    (folder / "run.json").unlink(missing_ok=True)
    for path in folder.glob("epoch-*.keras"):
        path.unlink()
