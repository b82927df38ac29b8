import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from mnist_model.classifier import DEFAULT_MODEL_PATH
from mnist_model.model_card import read_card

ROOT = Path(__file__).parent.parent.parent


def evaluate(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script, with options from this file
        [sys.executable, ROOT / "scripts/evaluate.py", "mnist", *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluation")


def test_the_shipped_model_does_as_well_as_its_card_says(output: Path) -> None:
    done = evaluate("--json", "--output", output)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    expected = read_card(DEFAULT_MODEL_PATH).test_accuracy
    assert report["accuracy"]["value"] == expected.value
    assert report["accuracy"]["value"] >= 0.993
    assert sum(sum(row) for row in report["confusion_matrix"]) == 10_000
    assert [digit["digit"] for digit in report["digits"]] == list(range(10))
    for name in ("confusion_matrix.png", "misread.png"):
        picture = cv2.imread(str(output / name))
        assert picture is not None
        assert min(picture.shape[:2]) > 200


def test_people_get_a_table_and_the_names_of_the_pictures(output: Path) -> None:
    done = evaluate("--output", output)
    assert done.returncode == 0, done.stderr
    accuracy = read_card(DEFAULT_MODEL_PATH).test_accuracy
    assert f"{accuracy.value:.2%} read right (95 % interval {accuracy.low:.2%}" in done.stdout
    assert "precision" in done.stdout
    assert "The commonest mistakes:" in done.stdout
    assert str(output / "misread.png") in done.stdout


def test_a_missing_model_gets_a_sentence(output: Path) -> None:
    done = evaluate("--model", output / "none.keras", "--output", output)
    assert done.returncode == 1
    assert "none.json is missing" in done.stderr
    assert "Traceback" not in done.stderr
