import subprocess
import sys
from pathlib import Path

import pytest

from mnist_model import DigitReader, Reading
from mnist_model.dataset import Split, load_mnist
from mnist_model.turned_exam import (
    EITHER,
    MISREAD,
    NOT_NOTICED,
    ONE_DIGIT,
    RIGHT,
    SEVERAL_DIGITS,
    TURNED_WRONGLY,
    TURNS,
    examine_turned,
    outcome,
    turned_table,
)
from tests.mnist_model.test_contract import reading

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def digits() -> Split:
    return load_mnist().validation


@pytest.mark.parametrize(
    ("text", "degrees", "read", "expected"),
    [
        ("27", 0, reading("27", turned=0), RIGHT),
        ("27", 90, reading("27", turned=270), RIGHT),
        ("8", 90, reading("8", turned=0), RIGHT),
        ("66", 90, reading("66", turned=270), EITHER),
        ("66", 90, reading("99", turned=90), EITHER),
        ("27", 0, reading("21", turned=0), MISREAD),
        ("27", 270, reading("21", turned=90), MISREAD),
        ("27", 180, reading("11", turned=0), NOT_NOTICED),
        ("27", 180, reading(turned=0), NOT_NOTICED),
        ("27", 90, reading("74", turned=90), TURNED_WRONGLY),
        ("27", 0, reading("74", turned=180), TURNED_WRONGLY),
    ],
)
def test_each_reading_has_its_outcome(
    text: str, degrees: int, read: Reading, expected: str
) -> None:
    assert outcome(text, degrees, read) == expected


def test_every_photo_is_counted_once(digits: Split) -> None:
    counts = examine_turned(lambda _: reading(turned=0), digits, sample=2)
    assert counts == {
        (kind, degrees): {NOT_NOTICED if degrees else MISREAD: 2}
        for kind in (ONE_DIGIT, SEVERAL_DIGITS)
        for degrees in TURNS
    }


def test_the_table_has_a_line_for_each_turn() -> None:
    counts = {
        (kind, degrees): {RIGHT: 3, NOT_NOTICED: 1}
        for kind in (ONE_DIGIT, SEVERAL_DIGITS)
        for degrees in TURNS
    }
    lines = turned_table(counts).splitlines()
    assert lines[4].split() == ["270°", "75.0%", "0.0%", "0.0%", "25.0%", "0.0%"]
    assert len(lines) == 11


def test_the_shipped_reader_notices_photos_that_lie_on_their_side(
    reader: DigitReader, digits: Split
) -> None:
    counts = examine_turned(reader.read, digits, sample=12)
    for kind in (ONE_DIGIT, SEVERAL_DIGITS):
        assert counts[kind, 0].get(TURNED_WRONGLY, 0) == 0
        assert counts[kind, 0].get(RIGHT, 0) >= 10
    for degrees in (90, 270):
        of_turn = counts[SEVERAL_DIGITS, degrees]
        assert of_turn.get(RIGHT, 0) + of_turn.get(EITHER, 0) >= 10


def test_the_script_prints_the_table() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / "scripts/evaluate.py", "turned", "--sample", "1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "270°" in done.stdout
