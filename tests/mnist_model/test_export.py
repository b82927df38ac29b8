"""Exports the shipped network with the script, which needs tensorflow, in a process of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_model.benchmark import measure_formats
from mnist_model.classifier import load_network
from mnist_model.contract import Image, ModelFileError
from mnist_model.dataset import load_test_split
from mnist_model.export import FORMATS, NotTheSame, Parity, compared, export
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card

ROOT = Path(__file__).parent.parent.parent


def run_script(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script, with options from this file
        [sys.executable, ROOT / "scripts/export.py", *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The shipped network in each format: (folder, what the script printed)."""
    folder = tmp_path_factory.mktemp("exported")
    done = run_script("--output", folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def images() -> Image:
    return load_test_split().images[:70]


class Exported:
    """A network that exports itself as a copy of a file, and answers what it was given."""

    def __init__(self, file: Path, answers: Image) -> None:
        self.file = file
        self.answers = answers

    def export(self, filepath: Path, format: str, *, verbose: bool) -> None:  # noqa: A002, ARG002 - as Keras names them
        shutil.copy(self.file, filepath)

    def predict_on_batch(self, x: Image) -> Image:
        return self.answers[: len(x)]


@pytest.fixture(scope="module")
def answers(images: Image) -> Image:
    """What the Keras model says of the images, on OpenVINO."""
    network = load_network(DEFAULT_MODEL_PATH, read_card(DEFAULT_MODEL_PATH))
    return np.asarray(network.predict_on_batch(images))


def test_both_formats_read_all_test_digits_as_keras_does(exported: tuple[Path, str]) -> None:
    folder, output = exported
    assert {path.name for path in folder.iterdir()} == {"cnn.tflite", "cnn.onnx"}
    assert output.count("of 10,000 test digits 0 are read differently") == 2
    # Not twice as large as the network's float32 weights: no copy of them, no optimizer.
    num_parameters = read_card(DEFAULT_MODEL_PATH).num_parameters
    assert all(path.stat().st_size < 2 * 4 * num_parameters for path in folder.iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_an_exported_file_takes_any_number_of_digits_in_turn(
    name: str, exported: tuple[Path, str], images: Image, answers: Image
) -> None:
    load = FORMATS[name].load(exported[0] / f"cnn{FORMATS[name].suffix}")
    for some in (slice(1), slice(70), slice(3), slice(5, 6)):
        np.testing.assert_allclose(load(images[some]), answers[some], atol=1e-5)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_answers_otherwise_is_not_written(
    name: str, exported: tuple[Path, str], images: Image, answers: Image, tmp_path: Path
) -> None:
    suffix = FORMATS[name].suffix
    output = tmp_path / f"cnn{suffix}"
    good = Exported(exported[0] / f"cnn{suffix}", answers)
    assert export(good, name, output, images).holds
    before = output.read_bytes()
    drifted = Exported(good.file, answers + np.float32(1e-3))
    with pytest.raises(NotTheSame, match=rf"The {name} file reads 0 of 70 .*0\.001 away"):
        export(drifted, name, output, images)
    with pytest.raises(NotTheSame, match="Nothing was written"):
        export(drifted, name, tmp_path / f"new{suffix}", images)
    assert output.read_bytes() == before
    assert list(tmp_path.iterdir()) == [output]


def test_the_document_says_how_large_each_file_is(exported: tuple[Path, str]) -> None:
    document = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    for path in (DEFAULT_MODEL_PATH, *exported[0].iterdir()):
        (row,) = (line for line in document.splitlines() if line.startswith(f"| `{path.suffix}`,"))
        assert f"| {path.stat().st_size / 1e6:.1f} MB |" in row


def test_the_formats_are_timed_beside_what_the_bot_runs(exported: tuple[Path, str]) -> None:
    timings = measure_formats(DEFAULT_MODEL_PATH, exported[0], num_digits=2, repeats=1)
    assert [timing.step for timing in timings] == ["keras on OpenVINO", "litert", "onnx"]
    assert timings[0].ratio == 1
    assert all(timing.milliseconds > 0 for timing in timings)


def test_a_format_that_was_not_exported_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cnn\.tflite is missing: run scripts/export\.py"):
        measure_formats(DEFAULT_MODEL_PATH, tmp_path, num_digits=1, repeats=1)


def test_parity_counts_what_is_read_differently_and_finds_the_largest_difference() -> None:
    expected = np.eye(12, dtype=np.float32)[:3]
    found = expected.copy()
    found[0, [0, 4]] = 0.25, 0.75  # another digit
    found[1, 11] = 0.5  # not so many digits, but the same one
    assert compared(expected, found) == Parity(3, 1, 0.75)
    assert not compared(expected, found).holds
    assert compared(expected, expected) == Parity(3, 0, 0)
    assert compared(expected, expected).holds


def test_an_answer_that_is_no_number_is_no_parity() -> None:
    expected = np.eye(12, dtype=np.float32)[:1]
    parity = compared(expected, np.full_like(expected, np.nan))
    assert not parity.holds


def test_a_missing_model_gets_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    done = run_script("--model", tmp_path / "none.keras", "--output", tmp_path / "out")
    assert done.returncode == 1
    assert "none.json is missing" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
