import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_model.checkpoints import (
    NoRunToResume,
    Plan,
    Progress,
    UnfinishedRun,
    check_unfinished,
    clear,
    epoch_path,
    has_progress,
    load_progress,
    save_checkpoint,
)
from mnist_model.model_card import Epoch

PLAN = Plan("cnn", seed=7, epochs=3)

RECIPE = "5eed"
"""The fingerprint of a recipe."""

HISTORY = '{"plan": {"architecture": "cnn", "seed": 7, "epochs": 3}, "history": [{"number": 1}]}'
"""A record with an epoch of which half is missing."""


class Network:
    """Saves itself as a Keras model does, in a few bytes."""

    def save(self, filepath: Path) -> None:
        filepath.write_bytes(b"weights")


def epoch(number: int) -> Epoch:
    return Epoch(number, 0.8, 0.7, 0.9, 0.6, seconds=1.5)


def saved(folder: Path, num_epochs: int) -> Progress:
    """The progress after so many epochs, each saved."""
    clear(folder)
    progress = Progress(PLAN, RECIPE)
    for number in range(1, num_epochs + 1):
        progress = progress.after_epoch(epoch(number), {"keras": f"3.{number}"})
        save_checkpoint(folder, Network(), progress)
    return progress


def test_progress_is_read_as_it_was_saved(tmp_path: Path) -> None:
    progress = saved(tmp_path, 2)
    assert has_progress(tmp_path)
    assert load_progress(tmp_path, PLAN, RECIPE) == progress
    assert (progress.epochs_done, progress.seconds) == (2, 3.0)
    assert progress.history == (epoch(1), epoch(2))
    assert progress.versions == {"keras": "3.2"}
    assert epoch_path(tmp_path, 2).read_bytes() == b"weights"


def test_a_run_of_an_older_version_is_resumed_and_tells_the_day_of_its_record(
    tmp_path: Path,
) -> None:
    saved(tmp_path, 1)
    path = tmp_path / "run.json"
    record = json.loads(path.read_text())
    del record["made_of"], record["trained_on"], record["versions"]
    path.write_text(json.dumps(record))
    os.utime(path, (1e9, 1e9))
    progress = load_progress(tmp_path, PLAN, RECIPE)
    assert (progress.trained_on, progress.versions) == ("2001-09-09", {})


def test_only_the_last_epoch_stays_on_the_disk(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    assert list(tmp_path.glob("*.keras")) == [epoch_path(tmp_path, 3)]


def test_a_crash_while_an_epoch_is_saved_leaves_the_one_before(tmp_path: Path) -> None:
    progress = saved(tmp_path, 1)
    epoch_path(tmp_path, 2).write_bytes(b"PK half a fi")
    (tmp_path / "run.json.part").write_text('{"plan": {"archi')
    assert load_progress(tmp_path, PLAN, RECIPE) == progress
    assert epoch_path(tmp_path, 1).read_bytes() == b"weights"


def test_a_new_run_forgets_the_one_before(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not has_progress(tmp_path)
    with pytest.raises(NoRunToResume, match=r"no run to resume.*without --resume"):
        load_progress(tmp_path, PLAN, RECIPE)


@pytest.mark.parametrize("num_epochs", [1, 2])
def test_a_new_run_does_not_take_the_place_of_one_that_stopped(
    tmp_path: Path, num_epochs: int
) -> None:
    saved(tmp_path, num_epochs)
    with pytest.raises(
        UnfinishedRun, match=rf"{num_epochs} of the 3 epochs.*--output.*--anew to lose"
    ):
        check_unfinished(tmp_path)


def test_a_new_run_takes_the_place_of_one_that_is_over_or_damaged(tmp_path: Path) -> None:
    check_unfinished(tmp_path)
    saved(tmp_path, PLAN.epochs)
    check_unfinished(tmp_path)
    (tmp_path / "run.json").write_text("{")
    check_unfinished(tmp_path)


def test_a_run_is_not_resumed_by_another_plan(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    with pytest.raises(NoRunToResume, match=r"--epochs 3 --seed 7`, now .*--seed 8"):
        load_progress(tmp_path, replace(PLAN, seed=8), RECIPE)


def test_a_run_is_not_resumed_by_another_recipe(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    with pytest.raises(NoRunToResume, match=r"another recipe or network of the name cnn.*--anew"):
        load_progress(tmp_path, PLAN, "another")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"plan": 1}', '{"plan": {}}', HISTORY])
def test_a_damaged_record_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(NoRunToResume, match=r"run\.json is damaged.*Start anew"):
        load_progress(tmp_path, PLAN, RECIPE)
