import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_model.contract import Box, Digit, Reading
from mnist_model.corruption import CORRUPTIONS, SEVERITIES, file_of
from mnist_model.dataset import Split, load_mnist
from mnist_model.evaluation import wilson_interval
from mnist_model.model_card import Accuracy
from mnist_model.photo_charts import exam_chart, misread_sheet
from mnist_model.photo_exam import (
    CASES,
    CLEAN,
    Attempt,
    Score,
    answers_of,
    as_table,
    examine,
    page_of,
    photo_of,
    scores_of,
)
from mnist_model.reader import DigitReader

ROOT = Path(__file__).parent.parent.parent

# docs/accuracy.md says what the reader makes of all of them.
FORGIVING = ("paper colour", "ink colour", "uneven light", "perspective", "focus blur", "JPEG")

SCORES = (
    Score(CLEAN, 0, wilson_interval(100, 100), wilson_interval(98, 100), 0.01),
    Score("chalk", 1, wilson_interval(99, 100), wilson_interval(97, 100), 0.02),
    Score("chalk", 5, wilson_interval(20, 100), wilson_interval(3, 100), 0.64),
)


@pytest.fixture(scope="module")
def digits() -> Split:
    return load_mnist().validation


def reading_of(text: str) -> Reading:
    """A reading of that text in which each digit has a confidence of 0.91."""
    digits = (
        Digit(tuple(0.91 if d == int(digit) else 0.01 for d in range(10)), Box(0, 0, 1, 1), row)
        for row, line in enumerate(text.split("/"))
        for digit in line
    )
    return Reading(tuple(digits), (4, 3))


def test_a_digit_counts_as_read_right_or_wrong_only_in_a_row_of_the_true_length() -> None:
    def answers(text: str) -> list[bool]:
        attempt = Attempt((CLEAN, 0), 0, True, ("12", "345"), reading_of(text))
        return [answer.is_right for answer in answers_of([attempt])]

    assert answers("72/3456") == [False, True]
    assert answers("12/345") == [True] * 5
    assert answers("12345") == []


def test_a_reader_that_knows_every_photo_gets_full_marks(digits: Split) -> None:
    cases = [(CLEAN, 0), ("chalk", 2), ("perspective", 5)]
    known = {}
    for number in range(2):
        for several in (False, True):
            page = page_of(digits, number, seed=4, several=several)
            for case in cases:
                known[file_of(photo_of(page, case, number, seed=4))] = reading_of(page.text)
    attempts = examine(known.__getitem__, digits, sample=2, seed=4, cases=cases)
    assert all(attempt.is_exact for attempt in attempts)
    assert {(a.confidence, a.is_right) for a in answers_of(attempts)} == {(0.91, True)}
    scores = scores_of(attempts)
    assert [(score.corruption, score.severity) for score in scores] == cases
    assert all(score.one_digit.value == score.several.value == 1 for score in scores)
    assert all(score.several.num_examples == 2 for score in scores)
    assert all(score.character_errors == 0 for score in scores)


def test_the_character_errors_count_each_digit_that_is_wrong_missing_or_too_many() -> None:
    one = Attempt((CLEAN, 0), 0, False, ("4",), reading_of("44"))
    several = Attempt((CLEAN, 0), 0, True, ("12", "345"), reading_of("72/34"))
    (score,) = scores_of([one, several])
    assert score.character_errors == 3 / 6


def test_a_reader_that_sees_nothing_gets_none(digits: Split) -> None:
    attempts = examine(lambda _: reading_of(""), digits, sample=3, cases=[("JPEG", 1)])
    (score,) = scores_of(attempts)
    assert answers_of(attempts) == []
    assert score.one_digit.value == score.several.value == 0
    assert score.character_errors == 1
    assert score.several.high < 1


def test_one_digit_is_asked_for_alone_and_several_in_up_to_three_rows(digits: Split) -> None:
    alone = [page_of(digits, number, seed=0, several=False).rows for number in range(20)]
    several = [page_of(digits, number, seed=0, several=True).rows for number in range(40)]
    assert {len(row) for rows in alone for row in rows} == {1}
    assert {len(rows) for rows in alone} == {1}
    assert {len(rows) for rows in several} == {1, 2, 3}
    assert {len(row) for rows in several for row in rows} == set(range(1, 9))
    assert min(sum(map(len, rows)) for rows in several) >= 2


def test_each_corruption_is_tried_at_each_severity_and_beside_the_clean_photos() -> None:
    assert Counter(name for name, _ in CASES) == {CLEAN: 1, **dict.fromkeys(CORRUPTIONS, 5)}


def test_the_table_has_a_line_for_each_corruption_and_a_gap_for_what_was_not_tried() -> None:
    lines = as_table(SCORES).splitlines()
    assert lines[0] == "one digit, read exactly (clean: 100.0%)"
    assert lines[1].split() == ["severity", "1", "2", "3", "4", "5"]
    assert lines[2].split() == ["chalk", "99.0%", "–", "–", "–", "20.0%"]
    assert lines[4] == "several digits, read exactly (clean: 98.0%)"
    assert lines[6].split() == ["chalk", "97.0%", "–", "–", "–", "3.0%"]
    assert lines[8] == "digits misread, missed or too many (clean: 1.0%)"
    assert lines[10].split() == ["chalk", "2.0%", "–", "–", "–", "64.0%"]


def test_the_chart_has_a_figure_for_each_score() -> None:
    figure = exam_chart(SCORES, "a title")
    left, right = figure.axes
    assert figure.get_suptitle() == "a title"
    assert left.get_title(loc="left") == "one digit (clean photos: 100.0%)"
    assert right.get_title(loc="left") == "several digits (clean photos: 98.0%)"
    assert [label.get_text() for label in left.get_yticklabels()] == ["chalk"]
    assert [text.get_text() for text in left.texts] == ["99.0", "20.0"]
    assert [text.get_text() for text in right.texts] == ["97.0", "3.0"]


def test_the_sheet_shows_the_misread_photos_and_what_was_read_on_them(digits: Split) -> None:
    cases = [("JPEG", 1), ("chalk", 2), ("chalk", 3)]
    attempts = examine(lambda _: reading_of("41"), digits, sample=1, cases=cases)
    figure = misread_sheet(attempts, digits, seed=0)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.images]
    one, several = ("/".join(attempt.rows) for attempt in (attempts[0], attempts[3]))
    # Of each corruption the mildest that went wrong: one photo of each kind.
    assert titles == [
        f"JPEG 1\n{one}\nread as 41",
        f"JPEG 1\n{several}\nread as 41",
        f"chalk 2\n{one}\nread as 41",
        f"chalk 2\n{several}\nread as 41",
    ]


def test_the_shipped_reader_reads_photos_that_are_not_too_bad(
    digits: Split, reader: DigitReader
) -> None:
    cases = [(CLEAN, 0), *((name, 3) for name in FORGIVING)]
    clean, *others = scores_of(examine(reader.read, digits, sample=5, cases=cases))
    assert clean.one_digit.value >= 0.8
    assert clean.several.value >= 0.8
    assert np.mean([score.one_digit.value for score in others]) >= clean.one_digit.value - 0.05
    assert np.mean([score.several.value for score in others]) >= clean.several.value - 0.1


def test_the_document_shows_the_figures_that_were_measured() -> None:
    report = json.loads((ROOT / "docs/photo_exam.json").read_text(encoding="utf-8"))
    scores = [
        Score(
            score["corruption"],
            score["severity"],
            Accuracy(**score["one_digit"]),
            Accuracy(**score["several"]),
            score["character_errors"],
        )
        for score in report["scores"]
    ]
    document = (ROOT / "docs/accuracy.md").read_text(encoding="utf-8")
    assert as_table(scores) in document
    assert f"from {report['sample']} photos" in document
    columns = ("confidence", "unsure", "caught", "right")
    rows = [
        [f"{100 * threshold[name]:.1f} %" for name in columns]
        for threshold in report["thresholds"]
    ]
    header = "| unsure below | so many are unsure | of the wrong ones | right, of the others |"
    assert (
        "\n".join([header, "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows), ""])
        in document
    )
    assert [(score.corruption, score.severity) for score in scores] == list(CASES)


def test_the_script_measures_what_it_is_asked_to(tmp_path: Path) -> None:
    command: list[str | Path] = [ROOT / "scripts/evaluate.py", "photos", "--sample", "1", "--json"]
    command += ["--corruptions", "sensor noise", "JPEG", "--output", tmp_path]
    done = subprocess.run(  # noqa: S603 - our own script, with options from this file
        [sys.executable, *command], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["split"] == "validation"
    tried = [(score["corruption"], score["severity"]) for score in report["scores"]]
    expected = [(name, severity) for name in ("sensor noise", "JPEG") for severity in SEVERITIES]
    assert tried == [(CLEAN, 0), *expected]
    for name in ("photo_exam.png", "simulated_photos.jpg"):
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert min(picture.shape[:2]) > 200
