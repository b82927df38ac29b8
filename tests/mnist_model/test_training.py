"""Trains for real, on tensorflow: in processes of its own, since this one has OpenVINO."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import pytest

from mnist_model.checkpoints import (
    NoRunToResume,
    Plan,
    Progress,
    clear,
    epoch_path,
    save_checkpoint,
)
from mnist_model.classifier import load_classifier
from mnist_model.dataset import SHA256, Split, load_mnist, load_test_split
from mnist_model.evaluation import accuracy
from mnist_model.measuring import calibrated
from mnist_model.model_card import DEFAULT_MODEL_PATH, Epoch, card_path, read_card, sha256_of
from mnist_model.networks import ARCHITECTURES
from mnist_model.training import fingerprint, train

ROOT = Path(__file__).parent.parent.parent
NUM_STEPS = 240
SHORT_PLAN = ["--epochs", "1", "--steps", str(NUM_STEPS), "--seed", "3"]
# Of so many epochs that whoever stops it need not hurry.
LONG_PLAN = ["--architecture", "seed_mlp", "--epochs", "500", "--steps", "20"]


def start(script: str, *options: str | Path, backend: str = "tensorflow") -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own scripts, with options from this file
        [sys.executable, ROOT / script, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"KERAS_BACKEND": backend},
    )


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    output, errors = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def train_no_further(*options: str | Path) -> subprocess.CompletedProcess[str]:
    """What the script does without training, on OpenVINO: it starts in a third of the time."""
    return finish(start("scripts/train.py", *options, backend="openvino"))


def epochs_done(run_folder: Path) -> int:
    try:
        record = json.loads((run_folder / "run.json").read_text())
    except FileNotFoundError:
        return 0
    return len(record["history"])


def wait_for_epoch(epoch: int, run_folder: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while epochs_done(run_folder) < epoch:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"epoch {epoch} was not done in 120 seconds"
        time.sleep(0.02)


def shipped_model_in(folder: Path) -> Path:
    """A copy of the shipped model with its card: better than what a short run makes."""
    model = folder / "cnn.keras"
    shutil.copy(DEFAULT_MODEL_PATH, model)
    shutil.copy(card_path(DEFAULT_MODEL_PATH), card_path(model))
    return model


def run_that_is_over(folder: Path) -> tuple[Path, list[str | Path]]:
    """A run of one epoch, though its network has not learned anything: (folder, options)."""
    run = folder / "run"
    clear(run)
    plan = Plan("seed_mlp", seed=1, epochs=1, steps=1)
    save_checkpoint(run, ARCHITECTURES["seed_mlp"].build(), after_one_epoch(plan))
    return run, [*plan.command.split()[2:], "--resume", "--run", run]


def after_one_epoch(plan: Plan) -> Progress:
    epoch = Epoch(1, 0.1, 2.3, 0.1, 2.3, seconds=1.0)
    architecture = ARCHITECTURES[plan.architecture]
    made_of = fingerprint(architecture.recipe, architecture.build())
    return Progress(plan, made_of).after_epoch(epoch, {"keras": "3.0"})


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A few hundred steps of the cnn, shipped over a better model by force: (model, output)."""
    model = shipped_model_in(tmp_path_factory.mktemp("short"))
    process = start(
        "scripts/train.py",
        *(*SHORT_PLAN, "--require-accuracy", "0.97"),
        *("--run", model.parent / "run", "--output", model, "--force"),
    )
    done = finish(process)
    assert done.returncode == 0, done
    return model, done.stdout


@pytest.fixture(scope="module")
def interrupted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed after an epoch, resumed, and stopped with Ctrl-C after another."""
    folder = tmp_path_factory.mktemp("interrupted")
    options: list[str | Path] = [*LONG_PLAN, "--run", folder, "--output", folder / "kept.keras"]
    process = start("scripts/train.py", *options)
    wait_for_epoch(1, folder, process)
    process.kill()
    finish(process)
    before = epochs_done(folder)
    process = start("scripts/train.py", *options, "--resume")
    wait_for_epoch(before + 1, folder, process)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert done.returncode == 130, done
    assert f"Epoch {before}/500" not in done.stdout
    assert f"Epoch {before + 1}/500" in done.stdout
    assert "--resume goes on" in done.stdout
    return folder


def test_a_few_hundred_steps_are_enough_to_read_most_digits(short_run: tuple[Path, str]) -> None:
    model, output = short_run
    card = read_card(model)
    assert card.test_accuracy.value >= 0.97
    test = load_test_split()
    some = Split(test.images[:1000], test.labels[:1000])
    read = load_classifier(model).probabilities(some.images).argmax(axis=1)
    # A thousand of the card's ten thousand are enough to see that the bot's engine reads as well.
    assert accuracy(some.labels, read).value == pytest.approx(card.test_accuracy.value, abs=0.02)
    assert f"{NUM_STEPS}/{NUM_STEPS}" in output  # the progress bar


def test_the_card_says_how_the_model_was_made_and_how_well_it_does(
    short_run: tuple[Path, str],
) -> None:
    model, output = short_run
    card = read_card(model)
    assert (card.name, card.seed, card.epochs) == ("cnn", 3, 1)
    assert card.command == (
        f"python scripts/train.py --architecture cnn --epochs 1 --seed 3 --steps {NUM_STEPS}"
    )
    assert card.dataset_sha256 == SHA256
    assert card.weights_sha256 == sha256_of(model)
    assert set(card.versions) == {"keras", "numpy", "tensorflow", "cv2", "PIL", "matplotlib"}
    measured = (card.train_accuracy, card.validation_accuracy, card.test_accuracy)
    # Of the training digits, as many as fit into the steps: in 14 pictures, 4 are of no digit.
    num_used = int(NUM_STEPS * 128 / 1.4)
    assert [accuracy.num_examples for accuracy in measured] == [num_used, 5_000, 10_000]
    assert f"test: {card.test_accuracy.value:.2%}" in output


def test_the_card_keeps_how_each_epoch_went(short_run: tuple[Path, str]) -> None:
    model, _ = short_run
    card = read_card(model)
    (epoch,) = card.history
    assert epoch.number == 1
    assert (
        0 < epoch.training_accuracy < epoch.validation_accuracy == (card.validation_accuracy.value)
    )
    assert epoch.training_loss > epoch.validation_loss > 0
    assert epoch.seconds == pytest.approx(card.training_seconds, abs=0.1)


def test_the_shipped_file_leaves_the_optimizer_behind(short_run: tuple[Path, str]) -> None:
    model, _ = short_run
    assert model.stat().st_size < 1.3 * 4 * read_card(model).num_parameters


def test_nothing_unfinished_lies_about_after_a_run(short_run: tuple[Path, str]) -> None:
    model, _ = short_run
    assert {path.name for path in model.parent.iterdir()} == {"cnn.keras", "cnn.json", "run"}
    assert {path.name for path in (model.parent / "run").iterdir()} == {
        "epoch-1.keras",
        "run.json",
    }


def test_ctrl_c_ships_what_there_is_with_its_card(interrupted_run: Path) -> None:
    classifier = load_classifier(interrupted_run / "kept.keras")
    assert classifier.card.epochs >= 2
    assert classifier.card.epochs == epochs_done(interrupted_run) == len(classifier.card.history)
    last = classifier.card.history[-1]
    assert classifier.card.validation_accuracy.value == last.validation_accuracy


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--force", "--require-accuracy", "0.999"], "99.90% are required"),
        ([], "To replace it all the same, add --force"),
    ],
    ids=["not good enough", "not better"],
)
def test_a_network_that_is_not_good_enough_or_not_better_leaves_the_model_as_it_was(
    tmp_path: Path, options: list[str], reason: str
) -> None:
    model = shipped_model_in(tmp_path)
    run, ends_it = run_that_is_over(tmp_path)
    done = train_no_further(*ends_it, "--output", model, *options)
    assert done.returncode == 1, done
    assert reason in done.stdout
    assert (
        f"Nothing was written to {model}. The new network is {run / 'epoch-1.keras'}; "
        "with --resume it is not trained again."
    ) in done.stdout
    assert sha256_of(model) == read_card(model).weights_sha256 == sha256_of(DEFAULT_MODEL_PATH)


def test_a_run_that_is_over_ships_later_as_what_it_was_when_it_was_trained(tmp_path: Path) -> None:
    model = shipped_model_in(tmp_path)
    _, ends_it = run_that_is_over(tmp_path)
    done = train_no_further(*ends_it, "--output", model, "--force")
    assert done.returncode == 0, done
    card = load_classifier(model).card
    assert (card.name, card.epochs) == ("seed_mlp", 1)
    assert card.versions == {"keras": "3.0"}
    assert card.trained_on == datetime.now(UTC).date().isoformat()


def test_a_run_is_not_gone_on_with_once_its_recipe_or_network_is_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run, _ = run_that_is_over(tmp_path)
    plan, dataset = Plan("seed_mlp", seed=1, epochs=1, steps=1), load_mnist()
    assert train(plan, dataset, run, resume=True) == after_one_epoch(plan)
    as_it_was = ARCHITECTURES["seed_mlp"]
    slower = replace(as_it_was, recipe=replace(as_it_was.recipe, learning_rate=0.0005))
    for changed in (slower, replace(as_it_was, build=ARCHITECTURES["cnn"].build)):
        monkeypatch.setitem(ARCHITECTURES, "seed_mlp", changed)
        with pytest.raises(NoRunToResume, match="another recipe or network"):
            train(plan, dataset, run, resume=True)


def test_who_asks_for_a_backend_that_can_not_train_is_told_so_and_loses_nothing(
    tmp_path: Path,
) -> None:
    run, _ = run_that_is_over(tmp_path)
    done = train_no_further("--architecture", "cnn", "--run", run)
    assert done.returncode == 1, done
    assert "Keras can't train on openvino, which KERAS_BACKEND asks for: unset that" in done.stderr
    assert epochs_done(run) == 1


def test_an_epoch_is_measured_as_the_card_measures(
    short_run: tuple[Path, str],
) -> None:
    model, output = short_run
    record = json.loads((model.parent / "run" / "run.json").read_text())
    accuracy = read_card(model).validation_accuracy.value
    assert accuracy == record["history"][-1]["validation_accuracy"]
    assert f"validation_accuracy: {accuracy:.4f}" in output  # beside the progress bar


def test_a_run_ends_with_the_same_weights_however_often_it_is_interrupted(tmp_path: Path) -> None:
    output = tmp_path / "weights.npy"
    done = finish(start("tests/mnist_model/repeated_runs.py", output))
    assert done.returncode == 0, done
    unbroken, interrupted, other_seed = np.load(output)
    assert np.array_equal(unbroken, interrupted)
    assert not np.array_equal(unbroken, other_seed)


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--require-accuracy", "99", "99.0 is no share, expected 0 to 1"),
        ("--seed", "-1", "-1 is no seed, expected 0 to"),
        ("--output", "cnn.h5", "cnn.h5 should end in .keras"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_allowed(
    option: str, value: str, reason: str
) -> None:
    done = train_no_further(f"{option}={value}")
    assert done.returncode == 2
    assert reason in done.stderr


def test_a_run_that_stopped_is_not_lost_unasked(tmp_path: Path) -> None:
    clear(tmp_path)
    plan = Plan("cnn", seed=1, epochs=2, steps=1)
    save_checkpoint(tmp_path, ARCHITECTURES["seed_mlp"].build(), after_one_epoch(plan))
    done = train_no_further("--run", tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path} holds 1 of the 2 epochs" in done.stderr
    assert epochs_done(tmp_path) == 1


def test_a_network_that_is_damaged_can_not_be_gone_on_from(tmp_path: Path) -> None:
    clear(tmp_path)
    plan = Plan("cnn", seed=1, epochs=1, steps=1)
    save_checkpoint(tmp_path, ARCHITECTURES["seed_mlp"].build(), after_one_epoch(plan))
    epoch_path(tmp_path, 1).write_bytes(b"PK half a file")
    done = train_no_further(*plan.command.split()[2:], "--resume", "--run", tmp_path)
    assert done.returncode == 1
    assert f"Keras can't load {epoch_path(tmp_path, 1)}" in done.stderr
    assert "Traceback" not in done.stderr


# Keras' own, where it hands out weights on OpenVINO.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_network_that_is_three_times_too_sure_is_calibrated_by_three_times_as_much() -> None:
    some = Split(load_test_split().images[:2000], load_test_split().labels[:2000])
    usual, too_sure = (keras.models.load_model(DEFAULT_MODEL_PATH, compile=False) for _ in "ab")
    last = too_sure.layers[-1]
    last.set_weights([3 * weights for weights in last.get_weights()])
    usual, needed = calibrated(usual, "cnn", some)
    too_sure, found = calibrated(too_sure, "cnn", some)
    assert found == pytest.approx(3 * needed, rel=0.02)
    # What it answers, and not only what it holds: see `calibrated`.
    answers = [network.predict(some.images[:50], verbose=0) for network in (too_sure, usual)]
    assert answers[0] == pytest.approx(answers[1], abs=0.01)
