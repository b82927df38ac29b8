import json
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_model.contract import ModelFileError
from mnist_model.evaluation import wilson_interval
from mnist_model.model_card import ModelCard, card_path, read_card, sha256_of
from mnist_model.shipping import better_model_at, objection, ship


class Network:
    """Saves itself as a Keras model does, in a few bytes."""

    def __init__(self, weights: bytes = b"weights") -> None:
        self.weights = weights

    def save(self, filepath: Path) -> None:
        filepath.write_bytes(self.weights)


def card(validation: int, test: int = 500) -> ModelCard:
    """The card of a model that reads so many of 1,000 validation and test digits right."""
    return ModelCard(
        name="cnn",
        num_parameters=3,
        dataset="MNIST",
        dataset_sha256={},
        seed=1,
        epochs=1,
        command="python scripts/train.py",
        train_accuracy=wilson_interval(1, 2),
        validation_accuracy=wilson_interval(validation, 1000),
        test_accuracy=wilson_interval(test, 1000),
        temperature=1,
        calibration_error=0.01,
        trained_on="2026-11-23",
        training_seconds=1,
        versions={},
        weights_sha256="",
    )


def test_a_shipped_card_reads_back_and_fits_its_weights(tmp_path: Path) -> None:
    output = tmp_path / "new folder" / "cnn.keras"
    written = ship(Network(), card(990), output)
    assert read_card(output) == written
    assert written.weights_sha256 == sha256_of(output)
    assert replace(written, weights_sha256="") == card(990)
    assert {path.name for path in output.parent.iterdir()} == {"cnn.keras", "cnn.json"}


def test_a_card_from_before_calibration_and_histories_still_reads(tmp_path: Path) -> None:
    output = tmp_path / "cnn.keras"
    ship(Network(), card(990), output)
    fields = json.loads(card_path(output).read_text())
    for name in ("temperature", "calibration_error", "history"):
        del fields[name]
    card_path(output).write_text(json.dumps(fields))
    old = read_card(output)
    assert (old.temperature, old.calibration_error, old.history) == (1, None, ())


@pytest.mark.parametrize(("present", "stays"), [(989, False), (990, False), (991, True)])
def test_only_a_better_model_stands_in_the_way(tmp_path: Path, present: int, stays: bool) -> None:
    output = tmp_path / "cnn.keras"
    written = ship(Network(), card(present), output)
    assert better_model_at(output, card(990)) == (written if stays else None)


def test_a_worse_model_is_shipped_only_if_told(tmp_path: Path) -> None:
    output = tmp_path / "cnn.keras"
    ship(Network(), card(991), output)
    reason = objection(output, card(990), required_accuracy=0, replace_better=False)
    assert reason is not None
    assert "99.10% of the validation digits right, the new network 99.00%" in reason
    assert "--force" in reason
    assert objection(output, card(990), required_accuracy=0, replace_better=True) is None


@pytest.mark.parametrize("replace_better", [False, True])
def test_a_model_under_the_required_accuracy_is_not_shipped_even_if_told(
    tmp_path: Path, replace_better: bool
) -> None:
    def reason(num_right: int) -> str | None:
        return objection(
            tmp_path / "cnn.keras",
            card(990, test=num_right),
            required_accuracy=0.993,
            replace_better=replace_better,
        )

    assert reason(993) is None
    assert "99.20% of the test digits are read right, 99.30% are required" in str(reason(992))


def test_nothing_stands_in_the_way_of_a_first_model(tmp_path: Path) -> None:
    assert better_model_at(tmp_path / "cnn.keras", card(0)) is None


def test_a_crash_between_the_two_files_shows_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    output = tmp_path / "cnn.keras"
    ship(Network(), card(999), output)
    old_card = card_path(output).read_text()
    ship(Network(b"others"), card(999), output)
    card_path(output).write_text(old_card)  # as if the card had not been replaced any more
    assert sha256_of(output) != read_card(output).weights_sha256
    assert better_model_at(output, card(1)) is None


def test_a_model_without_a_readable_card_stands_in_nobodys_way(tmp_path: Path) -> None:
    output = tmp_path / "cnn.keras"
    ship(Network(), card(999), output)
    card_path(output).write_text("{")
    with pytest.raises(ModelFileError, match="can't be read"):
        read_card(output)
    assert better_model_at(output, card(1)) is None


def test_a_disk_that_fails_leaves_the_old_model_as_it_was(tmp_path: Path) -> None:
    output = tmp_path / "cnn.keras"
    written = ship(Network(), card(990), output)
    (tmp_path / ".cnn.part.json").mkdir()  # the new card can't be written here
    with pytest.raises(OSError, match="directory"):
        ship(Network(b"others"), card(995), output)
    assert read_card(output) == written
    assert sha256_of(output) == written.weights_sha256
