"""What an unfinished training run leaves on the disk, so that another process can go on with it.

A run's folder holds `epoch-N.keras`, the network after the last epoch with its optimizer, and
`run.json`, which tells of each epoch. `run.json` is replaced in one step after the file of its
last epoch is complete, so a process that dies at any moment leaves the state after some whole
epoch.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from mnist_model.contract import ReaderError
from mnist_model.model_card import Epoch
from mnist_model.shipping import Savable


class NoRunToResume(ReaderError):
    """A run's record or network is missing or damaged, or it was begun in another way."""


class UnfinishedRun(ReaderError):
    """A new run would take the place of one that has not come to its end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights that come out, beside the code, the data and the libraries."""

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
    made_of: str = ""  # the recipe's fingerprint; see training.py. "": of an older version
    history: tuple[Epoch, ...] = ()
    # Of the last epoch, as the card tells it: whoever ships the network may do so on another day,
    # on another backend.
    trained_on: str = ""  # ISO 8601 date, UTC
    versions: dict[str, str] = field(default_factory=dict)  # package → version

    @property
    def epochs_done(self) -> int:
        """Of the plan's."""
        return len(self.history)

    @property
    def seconds(self) -> float:
        """That they took."""
        return sum(epoch.seconds for epoch in self.history)

    def after_epoch(self, epoch: Epoch, versions: dict[str, str]) -> "Progress":
        """One epoch later, which was trained now, by these packages."""
        today = datetime.now(UTC).date().isoformat()
        history = (*self.history, epoch)
        return replace(self, history=history, trained_on=today, versions=versions)


def save_checkpoint(folder: Path, model: Savable, progress: Progress) -> None:
    """Keep `model` as the state after `progress.epochs_done` epochs."""
    model.save(epoch_path(folder, progress.epochs_done))
    unfinished = folder / "run.json.part"
    unfinished.write_text(json.dumps(asdict(progress), indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / "run.json")
    for path in set(folder.glob("epoch-*.keras")) - {epoch_path(folder, progress.epochs_done)}:
        path.unlink()


def has_progress(folder: Path) -> bool:
    """Whether a run in `folder` has finished its first epoch."""
    return (folder / "run.json").exists()


def load_progress(folder: Path, plan: Plan, made_of: str) -> Progress:
    """How far the run in `folder` came.

    Raises:
        NoRunToResume: there is no run, its record is damaged, or it follows another plan or
            another recipe.
    """
    try:
        progress = _recorded(folder)
    except FileNotFoundError as error:
        raise NoRunToResume(
            f"There is no run to resume: {error.filename} is missing. Start one without --resume."
        ) from error
    except _DAMAGED as error:
        raise NoRunToResume(
            f"The run in {folder} can't be resumed: run.json is damaged "
            f"({type(error).__name__}: {error}). Start anew with --anew."
        ) from error
    if progress.plan != plan:
        raise NoRunToResume(
            f"The run in {folder} follows another plan: it was started with "
            f"`{progress.plan.command}`, now `{plan.command}` is asked for. "
            "Resume with the same options, or start anew with --anew."
        )
    if progress.made_of not in ("", made_of):
        raise NoRunToResume(
            f"The run in {folder} was begun with another recipe or network of the name "
            f"{plan.architecture}. Resume it with the version of this project that began it, or "
            "start anew with --anew."
        )
    return progress


def check_unfinished(folder: Path) -> None:
    """Nothing, if a new run in `folder` loses no epochs that another run could go on from.

    Raises:
        UnfinishedRun: it would. A record that is damaged is no loss.
    """
    try:
        progress = _recorded(folder)
    except _DAMAGED:
        return
    plan, done = progress.plan, progress.epochs_done
    if done < plan.epochs and epoch_path(folder, done).exists():
        raise UnfinishedRun(
            f"{folder} holds {done} of the {plan.epochs} epochs of `{plan.command}`. Go on with "
            f"that, `--run {folder} --resume` and the --output it was started with; or choose "
            "another folder with --run, or add --anew to lose them."
        )


_DAMAGED = (OSError, ValueError, TypeError, KeyError)
"""What a record that is missing or damaged leads to."""


def _recorded(folder: Path) -> Progress:
    """What the record of the run in `folder` tells; raises one of _DAMAGED."""
    fields = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    history = tuple(Epoch(**epoch) for epoch in fields["history"])
    # Runs of older versions did not tell of their day.
    written = datetime.fromtimestamp((folder / "run.json").stat().st_mtime, UTC)
    known = {"trained_on": written.date().isoformat()} | fields
    return Progress(**known | {"plan": Plan(**fields["plan"]), "history": history})


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
