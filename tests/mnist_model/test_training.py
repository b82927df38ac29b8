"""Trains for real, on tensorflow: in processes of its own, since this one has OpenVINO."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mnist_model.classifier import DEFAULT_MODEL_PATH, load_classifier
from mnist_model.dataset import SHA256, load_test_split
from mnist_model.evaluation import accuracy
from mnist_model.model_card import card_path, read_card, sha256_of

ROOT = Path(__file__).parent.parent.parent
SHORT_PLAN = ["--architecture", "seed_mlp", "--epochs", "6", "--steps", "100"]


def start(script: str, *options: str | Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return subprocess.Popen(  # noqa: S603 - our own scripts, with options from this file
        [sys.executable, ROOT / script, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    output, errors = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def train(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return finish(start("scripts/train.py", *options))


def epochs_done(run_folder: Path) -> int:
    try:
        record = json.loads((run_folder / "run.json").read_text())
    except FileNotFoundError:
        return 0
    return int(record["epochs_done"])


def wait_for_epoch(epoch: int, run_folder: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while epochs_done(run_folder) < epoch:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"epoch {epoch} was not done in 120 seconds"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A few hundred steps of the cnn, shipped over a better model by force: (model, output)."""
    folder = tmp_path_factory.mktemp("short")
    model = folder / "cnn.keras"
    shutil.copy(DEFAULT_MODEL_PATH, model)
    shutil.copy(card_path(DEFAULT_MODEL_PATH), card_path(model))
    done = train(
        *("--epochs", "1", "--steps", "180", "--seed", "3", "--require-accuracy", "0.97"),
        *("--run", folder / "run", "--output", model, "--force"),
    )
    assert done.returncode == 0, done
    return model, done.stdout


@pytest.fixture(scope="module")
def interrupted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed after an epoch, resumed, and stopped with Ctrl-C after another."""
    folder = tmp_path_factory.mktemp("interrupted")
    where: list[str | Path] = ["--run", folder, "--output", folder / "kept.keras"]
    process = start("scripts/train.py", *SHORT_PLAN, *where)
    wait_for_epoch(1, folder, process)
    process.kill()
    finish(process)
    before = epochs_done(folder)
    process = start("scripts/train.py", *SHORT_PLAN, *where, "--resume")
    wait_for_epoch(before + 1, folder, process)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert done.returncode == 130, done
    assert f"Epoch {before}/6" not in done.stdout
    assert f"Epoch {before + 1}/6" in done.stdout
    assert "--resume goes on" in done.stdout
    return folder


def test_a_few_hundred_steps_are_enough_to_read_most_digits(short_run: tuple[Path, str]) -> None:
    model, output = short_run
    test = load_test_split()
    read = load_classifier(model).probabilities(test.images).argmax(axis=1)
    assert accuracy(test.labels, read).value >= 0.97
    assert "180/180" in output  # the progress bar


def test_the_card_says_how_the_model_was_made_and_how_well_it_does(
    short_run: tuple[Path, str],
) -> None:
    model, output = short_run
    card = read_card(model)
    assert (card.name, card.seed, card.epochs) == ("cnn", 3, 1)
    assert card.command == (
        "python scripts/train.py --architecture cnn --epochs 1 --seed 3 --steps 180"
    )
    assert card.dataset_sha256 == SHA256
    assert card.weights_sha256 == sha256_of(model)
    assert set(card.versions) == {"keras", "numpy", "tensorflow"}
    sizes = (card.train_accuracy, card.validation_accuracy, card.test_accuracy)
    assert [measured.num_examples for measured in sizes] == [55_000, 5_000, 10_000]
    assert f"test: {card.test_accuracy.value:.2%}" in output


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


def test_ctrl_c_keeps_the_best_so_far_with_its_card(interrupted_run: Path) -> None:
    classifier = load_classifier(interrupted_run / "kept.keras")
    assert classifier.card.epochs >= 2
    record = json.loads((interrupted_run / "run.json").read_text())
    assert classifier.card.epochs == record["kept_epoch"]
    assert classifier.card.validation_accuracy.value == pytest.approx(record["kept_accuracy"])


def test_a_model_under_the_required_accuracy_makes_the_run_fail(
    interrupted_run: Path, tmp_path: Path
) -> None:
    output = tmp_path / "seed_mlp.keras"
    where: list[str | Path] = ["--run", interrupted_run, "--output", output]
    done = train(*SHORT_PLAN, "--resume", *where, "--require-accuracy", "0.999")
    assert done.returncode == 1
    assert "99.90% of the test digits are required" in done.stdout
    assert "Epoch 6/6" in done.stdout
    assert read_card(output).test_accuracy.value < 0.999


def test_a_better_model_is_not_overwritten_unless_told(
    interrupted_run: Path, tmp_path: Path
) -> None:
    model = tmp_path / "cnn.keras"
    shutil.copy(DEFAULT_MODEL_PATH, model)
    shutil.copy(card_path(DEFAULT_MODEL_PATH), card_path(model))
    done = train(*SHORT_PLAN, "--resume", "--run", interrupted_run, "--output", model)
    assert done.returncode == 1
    assert f"Kept {model} as it was" in done.stdout
    assert "--force" in done.stdout
    assert sha256_of(model) == read_card(model).weights_sha256 == sha256_of(DEFAULT_MODEL_PATH)


def test_a_run_ends_with_the_same_weights_however_often_it_is_interrupted(tmp_path: Path) -> None:
    output = tmp_path / "weights.npy"
    done = finish(start("tests/mnist_model/repeated_runs.py", output))
    assert done.returncode == 0, done
    unbroken, interrupted, other_seed = np.load(output)
    assert np.array_equal(unbroken, interrupted)
    assert not np.array_equal(unbroken, other_seed)


def test_a_wrong_option_is_refused_with_what_is_allowed() -> None:
    done = train("--require-accuracy", "99")
    assert done.returncode == 2
    assert "99.0 is no share, expected 0 to 1" in done.stderr
