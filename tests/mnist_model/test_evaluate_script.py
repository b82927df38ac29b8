import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_model.contract import DatasetError
from mnist_model.dataset import load_test_split
from mnist_model.evaluation import evaluate
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card
from mnist_model.other_digits import load_other_digits
from mnist_model.reports import as_text

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "scripts" / "evaluate.py"

WITHOUT_PACKAGE = """
import os, runpy, sys

os.environ.pop("KERAS_BACKEND", None)  # conftest.py set it; each script has a choice of its own

class NotInstalled:
    def find_spec(name, path=None, target=None):
        if name == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

script, package = sys.argv[1:]
sys.argv = [script]
sys.meta_path.insert(0, NotInstalled)
runpy.run_path(script, run_name="__main__")
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own scripts, with options from this file
        [sys.executable, *command], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_shipped_model_does_as_well_as_its_card_says(tmp_path: Path) -> None:
    done = run(SCRIPT, "mnist", "--json", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    expected = read_card(DEFAULT_MODEL_PATH).test_accuracy
    assert report["accuracy"]["value"] == expected.value
    assert report["accuracy"]["value"] >= 0.993
    assert sum(sum(row) for row in report["confusion_matrix"]) == 10_000
    assert [digit["digit"] for digit in report["digits"]] == list(range(10))
    assert report["calibration_error"] < 0.01
    for name in ("confusion_matrix.png", "misread.png", "reliability.png"):
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert min(picture.shape[:2]) > 200


def test_digits_of_another_collection_go_through_the_preprocessing(tmp_path: Path) -> None:
    test = load_test_split()
    # Dark on light and in a corner of a larger picture, as MNIST's are not.
    images = 255 - np.pad(np.uint8(255 * test.images[:200]), ((0, 0), (0, 40), (20, 0)))
    np.savez(tmp_path / "others.npz", images=images, labels=test.labels[:200])
    done = run(SCRIPT, "digits", tmp_path / "others.npz", "--json", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"]["value"] >= 0.98


@pytest.mark.parametrize("shape", [(2, 9), (0, 9, 9), (3, 9, 9)])
def test_a_file_that_holds_no_digits_gets_a_sentence(
    shape: tuple[int, ...], tmp_path: Path
) -> None:
    np.savez(
        tmp_path / "others.npz", images=np.zeros(shape, np.uint8), labels=np.arange(shape[0] % 3)
    )
    done = run(SCRIPT, "digits", tmp_path / "others.npz")
    assert done.returncode == 1
    assert "expected images" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", "one array"])
def test_a_file_that_can_not_be_read_is_refused(content: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "others.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.save(path.with_suffix(".npy"), np.zeros((2, 9, 9), np.uint8))
        path.with_suffix(".npy").rename(path)
    with pytest.raises(DatasetError, match=r"can't be read .*expected images"):
        load_other_digits(path)


def test_a_picture_without_ink_is_named(tmp_path: Path) -> None:
    images = np.zeros((3, 9, 9), np.uint8)
    images[:2, 4, 2:7] = 200
    np.savez(tmp_path / "others.npz", images=images, labels=np.arange(3))
    with pytest.raises(DatasetError, match=r"Picture 2 of .*has no ink"):
        load_other_digits(tmp_path / "others.npz")


def test_people_get_a_table_of_figures_and_the_commonest_mistakes() -> None:
    labels, read = np.array([3, 3, 3, 5]), np.array([3, 5, 5, 5])
    table = as_text("cnn", evaluate(labels, read))
    assert "cnn: 50.00% read right (95 % interval 15.00% to 85.00%)" in table
    assert "digit  examples  precision   recall" in table
    assert "    3         3    100.00%   33.33%" in table
    assert "    4         0          –        –" in table
    assert "    3 read as 5: 2" in table


def test_a_missing_model_gets_a_sentence(tmp_path: Path) -> None:
    done = run(SCRIPT, "mnist", "--model", tmp_path / "none.keras", "--output", tmp_path)
    assert done.returncode == 1
    assert "none.json is missing" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("script", "package", "advice"),
    [
        ("evaluate.py", "matplotlib", "run `make train`"),
        ("train.py", "tensorflow", "run `make train`"),
        ("export.py", "tf2onnx", "run `.venv/bin/pip install -r requirements/export.txt`"),
    ],
)
def test_who_has_not_what_a_script_needs_is_told_how_to_get_it(
    script: str, package: str, advice: str
) -> None:
    done = run("-c", WITHOUT_PACKAGE, ROOT / "scripts" / script, package)
    assert done.returncode == 2
    assert f"{package}, which is not installed: {advice}" in done.stderr
    assert "Traceback" not in done.stderr
