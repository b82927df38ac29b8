"""The photos of an album are read together and answered once, whatever is cut off in between."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot import texts
from bot.inference import InProcessReader
from bot.storage import Storage
from fake_telegram import Hang, Person, Refuse, World
from fake_telegram.faults import BadGateway, Fault
from fake_telegram.refusals import bad_request
from fake_telegram.shapes import Json
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.pictures import blank, photo
from tests.bot.test_delivery import UNSURE, helped, never_two
from tests.bot.test_errors import BrokenReader
from tests.bot.test_long_readings import ROW, PageReader


def lines(answer: Json) -> list[str]:
    """What an album's answer says of each photo, up to how sure it is."""
    return [line.partition(" (")[0] for line in answer["text"].splitlines()]


def quoted(answer: Json) -> int:
    message_id: int = answer["reply_to_message"]["message_id"]
    return message_id


async def all_answers(world: World, person: Person) -> list[Json]:
    """The bot's messages to a person, once it has answered all that they sent."""
    person.send_text("/help")
    await world.until(lambda: bool(helped(world, person)), 30)
    *answers, _ = world.sent(person.user_id)
    return answers


@pytest.mark.usefixtures("bot")
async def test_an_album_is_answered_once_with_each_photo_in_its_order(
    world: World, ann: Person
) -> None:
    sent = ann.send_album([photo("1"), photo("2024"), photo("12", "37"), photo("7")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        "Photo 1: I read 1",
        "Photo 2: 2024",
        "I read 4 digits",
        "Photo 3:",
        "12",
        "37",
        "I read 4 digits",
        "Photo 4: I read 7",
    ]
    assert quoted(answer) == sent[0]["message_id"]


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_cannot_be_read_does_not_spoil_the_others(
    world: World, ann: Person
) -> None:
    damaged = photo("7")[:2000]
    ann.send_album([damaged, photo("1"), blank(255), damaged, photo("2")], as_files=True)
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        "Photo 1: This picture is damaged or incomplete, so I can't open it. "
        "Check that it opens on your device, then send it again.",
        "Photo 2: I read 1",
        f"Photo 3: {plain(texts.NO_DIGIT)}",
        "Photo 4: The same as photo 1.",
        "Photo 5: I read 2",
    ]


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_telegram_does_not_give_does_not_spoil_the_others(
    world: World, ann: Person
) -> None:
    world.faults.add("getFile", Refuse(bad_request("wrong file_id")), skip=1)
    ann.send_album([photo("1"), photo("2"), photo("3")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer)[::2] == ["Photo 1: I read 1", "Photo 3: I read 3"]
    assert "Photo 2: Telegram could not give me this file." in answer["text"]


@pytest.mark.usefixtures("bot")
async def test_an_album_that_comes_in_parts_is_waited_for(world: World, ann: Person) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    for digit in "34":
        await world.until(lambda: not world.updates.waiting())
        ann.send_album([photo(digit)], album_id=first[0]["media_group_id"])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [f"Photo {digit}: I read {digit}" for digit in "1234"]


async def test_the_rest_of_an_album_that_telegram_still_has_is_waited_for(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.polling.BATCH", 2)
    async with running_bot(reader):
        await world.until(lambda: world.poll.is_waiting)
        world.faults.add("getUpdates", Hang(3))  # the next one
        ann.send_album([photo(digit) for digit in "12372"])
        (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        f"Photo {place}: I read {digit}" for place, digit in enumerate("12372", 1)
    ]


async def test_the_rest_is_not_waited_for_where_there_is_no_room_for_it(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.polling.BATCH", 2)
    monkeypatch.setattr("bot.answering.MAX_PENDING", 1)
    ann.send_album([photo("1"), photo("2"), photo("3")])
    async with running_bot(reader):
        together, alone = await all_answers(world, ann)
    assert lines(together) == ["Photo 1: I read 1", "Photo 2: I read 2"]
    assert alone["text"].startswith("I read 3 (")


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_comes_after_its_album_was_answered_has_its_own_answer(
    world: World, ann: Person
) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    await world.next_message(ann.user_id)
    late = ann.send_album([photo("3")], album_id=first[0]["media_group_id"])
    _, answer = await all_answers(world, ann)
    assert answer["text"].startswith("I read 3 (")
    assert quoted(answer) == late[0]["message_id"]


@pytest.mark.usefixtures("bot")
async def test_albums_and_what_comes_between_them_are_answered_in_order(
    world: World, ann: Person
) -> None:
    bob = Person(world, 1002, "Bob")
    ann.send_album([photo("1"), photo("2")])
    bob.send_album([photo("3"), photo("4")])
    ann.send_text("/privacy")
    ann.send_album([photo("5"), photo("6")])
    answers = await all_answers(world, ann)
    assert [answer["text"][:17] for answer in answers] == [
        "Photo 1: I read 1",
        plain(texts.PRIVACY)[:17],
        "Photo 1: I read 5",
    ]
    (answer,) = await all_answers(world, bob)
    assert lines(answer) == ["Photo 1: I read 3", "Photo 2: I read 4"]


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


async def test_an_album_that_fits_into_no_message_comes_as_a_text_file(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(PageReader(reader.card, num_rows=60)):
        sent = ann.send_album([photo("1")] * 4)
        (answer,) = await all_answers(world, ann)
    assert answer["caption"].startswith("4,800 digits on 4 photos")
    assert quoted(answer) == sent[0]["message_id"]
    file = world.files.by_id(answer["document"]["file_id"])
    assert file is not None
    told = file.content.decode().splitlines()
    assert told[:3] == ["Photo 1:", ROW, ROW]
    assert [line for line in told if line.startswith("Photo")] == [
        f"Photo {place}:" for place in range(1, 5)
    ]


@pytest.mark.usefixtures("bot")
async def test_each_photo_of_an_album_is_counted(
    world: World, ann: Person, storage: Storage
) -> None:
    ann.send_album([photo("2024"), photo("7")])
    await all_answers(world, ann)
    stats = await storage.reading_stats()
    assert (stats.num_photos, stats.num_digits) == (2, 5)
