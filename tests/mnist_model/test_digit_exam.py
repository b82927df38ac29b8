import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_model.classifier import load_classifier
from mnist_model.contract import Image
from mnist_model.dataset import Split, load_mnist
from mnist_model.digit_charts import digit_exam_chart
from mnist_model.digit_exam import (
    DIGIT_CASES,
    CaseScore,
    digits_table,
    examine_digits,
    mean_errors,
    prepared,
    spoiled_digits,
)
from mnist_model.evaluation import wilson_interval
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card
from mnist_model.photo_exam import CLEAN

ROOT = Path(__file__).parent.parent.parent

SCORES = (
    CaseScore(CLEAN, 0, wilson_interval(100, 100), wilson_interval(98, 100)),
    CaseScore("fog", 1, wilson_interval(99, 100), wilson_interval(97, 100)),
    CaseScore("fog", 5, wilson_interval(21, 100), wilson_interval(3, 100)),
)


@pytest.fixture(scope="module")
def digits() -> Split:
    return load_mnist().validation


def test_who_always_reads_a_seven_is_right_about_the_sevens_alone(digits: Split) -> None:
    def sevens(images: Image) -> Image:
        return np.eye(10, dtype=np.float32)[np.full(len(images), 7)]

    some = Split(digits.images[:30], digits.labels[:30])
    scores = examine_digits(sevens, some, sample=1000)
    share = float((some.labels == 7).mean())
    assert [score.case for score in scores] == list(DIGIT_CASES)
    assert {(score.raw.value, score.prepared.value) for score in scores} == {(share, share)}
    assert {score.raw.num_examples for score in scores} == {30}
    assert mean_errors(scores) == pytest.approx((1 - share, 1 - share))


def test_no_more_digits_are_drawn_than_were_asked_for_and_by_the_seed(digits: Split) -> None:
    seen: list[Image] = []

    def look(images: Image) -> Image:
        seen.append(images)
        return np.zeros((len(images), 10), np.float32)

    for seed in (1, 1, 2):
        examine_digits(look, digits, sample=2, seed=seed)
    one, same, other = (seen[i * 2 * len(DIGIT_CASES)] for i in range(3))
    assert len(one) == 2
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_shipped_network_reads_what_is_hardly_spoiled(digits: Split) -> None:
    scores = examine_digits(load_classifier().probabilities, digits, sample=100)
    clean = scores[0]
    assert clean.raw.value >= 0.97
    assert clean.prepared.value >= 0.97
    hardly = [s for s in scores if s.severity == 1 and s.corruption not in ("stripe", "zigzag")]
    assert np.mean([score.raw.value for score in hardly]) >= 0.95
    assert np.mean([score.prepared.value for score in hardly]) >= 0.95


def test_a_prepared_digit_is_back_at_its_size_and_place(digits: Split) -> None:
    small = spoiled_digits(digits.images[:20], ("scale", 3), seed=0)
    back = prepared(small)
    longest = [max(np.ptp(side) for side in np.nonzero(image > 0.5)) + 1 for image in back]
    assert min(longest) >= 17  # of 20; scaled to 0.7 they were at most 14


def test_paper_alone_is_prepared_as_paper() -> None:
    assert prepared(np.zeros((2, 28, 28), np.float32)).max() == 0


def test_the_table_and_the_chart_have_both_ways_and_the_mean_leaves_clean_digits_out() -> None:
    assert mean_errors(SCORES) == pytest.approx((0.4, 0.5))
    lines = digits_table(SCORES).splitlines()
    assert lines[0] == "raw, read right (clean: 100.0%)"
    assert lines[2].split() == ["fog", "99.0%", "–", "–", "–", "21.0%"]
    assert lines[4] == "prepared, read right (clean: 98.0%)"
    assert lines[6].split() == ["fog", "97.0%", "–", "–", "–", "3.0%"]
    assert lines[8] == "misread in the mean: raw 40.00%, prepared 50.00%"
    figure = digit_exam_chart(SCORES, "a title")
    raw, other = figure.axes
    assert raw.get_title(loc="left") == "raw (clean digits: 100.0%)"
    assert other.get_title(loc="left") == "prepared (clean digits: 98.0%)"
    assert [text.get_text() for text in raw.texts] == ["99.0", "21.0"]


def test_the_script_measures_any_model_and_draws_both_pictures(tmp_path: Path) -> None:
    command: list[str | Path] = [ROOT / "scripts/evaluate.py", "corruptions", "--sample", "20"]
    command += ["--json", "--output", tmp_path, "--model", DEFAULT_MODEL_PATH]
    done = subprocess.run(  # noqa: S603 - our own script, with options from this file
        [sys.executable, *command], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["weights_sha256"] == read_card(DEFAULT_MODEL_PATH).weights_sha256
    assert (report["split"], report["seed"], report["sample"]) == ("validation", 0, 20)
    assert len(report["scores"]) == len(DIGIT_CASES)
    for name in ("digit_exam.png", "spoiled_digits.png"):
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert min(picture.shape[:2]) > 200
