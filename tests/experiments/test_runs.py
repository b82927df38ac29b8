from dataclasses import replace
from pathlib import Path

import pytest

from experiments.runs import run_folder, trained
from mnist_model.checkpoints import Plan, Progress, clear, save_checkpoint
from mnist_model.dataset import load_mnist
from mnist_model.model_card import Epoch
from mnist_model.networks import ARCHITECTURES, convolution_network

PLAN = Plan("seed_mlp", seed=1, epochs=1)


def folder_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, layers: tuple[tuple[int, int], ...]
) -> Path:
    network = replace(ARCHITECTURES["cnn"], build=lambda: convolution_network("new", layers))
    monkeypatch.setitem(ARCHITECTURES, "new", network)
    return run_folder(tmp_path, Plan("new", seed=1, epochs=3))


def test_the_same_run_has_the_same_folder_however_often_it_is_asked_for(tmp_path: Path) -> None:
    assert run_folder(tmp_path, PLAN) == run_folder(tmp_path, PLAN)


def test_another_recipe_or_network_has_another_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    layers = [((8, 2), (8, 1)), ((8, 1), (8, 2)), ((8, 1), (9, 2))]  # the first two as large
    folders = {folder_with(monkeypatch, tmp_path, of) for of in layers}
    plans = [PLAN, replace(PLAN, seed=2), replace(PLAN, steps=5)]
    folders |= {run_folder(tmp_path, plan) for plan in plans}
    folders.add(run_folder(tmp_path, PLAN, "taught by others"))
    seed_mlp = ARCHITECTURES["seed_mlp"]
    slower = replace(seed_mlp, recipe=replace(seed_mlp.recipe, learning_rate=0.0005))
    monkeypatch.setitem(ARCHITECTURES, "seed_mlp", slower)
    folders.add(run_folder(tmp_path, PLAN))
    assert len(folders) == 8


# That one that was stopped is told so needs training: see scripts/train.py's tests.
def test_a_run_that_is_over_is_loaded_and_not_trained_again(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, PLAN)
    clear(folder)
    over = Progress(PLAN).after_epoch(Epoch(1, 0.1, 2.3, 0.1, 2.3, seconds=1.0), {})
    save_checkpoint(folder, ARCHITECTURES["seed_mlp"].build(), over)
    progress, network = trained(PLAN, load_mnist(), tmp_path)
    assert progress == over
    assert network.count_params() == ARCHITECTURES["seed_mlp"].build().count_params()
