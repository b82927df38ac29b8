import json
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_model.checkpoints import (
    NoRunToResume,
    Plan,
    Progress,
    clear,
    epoch_path,
    has_progress,
    load_progress,
    save_checkpoint,
)
from mnist_model.model_card import Epoch

PLAN = Plan("cnn", seed=7, epochs=3)

HISTORY = '{"plan": {"architecture": "cnn", "seed": 7, "epochs": 3}, "history": [{"number": 1}]}'
"""A record with an epoch of which half is missing."""


class Network:
    """Saves itself as a Keras model does, in a few bytes."""

    def save(self, filepath: Path) -> None:
        filepath.write_bytes(b"weights")


def epoch(number: int, validation_loss: float, validation_accuracy: float = 0.9) -> Epoch:
    return Epoch(number, 0.8, 0.7, validation_accuracy, validation_loss, seconds=1.5)


def saved(folder: Path, *losses: float) -> Progress:
    """The progress after one epoch for each of the losses, each saved."""
    clear(folder)
    progress = Progress(PLAN)
    for number, loss in enumerate(losses, start=1):
        progress = progress.after_epoch(epoch(number, loss), keeps_best=True)
        save_checkpoint(folder, Network(), progress)
    return progress


def test_progress_is_read_as_it_was_saved(tmp_path: Path) -> None:
    progress = saved(tmp_path, 0.8, 0.9)
    assert has_progress(tmp_path)
    assert load_progress(tmp_path, PLAN) == progress
    assert (progress.epochs_done, progress.seconds) == (2, 3.0)
    assert progress.history == (epoch(1, 0.8), epoch(2, 0.9))
    assert epoch_path(tmp_path, 2).read_bytes() == b"weights"


def test_a_record_from_before_epochs_were_kept_can_be_resumed(tmp_path: Path) -> None:
    saved(tmp_path, 0.8, 0.7)
    record = json.loads((tmp_path / "run.json").read_text())
    del record["history"]
    (tmp_path / "run.json").write_text(json.dumps(record))
    progress = load_progress(tmp_path, PLAN)
    assert (progress.epochs_done, progress.history) == (2, ())
    later = progress.after_epoch(epoch(3, 0.9), keeps_best=True)
    assert (later.epochs_done, later.kept_epoch, later.history) == (3, 2, (epoch(3, 0.9),))


def test_only_the_last_and_the_best_epoch_stay_on_the_disk(tmp_path: Path) -> None:
    progress = saved(tmp_path, 0.3, 0.1, 0.2, 0.15)
    assert progress.kept_epoch == 2
    assert set(tmp_path.glob("*.keras")) == {epoch_path(tmp_path, 2), epoch_path(tmp_path, 4)}


def test_of_two_equal_epochs_the_later_is_kept() -> None:
    progress = Progress(PLAN)
    for number, accuracy in ((1, 0.9), (2, 0.8)):
        progress = progress.after_epoch(epoch(number, 0.1, accuracy), keeps_best=True)
    assert progress.kept_epoch == 2


def test_a_recipe_that_does_not_choose_keeps_the_last_epoch() -> None:
    progress = Progress(PLAN)
    for done in (epoch(1, 0.1, 0.9), epoch(2, 0.2, 0.8)):
        progress = progress.after_epoch(done, keeps_best=False)
    assert (progress.kept_epoch, progress.kept_accuracy, progress.kept_loss) == (2, 0.8, 0.2)


def test_a_crash_while_an_epoch_is_saved_leaves_the_one_before(tmp_path: Path) -> None:
    progress = saved(tmp_path, 0.9)
    epoch_path(tmp_path, 2).write_bytes(b"PK half a fi")
    (tmp_path / "run.json.part").write_text('{"plan": {"archi')
    assert load_progress(tmp_path, PLAN) == progress
    assert epoch_path(tmp_path, 1).read_bytes() == b"weights"


def test_a_new_run_forgets_the_one_before(tmp_path: Path) -> None:
    saved(tmp_path, 0.9)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not has_progress(tmp_path)
    with pytest.raises(NoRunToResume, match=r"no run to resume.*without --resume"):
        load_progress(tmp_path, PLAN)


def test_a_run_is_not_resumed_by_another_plan(tmp_path: Path) -> None:
    saved(tmp_path, 0.9)
    with pytest.raises(NoRunToResume, match=r"--epochs 3 --seed 7`, now .*--seed 8"):
        load_progress(tmp_path, replace(PLAN, seed=8))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"plan": 1}', '{"plan": {}}', HISTORY])
def test_a_damaged_record_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(NoRunToResume, match=r"run\.json is damaged.*Start anew"):
        load_progress(tmp_path, PLAN)
