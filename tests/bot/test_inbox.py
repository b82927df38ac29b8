"""Nothing that Telegram was told is received is lost, and nothing is answered twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot

from bot import texts
from bot.database import Database, StorageError
from bot.encryption import Encryption
from bot.inbox import KEPT_DONE, Inbox, InboxCounts, Waiting
from bot.inbox_row import InboxRow
from bot.message_ids import MessageIds
from bot.questions import Questions
from fake_telegram import Person, World
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.databases import rows
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo

pytestmark = pytest.mark.both_databases

SECRET = Encryption(["a secret of the tests"])


@pytest.fixture
def inbox(world: World, database: Database) -> Inbox:
    return Inbox(Bot(world.token), database, MessageIds(database), SECRET)


def message(update_id: int, chat_id: int = 1001) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private"}
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "date": 1, "chat": chat, "text": "Hello"},
    }


def photo_message(
    update_id: int, chat_id: int = 1001, file: str = "a file", **content: Any
) -> dict[str, Any]:
    said = message(update_id, chat_id)
    size = {"file_id": "?", "file_unique_id": file, "width": 90, "height": 90}
    said["message"] |= {"photo": [size]} | content
    return said


RAW_OF = "SELECT raw FROM inbox WHERE update_id = :update_id"


async def said(database: Database, encryption: Encryption, update_id: int) -> list[Any]:
    """What the updates say that are answered with this one."""
    questions = Questions(Bot("1:token"), database, encryption, asyncio.Event())
    question = await questions.of(update_id)
    return [
        json.loads(encryption.decrypt(raw))
        for number in (question.update_ids if question else ())
        for (raw,) in await rows(database, RAW_OF, update_id=number)
    ]


async def collected(inbox: Inbox) -> list[Waiting]:
    return [waiting async for waiting in inbox.waiting()]


async def test_an_update_that_comes_twice_is_kept_once(inbox: Inbox) -> None:
    assert await inbox.accept([message(5), message(6)]) == [Waiting(5, 1001), Waiting(6, 1001)]
    assert await inbox.accept([message(6), message(7)]) == [Waiting(7, 1001)]
    await inbox.finish([5])
    assert await inbox.accept([message(5)]) == []
    assert await collected(inbox) == [Waiting(6, 1001), Waiting(7, 1001)]


async def test_what_waits_is_found_in_order_however_much_it_is(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.PAGE", 3)
    await inbox.accept([message(number) for number in range(1, 9)])
    assert [waiting.update_id for waiting in await collected(inbox)] == list(range(1, 9))


async def test_probes_leave_nothing_though_several_come_at_once(
    inbox: Inbox, database: Database
) -> None:
    await asyncio.gather(*(inbox.probe() for _ in range(5)))
    assert await rows(database, "SELECT * FROM inbox") == []


async def test_what_is_left_to_do_and_what_failed_is_counted(inbox: Inbox) -> None:
    assert await inbox.counts() == InboxCounts(num_waiting=0, num_dead=0)
    await inbox.accept([message(number) for number in range(1, 8)])
    await inbox.finish([1, 2])
    await inbox.bury([3])
    assert await inbox.counts() == InboxCounts(num_waiting=4, num_dead=1)


async def test_what_an_update_said_is_forgotten_once_it_is_answered(
    inbox: Inbox, database: Database
) -> None:
    asked = photo_message(5, media_group_id="7")
    await inbox.accept([asked])
    assert await said(database, SECRET, 5) == [asked]
    await inbox.finish([5])
    assert await rows(database, "SELECT raw, state, album_digest FROM inbox") == [
        ("", "done", None)
    ]
    assert await said(database, SECRET, 5) == []


async def test_the_database_does_not_tell_what_was_said_or_whose_it_is(
    inbox: Inbox, database: Database
) -> None:
    await inbox.accept(
        [
            message(5, chat_id=987654321),
            photo_message(6, chat_id=-42, file="unique", media_group_id="135792468"),
        ]
    )
    told = str(await rows(database, "SELECT * FROM inbox"))
    for secret in ("Hello", "987654321", "-42", "private", "unique", "135792468"):
        assert secret not in told
    assert await collected(inbox) == [Waiting(5, 987654321), Waiting(6, -42)]


async def test_only_photos_of_one_album_in_one_chat_are_answered_together(
    inbox: Inbox, database: Database
) -> None:
    for album, chat_id in (("7", 1001), ("7", 1002), ("8", 1001), ("7", 1001)):
        number = len(await collected(inbox)) + 1
        await inbox.accept([photo_message(number, chat_id, media_group_id=album)])
    together = [len(await said(database, SECRET, number)) for number in (1, 2, 3, 4)]
    assert together == [2, 1, 1, 2]


async def test_what_was_done_a_day_ago_is_forgotten_and_what_waits_is_not(
    inbox: Inbox, database: Database
) -> None:
    await inbox.accept([message(number) for number in (1, 2, 3)])
    await inbox.finish([1])
    await inbox.bury([2])
    more_than_a_day_ago = datetime.now(UTC) - KEPT_DONE - timedelta(hours=1)
    async with database.transaction() as session:
        await session.execute(update(InboxRow).values(received_at=more_than_a_day_ago))
    await inbox.prune()
    assert await rows(database, "SELECT update_id FROM inbox ORDER BY 1") == [(2,), (3,)]


async def test_a_photo_under_way_when_the_bot_ends_is_answered_by_the_next_one(
    world: World, ann: Person, running_bot: RunningBot, slow: SlowDigitReader
) -> None:
    sent = [ann.send_photo(photo(digit)) for digit in "123"]
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader, drain_seconds=0):
            await asyncio.to_thread(slow.has_begun.wait, 10)
            # The next question has told Telegram that they are received.
            await world.until(lambda: not world.updates.waiting())
        assert not world.sent(ann.user_id)
        slow.may_go_on.set()
        async with running_bot(reader):
            answers = [await world.next_message(ann.user_id) for _ in sent]
    assert [answer["text"][len("I read ")] for answer in answers] == ["1", "2", "3"]
    assert [answer["reply_to_message"]["message_id"] for answer in answers] == [
        question["message_id"] for question in sent
    ]


@pytest.mark.usefixtures("bot")
async def test_updates_that_cannot_be_kept_stay_with_telegram(
    world: World, ann: Person, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await world.until(lambda: bool(world.calls_of("getUpdates")))
    await rows(database, "ALTER TABLE inbox RENAME TO elsewhere")
    ann.send_text("/help")
    await world.until(lambda: len(world.calls_of("getUpdates")) > 2)
    assert len(world.updates.waiting()) == 1
    await rows(database, "ALTER TABLE elsewhere RENAME TO inbox")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert "Updates are left with Telegram until they can be kept. The database" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_an_update_that_cannot_be_read_is_set_aside_alone(
    world: World, ann: Person, database: Database
) -> None:
    ann.send_text("/help")
    chat = {"id": 7, "type": "private"}
    for bad in ({"chat": 7}, {"chat": chat}):
        world.updates.add("message", {"message_id": "no number", "date": 1} | bad, queue=1)
    ann.send_text("/privacy")
    answers = [await world.next_message(ann.user_id) for _ in range(2)]
    assert [answer["text"] for answer in answers] == [plain(texts.HELP), plain(texts.PRIVACY)]
    await world.until(lambda: not world.updates.waiting())
    assert await rows(database, "SELECT count(*) FROM inbox WHERE state = 'dead'") == [(2,)]
    assert len(world.calls_of("getUpdates")) < 6


async def test_an_update_that_ends_the_process_each_time_is_given_up(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    slow: SlowDigitReader,
    database: Database,
) -> None:
    ann.send_photo(photo("7"))
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader, drain_seconds=0):
            await asyncio.to_thread(slow.has_begun.wait, 10)
        slow.may_go_on.set()
        # As five kills in the midst of it would leave it.
        await rows(database, "UPDATE inbox SET num_starts = 5, sent_after = NULL")
        async with running_bot(reader):
            assert (await world.next_message(ann.user_id))["text"] == plain(texts.FAILED)
    assert await rows(database, "SELECT state FROM inbox") == [("dead",)]


async def test_a_supergroup_numbers_its_messages_and_all_other_chats_share_a_numbering(
    inbox: Inbox, database: Database
) -> None:
    supergroup, small_group, person = -1001000000001, -42, 1001
    await inbox.accept([message(2, supergroup), message(3, small_group), message(4, person)])
    message_ids = MessageIds(database)
    await message_ids.load()
    assert [message_ids.greatest(chat) for chat in (supergroup, small_group, person)] == [2, 4, 4]
    assert await message_ids.unknown(supergroup, 0, 6) == [1, 3, 4, 5]
    assert await message_ids.unknown(small_group, 0, 6) == [1, 2, 5]
    assert await message_ids.unknown(person, 0, 6) == [1, 2, 5]


async def test_an_update_whose_commit_got_no_word_back_is_answered_when_it_comes_again(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = database.transaction

    @asynccontextmanager
    async def cut_off() -> AsyncIterator[AsyncSession]:
        async with whole() as session:
            yield session
        raise StorageError("The connection was lost as it was committed.")

    with monkeypatch.context() as broken:
        broken.setattr(database, "transaction", cut_off)
        with pytest.raises(StorageError):
            await inbox.accept([message(5)])
    assert await inbox.accept([message(5), message(6)]) == [Waiting(5, 1001), Waiting(6, 1001)]
    assert await inbox.accept([message(5)]) == []


async def test_an_update_brought_again_before_its_commit_gets_no_word_back_is_answered_once(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = database.transaction
    is_committed, is_lost = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def hanging() -> AsyncIterator[AsyncSession]:
        async with whole() as session:
            yield session
        is_committed.set()
        await is_lost.wait()
        raise StorageError("The connection was lost as it was committed.")

    with monkeypatch.context() as broken:
        broken.setattr(database, "transaction", hanging)
        first = asyncio.create_task(inbox.accept([message(5)]))
        await is_committed.wait()
    others = [asyncio.create_task(inbox.accept([message(5), message(6)])) for _ in range(3)]
    await asyncio.wait(others, timeout=0.5)  # none of them can end before the first does
    is_lost.set()
    with pytest.raises(StorageError):
        await first
    taken = [waiting for fresh in await asyncio.gather(*others) for waiting in fresh]
    assert taken == [Waiting(5, 1001), Waiting(6, 1001)]
    assert await inbox.accept([message(5)]) == []


@pytest.mark.parametrize("size", [2**63, -(2**63) - 1, 2**70, -(2**70)])
@pytest.mark.parametrize("owner", ["message", "chat"])
async def test_an_update_with_an_id_too_great_for_a_column_is_set_aside_alone(
    inbox: Inbox, database: Database, owner: str, size: int
) -> None:
    great = message(5, chat_id=size if owner == "chat" else 1001)
    if owner == "message":
        great["message"]["message_id"] = size
    assert await inbox.accept([message(4), great, message(6)]) == [
        Waiting(4, 1001),
        Waiting(6, 1001),
    ]
    assert await rows(database, "SELECT update_id FROM inbox WHERE state = 'dead'") == [(5,)]


@pytest.mark.parametrize("update_id", [2**63, -1, True, "5", None])
async def test_what_has_no_id_that_a_row_can_have_is_left_out_alone(
    inbox: Inbox, update_id: object
) -> None:
    nameless = message(5) | {"update_id": update_id}
    assert await inbox.accept([nameless]) == []
    assert await inbox.accept([message(4), nameless]) == [Waiting(4, 1001)]
