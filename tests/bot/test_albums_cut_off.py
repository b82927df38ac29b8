"""An album is answered once, whatever is cut off, dropped or refused in between."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot import texts
from fake_telegram import Hang, Person, World
from fake_telegram.faults import BadGateway, Fault
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_albums import all_answers, lines, quoted
from tests.bot.test_delivery import UNSURE, never_two
from tests.bot.test_errors import BrokenReader


@pytest.mark.parametrize("fault", UNSURE, ids=repr)
@pytest.mark.usefixtures("bot")
async def test_an_albums_answer_that_is_in_doubt_is_there_once(
    world: World, ann: Person, fault: Fault
) -> None:
    world.faults.add("sendMessage", fault)
    ann.send_album([photo("1"), photo("2")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == ["Photo 1: I read 1", "Photo 2: I read 2"]
    assert never_two(world, ann.user_id)


async def test_an_album_that_is_being_read_when_the_bot_ends_is_answered_once_by_the_next_one(
    world: World, ann: Person, running_bot: RunningBot, slow: SlowDigitReader
) -> None:
    ann.send_album([photo("1"), photo("2"), photo("3")])
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader, drain_seconds=0):
            await asyncio.to_thread(slow.has_begun.wait, 10)
            await world.until(lambda: not world.updates.waiting())
        assert not world.sent(ann.user_id)
        slow.may_go_on.set()
        async with running_bot(reader):
            (answer,) = await all_answers(world, ann)
    assert lines(answer) == [f"Photo {digit}: I read {digit}" for digit in "123"]


async def test_an_album_whose_rest_comes_after_a_restart_is_answered_once(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    with monkeypatch.context() as patience:
        patience.setattr("bot.questions.ALBUM_PAUSE", timedelta(seconds=60))
        async with running_bot(reader):
            ann.send_text("/privacy")
            await world.until(lambda: not world.updates.waiting())
    assert not world.sent(ann.user_id)
    await asyncio.sleep(1.5)  # longer than the rest is waited for
    ann.send_album([photo("3")], album_id=first[0]["media_group_id"])
    world.faults.add("getUpdates", BadGateway())
    async with running_bot(reader):
        answer, privacy = await all_answers(world, ann)
    assert lines(answer) == [f"Photo {digit}: I read {digit}" for digit in "123"]
    assert privacy["text"] == plain(texts.PRIVACY)


async def test_an_answer_sent_as_the_bot_ended_is_not_taken_for_that_to_a_late_photo(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    world.faults.add("sendMessage", Hang(60))
    async with running_bot(reader, drain_seconds=0):
        await world.until(lambda: bool(world.sent(ann.user_id)))
        late = ann.send_album([photo("3")], album_id=first[0]["media_group_id"])
        await world.until(lambda: not world.updates.waiting())
    async with running_bot(reader):
        together, alone = await all_answers(world, ann)
    assert lines(together) == ["Photo 1: I read 1", "Photo 2: I read 2"]
    assert alone["text"].startswith("I read 3 (")
    assert (quoted(together), quoted(alone)) == (
        first[0]["message_id"],
        late[0]["message_id"],
    )
    assert never_two(world, ann.user_id)


async def test_an_album_that_fails_is_told_so_once(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader, tmp_path: Path
) -> None:
    broken = BrokenReader(reader.card, world.token)
    async with running_bot(broken):
        sent = ann.send_album([photo("1"), photo("2")])
        (answer,) = await all_answers(world, ann)
    assert answer["text"] == plain(texts.FAILED)
    assert quoted(answer) == sent[0]["message_id"]
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        states = connection.execute("SELECT state FROM inbox ORDER BY update_id").fetchall()
    assert states == [("dead",), ("dead",), ("done",)]
