"""The figures in docs/model.md are those of the model cards."""

from pathlib import Path

import pytest

from mnist_model.averaging import LEVEL, SHARE_OF_FALL
from mnist_model.model_card import DEFAULT_MODEL_PATH, Accuracy, ModelCard, read_card
from mnist_model.networks import ARCHITECTURES

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def cards() -> tuple[ModelCard, ModelCard]:
    return read_card(DOCS / "seed_mlp.keras"), read_card(DEFAULT_MODEL_PATH)


def as_written(accuracy: Accuracy) -> str:
    return f"{accuracy.value:.2%} ({accuracy.low * 100:.2f}–{accuracy.high * 100:.2f})".replace(
        "%", " %"
    )


def test_the_table_has_the_figures_of_the_cards(cards: tuple[ModelCard, ModelCard]) -> None:
    document = (DOCS / "model.md").read_text(encoding="utf-8")
    rows = {
        "MNIST test digits read right": [as_written(card.test_accuracy) for card in cards],
        "validation digits read right": [as_written(card.validation_accuracy) for card in cards],
        "training digits read right": [as_written(card.train_accuracy) for card in cards],
        "parameters": [f"{card.num_parameters:,}" for card in cards],
        "trained in": [f"{card.training_seconds:.0f} s, {card.epochs} epochs" for card in cards],
    }
    for name, figures in rows.items():
        assert f"| {name} | {' | '.join(figures)} |" in document


def test_the_recipes_are_those_that_train() -> None:
    document = (DOCS / "model.md").read_text(encoding="utf-8")
    seed_mlp, cnn = (ARCHITECTURES[name].recipe for name in ("seed_mlp", "cnn"))
    level, rest = LEVEL * cnn.learning_rate, 1 - SHARE_OF_FALL
    rows = {
        "learning rate": f"{seed_mlp.learning_rate:g} | {cnn.learning_rate:g}, along half a cosine"
        f" down to {level:g}, there for the last {100 * rest:.0f} % of the steps",
        "weight decay": f"none | {cnn.weight_decay:g}",
        "batch": f"{seed_mlp.batch_size} | {cnn.batch_size}",
        "epochs": f"{seed_mlp.epochs} | {cnn.epochs}",
    }
    for name, figures in rows.items():
        assert f"| {name} | {figures} |" in document


def test_the_shipped_file_is_as_large_as_the_document_says() -> None:
    document = (DOCS / "model.md").read_text(encoding="utf-8")
    (row,) = (line for line in document.splitlines() if line.startswith("| model file |"))
    assert row.endswith(f"| {DEFAULT_MODEL_PATH.stat().st_size / 1e6:.1f} MB |")


def test_the_seeds_network_does_as_its_author_reported(cards: tuple[ModelCard, ModelCard]) -> None:
    # He saw 99.4 % on the training digits and 97.4 % on the test digits; seeds differ a little.
    seed_mlp, _ = cards
    assert seed_mlp.train_accuracy.value == pytest.approx(0.994, abs=0.002)
    assert 0.974 <= seed_mlp.test_accuracy.value <= 0.980


def test_the_shipped_model_is_good_enough_to_ship(cards: tuple[ModelCard, ModelCard]) -> None:
    _, cnn = cards
    assert cnn.name == "cnn"
    assert cnn.test_accuracy.value >= 0.993


def test_the_document_says_how_well_the_shipped_model_is_calibrated(
    cards: tuple[ModelCard, ModelCard],
) -> None:
    _, cnn = cards
    assert cnn.calibration_error is not None
    document = " ".join((DOCS / "model.md").read_text(encoding="utf-8").split())
    assert f"It came to {cnn.temperature:.2f}:" in document
    assert f"(15 bins) is {cnn.calibration_error:.2%}.".replace("%", " %") in document
    assert cnn.calibration_error < 0.01
