"""The ways that were tried beside ours: that they are gone as said, and counted right."""

import json
from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from experiments.other_ways.binarizations import BINARIZATIONS, WITHOUT_LESS_INK
from experiments.other_ways.segmentations import SEGMENTATIONS, between_blanks, of_one_stroke
from experiments.other_ways.steps import STEPS
from experiments.other_ways.tables import as_markdown
from experiments.other_ways.trial import (
    Example,
    Figures,
    figures_of,
    labelled_photos,
    measured,
    simulated_photos,
)
from experiments.other_ways.ways import Swap, Way, taken
from mnist_model.contract import Box
from mnist_model.dataset import load_mnist
from mnist_model.reader import DigitReader, load_reader
from mnist_model.segmentation import layout
from mnist_model.segmentation.strokes import Mask, Stroke
from tests.mnist_model.sheets import Sheet, sheet

ROOT = Path(__file__).parent.parent.parent
WAYS = (*BINARIZATIONS, *SEGMENTATIONS, *STEPS)

paper = partial(sheet, noise=2.0)
board = partial(paper, paper=45.0, ink=215.0)


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return load_reader()


def blank() -> Mask:
    return np.zeros((200, 200), np.uint8)


def no_ink(strength: np.ndarray) -> tuple[Mask, Mask]:
    ink = np.zeros(strength.shape, np.uint8)
    return ink, ink


@pytest.mark.parametrize("surface", [paper, board], ids=["paper", "board"])
@pytest.mark.parametrize("way", BINARIZATIONS, ids=lambda way: way.name)
def test_each_threshold_finds_firm_ink_where_ours_does(
    way: Way, surface: Callable[..., Sheet]
) -> None:
    grey = surface("147", "36").grey
    ours = layout.find_layout(grey).rows
    with taken(way):
        theirs = layout.find_layout(grey).rows
    assert [len(row) for row in theirs] == [3, 2]
    for mine, other in zip(chain(*ours), chain(*theirs), strict=True):
        assert astuple(other.box) == pytest.approx(astuple(mine.box), abs=6)


def test_what_stands_between_blank_columns_of_a_row_is_one_piece() -> None:
    ink = blank()
    ink[20:70, 20:30] = ink[30:80, 35:45] = 1  # beside each other
    ink[20:40, 60:100] = ink[50:80, 70:110] = 1  # one over the other, in that row
    ink[120:180, 40:50] = 1  # the next row
    boxes = [stroke.box for stroke in between_blanks(ink, np.zeros_like(ink))]
    assert boxes == [
        Box(20, 20, 10, 50),
        Box(35, 30, 10, 50),
        Box(60, 20, 50, 60),
        Box(40, 120, 10, 60),
    ]
    assert between_blanks(blank(), blank()) == ()


def test_without_joining_only_what_was_cut_from_one_stroke_is_put_together() -> None:
    def piece(x: int, source: Stroke | None = None) -> Stroke:
        return Stroke(Box(x, 0, 10, 40), np.ones((40, 10), np.uint8), 400, source)

    whole = Stroke(Box(0, 0, 20, 40), np.ones((40, 20), np.uint8), 800)
    row = [piece(0, whole), piece(10, whole), piece(21)]
    groups = of_one_stroke(row, [False, False, False], 40)
    assert {(group.first, group.end) for group in groups} == {(0, 1), (1, 2), (0, 2), (2, 3)}


@pytest.mark.parametrize("way", SEGMENTATIONS, ids=lambda way: way.name)
def test_each_segmentation_reads_digits_that_stand_apart(way: Way, reader: DigitReader) -> None:
    with taken(way):
        assert reader.read(paper("147", "36").photo()).text == "147/36"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_way_is_taken_for_as_long_as_asked_and_no_longer(way: Way) -> None:
    ours = [getattr(swap.module, swap.name) for swap in way.swaps]
    with taken(way):
        assert all(getattr(swap.module, swap.name) is swap.value for swap in way.swaps)
    assert [getattr(swap.module, swap.name) for swap in way.swaps] == ours
    assert all(value != swap.value for value, swap in zip(ours, way.swaps, strict=True))


def test_a_way_that_replaces_nothing_is_refused() -> None:
    lost = Way("lost", (Swap(layout, "binarize", no_ink), Swap(layout, "no_such_step", no_ink)))
    before = layout.find_layout(paper("5").grey)
    with pytest.raises(AttributeError, match="no_such_step"), taken(lost):
        pass
    assert len(layout.find_layout(paper("5").grey).rows) == len(before.rows) == 1


def test_each_way_reads_all_photos_of_a_folder_and_is_counted(
    tmp_path: Path, reader: DigitReader
) -> None:
    (tmp_path / "five.png").write_bytes(paper("5").photo())
    (tmp_path / "two_rows.png").write_bytes(paper("147", "36").photo())
    (tmp_path / "nothing.png").write_bytes(paper("").photo())
    (tmp_path / "damaged.png").write_bytes(paper("5").photo()[:200])
    (tmp_path / "manifest.csv").write_text(
        "file,kind,label\nfive.png,single,5\ntwo_rows.png,multi,1 47/36\n"
        "nothing.png,nodigit,\ndamaged.png,nodigit,\n",
        encoding="utf-8",
    )
    blind = Way("blind", (Swap(layout, "binarize", no_ink), WITHOUT_LESS_INK))
    ours, theirs = measured(
        reader.read,
        [Way("ours"), blind],
        list(labelled_photos(tmp_path)),
    )
    assert (ours.one_digit, ours.several, ours.character_errors, ours.false_alarms) == (1, 1, 0, 0)
    assert (theirs.one_digit, theirs.several, theirs.character_errors) == (0, 0, 1)
    assert ours.simulated_one is ours.simulated_several is None
    assert ours.milliseconds > 0


def test_a_kind_of_photo_that_nobody_counts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "five.png").write_bytes(b"")
    (tmp_path / "manifest.csv").write_text("file,kind,label\nfive.png,cat,5\n", encoding="utf-8")
    with pytest.raises(ValueError, match='"cat" is no kind of photo'):
        list(labelled_photos(tmp_path))


def test_rows_count_on_simulated_photos_but_not_on_others() -> None:
    examples = [Example(b"", "12/3", "multi"), Example(b"", "12/3", "simulated multi")]
    figures = figures_of("a way", examples, ["1/23", "1/23"], 7.0)
    assert (figures.several, figures.simulated_several) == (1, 0)


def test_false_alarms_are_photos_and_errors_are_digits() -> None:
    examples = [Example(b"", "", "nodigit")] * 3 + [Example(b"", "1234", "multi")] * 2
    figures = figures_of("a way", examples, ["", "17", "1", "1234", "13"], 7.0)
    assert figures.false_alarms == 2
    assert figures.character_errors == pytest.approx(2 / 8)


def test_simulated_photos_are_of_both_kinds_and_the_same_each_time() -> None:
    digits = load_mnist().validation
    photos = list(simulated_photos(digits, sample=1, seed=3))
    assert {example.kind for example in photos} == {"simulated single", "simulated multi"}
    assert photos == list(simulated_photos(digits, sample=1, seed=3))


def test_the_document_shows_the_figures_that_were_measured() -> None:
    report = json.loads((ROOT / "docs/other_ways.json").read_text(encoding="utf-8"))
    document = (ROOT / "docs/accuracy.md").read_text(encoding="utf-8")
    for title, rows in report["tables"].items():
        assert as_markdown(title, [Figures(**row) for row in rows]) in document
