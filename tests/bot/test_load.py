"""The load test: the real bot under a little load, and answers that are missing or wrong."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fake_telegram import World
from fake_telegram.photos import photo_sizes
from load_test.bot_process import BotDidNotStart, BotProgram
from load_test.chart import load_chart
from load_test.crowd import Crowd
from load_test.measurement import Cores, Step, measured, percentile
from load_test.photos import Photo, photos
from load_test.usage import Memory
from mnist_model import DigitReader
from mnist_model.dataset import load_test_split
from tests.bot.pictures import photo

DOCS = Path(__file__).parent.parent.parent / "docs"
SEVEN = Photo(photo_sizes(photo("7")), ("7",))


def step_at(rate: float, num_waiting: int, others: float = 0.5) -> Step:
    return Step(
        rate=rate,
        seconds=10,
        num_photos=round(10 * rate),
        num_answered=round(10 * rate),
        num_faults=0,
        faults=(),
        num_waiting=num_waiting,
        median=0.1,
        percentile_95=0.2,
        percentile_99=0.3,
        slowest=0.4,
        cores=Cores(bot=0.2, readers=0.4, stand_in=0.1, others=others),
        memory=Memory(110, 200, 95, 190),
    )


@asynccontextmanager
async def two_photos(world: World) -> AsyncIterator[tuple[Crowd, list[str]]]:
    """A crowd that has sent two photos, and later on what is wrong about the answers."""
    crowd, faults = Crowd(world, [SEVEN], num_people=1), list[str]()
    async with crowd.listening():
        sent = await crowd.send(rate=100, seconds=0.02)
        yield crowd, faults
        await asyncio.sleep(0)  # until the crowd has heard
        faults += crowd.faults_of(sent)


def say(world: World, text: str, quoted: int | None) -> None:
    chat = world.chat(1001)
    assert chat
    world.post(chat, world.bot, {"text": text} | (chat.quoting(quoted) if quoted else {}))


async def test_the_real_bot_answers_all_that_a_crowd_sends_and_each_photo_once(
    digit_reader: DigitReader, tmp_path: Path
) -> None:
    program = BotProgram(sys.executable, num_readers=1, folder=tmp_path)
    sent = photos(load_test_split(), digit_reader, 4, seed=0)
    (step,) = [step async for step in measured([3], 4, program, sent, num_people=5)]
    assert (step.num_photos, step.num_answered, step.faults) == (12, 12, ())
    assert 0 < step.median <= step.percentile_95 <= step.percentile_99 <= step.slowest
    assert step.cores.bot > 0
    assert step.cores.readers > 0
    assert step.memory.bot_resident >= step.memory.bot_share > 20
    assert step.memory.readers_resident >= step.memory.readers_share > 50


async def test_a_bot_that_does_not_start_is_told_of(tmp_path: Path) -> None:
    program = BotProgram(sys.executable, num_readers=0, folder=tmp_path)  # it wants one at least
    with pytest.raises(BotDidNotStart, match=r"bot\.log says why"):
        _ = [step async for step in measured([1], 1, program, [SEVEN])]
    assert "READER_PROCESSES" in (tmp_path / "bot.log").read_text()


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ([("I read 7", 1), ("I read 7", 2)], []),
        ([("I read 7", 1)], ["A photo of ('7',) has 0 answers."]),
        (
            [("I read 7", 1), ("I read 7", 2), ("I read 7", 2)],
            ["A photo of ('7',) has 2 answers."],
        ),
        (
            [("I read 7", 1), ("I read 1", 2)],
            ["A photo of ('7',) was answered 'I read 1'."],
        ),
        (
            [("I read 7", 1), ("I read 7", 2), ("Hello", None)],
            ["The bot said 'Hello' to no photo."],
        ),
    ],
)
async def test_answers_that_are_missing_doubled_wrong_or_to_no_photo_are_faults(
    said: list[tuple[str, int | None]], faults: list[str]
) -> None:
    world = World()
    async with two_photos(world) as (_, found):
        for text, quoted in said:
            say(world, text, quoted)
    assert found == faults


async def test_photos_are_sent_evenly_whether_or_not_they_are_answered() -> None:
    world = World()
    crowd = Crowd(world, [SEVEN], num_people=2)
    sent = await crowd.send(rate=20, seconds=0.5)
    assert len(sent) == 10
    # A machine may hold the sender up, but never makes it early.
    assert sent[-1].time - sent[0].time >= 9 / 20 - 0.05
    waiting = world.updates.waiting()
    assert [update.queue for update in waiting] == [1001, 1002] * 5


def test_so_large_a_share_of_the_values_is_at_most_the_percentile() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.51) == 3
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.99) == 4
    assert percentile([1.0], 0.5) == 1


def test_the_curve_marks_the_rate_that_is_too_much_and_says_what_else_ran() -> None:
    steps = [step_at(1, num_waiting=0), step_at(30, num_waiting=61)]
    assert [step.keeps_up for step in steps] == [True, False]
    (axes,) = load_chart(steps).axes
    assert [text.get_text() for text in axes.texts] == ["61 wait\nafter 10 s"]
    assert "0.5 to 0.5 cores" in axes.get_title(loc="left")
    (axes,) = load_chart([step_at(1, num_waiting=0, others=0.01)]).axes
    assert "nothing else" in axes.get_title(loc="left")


def test_the_figures_of_the_documents_curve_are_those_of_its_table() -> None:
    text = (DOCS / "performance.md").read_text(encoding="utf-8")
    for step in json.loads((DOCS / "load.json").read_text(encoding="utf-8")):
        times = (step["median"], step["percentile_95"], step["percentile_99"])
        told = " | ".join(f"{seconds:.2f} s" for seconds in times)
        assert f"| {step['rate']:g} | {step['num_photos']} | {step['num_faults']} |" in text
        assert told in text
