"""When an answer fails, everyone concerned hears what they need, and nobody hears the token."""

import asyncio
import gc
import logging
import sqlite3
import weakref
from collections.abc import AsyncIterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot import texts
from bot.database import Database, StorageError
from bot.delivery import Delivery
from bot.logs import log_handler
from bot.questions import MAX_FAILURES, Question
from fake_telegram import Person, World
from fake_telegram.faults import Drop, Refuse
from fake_telegram.refusals import OTHER_POLLER
from mnist_model import ModelCard, Reading
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.databases import rows
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.webhook_bot import sqlite_rows

STRANGER = 2000


class BrokenReader:
    """Fails at every photo, and says the token as it does."""

    fault: str | None = None

    def __init__(self, card: ModelCard, token: str) -> None:
        self.card = card
        self._token = token

    async def read(self, photo: bytes) -> Reading:
        raise RuntimeError(f"{len(photo)} bytes, and https://server/bot{self._token}/getMe")

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        raise RuntimeError(f"{len(photo)} bytes, {len(reading.digits)} digits")


class MoodyReader:
    """Reads as another does, but only after so many failures."""

    fault: str | None = None

    def __init__(self, reader: InProcessReader, num_failures: int) -> None:
        self.card = reader.card
        self.annotate = reader.annotate
        self._reader = reader
        self._num_failures = num_failures

    async def read(self, photo: bytes) -> Reading:
        if self._num_failures:
            self._num_failures -= 1
            raise RuntimeError("not now")
        return await self._reader.read(photo)


@pytest.fixture
def admin(world: World) -> Person:
    """An admin whom the bot may write to, since she has written to it."""
    ada = Person(world, 2001, "Ada")
    ada.send_text("/start")
    return ada


@pytest.fixture
async def broken_bot(
    world: World, admin: Person, running_bot: RunningBot, reader: InProcessReader
) -> AsyncIterator[None]:
    """The bot on a reader that fails; one of its admins never wrote to it, the other did."""
    broken = BrokenReader(reader.card, world.token)
    async with running_bot(broken, admin_ids=frozenset({STRANGER, admin.user_id})):
        assert (await world.next_message(admin.user_id))["text"] == plain(texts.START)
        yield


def log_text(caplog: pytest.LogCaptureFixture, token: str) -> str:
    """What the bot's own handler would have written."""
    handler = log_handler(token)
    return "\n".join(handler.format(record) for record in caplog.records)


@pytest.mark.usefixtures("broken_bot")
async def test_the_user_gets_a_sentence_the_admin_a_note_and_the_log_the_trace(
    world: World, ann: Person, admin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    sent = ann.send_photo(photo("7"))
    answer = await world.next_message(ann.user_id)
    note = await world.next_message(admin.user_id)
    assert answer["text"] == plain(texts.FAILED)
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    assert note["text"].startswith("An update failed with RuntimeError.")
    log = log_text(caplog, world.token)
    assert "Traceback (most recent call last)" in log
    assert "RuntimeError: " in log
    for told in (answer["text"], note["text"], log):
        assert world.token not in told


@pytest.mark.usefixtures("broken_bot")
async def test_an_admin_who_cannot_be_told_keeps_nobody_else_from_hearing(
    world: World, ann: Person, admin: Person
) -> None:
    ann.send_photo(photo("7"))
    await world.next_message(admin.user_id)
    tried = [call.parameters["chat_id"] for call in world.calls_of("sendMessage")]
    assert tried[1:] == [str(ann.user_id), str(STRANGER), str(admin.user_id)]


@pytest.mark.usefixtures("broken_bot")
async def test_the_bot_goes_on_after_an_error(world: World, ann: Person) -> None:
    ann.send_photo(photo("7"))
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.FAILED)
    ann.send_text("/help")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)


async def test_an_answer_that_fails_twice_is_right_the_third_time(
    world: World, ann: Person, admin: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    moody = MoodyReader(reader, num_failures=2)
    async with running_bot(moody, admin_ids=frozenset({admin.user_id})):
        ann.send_photo(photo("7"))
        assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
    assert [message["text"] for message in world.sent(admin.user_id)] == [plain(texts.START)]


async def test_a_failure_that_cannot_be_told_is_told_later_and_once(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    database: Database,
) -> None:
    async with running_bot(BrokenReader(reader.card, world.token)):
        world.faults.add("sendMessage", Refuse.server_error())
        world.faults.add("sendMessage", Drop(after_commit=True))
        ann.send_photo(photo("7"))
        ann.send_text("/help")
        await world.until(lambda: len(world.sent(ann.user_id)) == 2)
    failed, helped = world.sent(ann.user_id)
    assert failed["text"] == plain(texts.FAILED)
    assert helped["text"] == plain(texts.HELP)
    states = await rows(database, "SELECT state FROM inbox ORDER BY update_id DESC LIMIT 2")
    assert [state for (state,) in states] == ["done", "dead"]


@pytest.mark.usefixtures("bot")
async def test_nothing_is_left_of_a_failure_once_the_answer_is_found_to_be_sent(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[weakref.ref[BytesIO]] = []
    note = Delivery._note

    async def lose_the_first(delivery: Delivery, question: Question, **said: Any) -> None:
        if said.get("answer_id") and not left:
            picture = BytesIO(bytes(3_000_000))
            left.append(weakref.ref(picture))
            raise StorageError(f"{len(picture.getvalue())} bytes were not kept.")
        await note(delivery, question, **said)

    monkeypatch.setattr(Delivery, "_note", lose_the_first)
    # pytest keeps the records, and they the trace.
    monkeypatch.setattr(logging.getLogger("bot.answering"), "disabled", True)
    ann.send_text("/help")
    ann.send_text("/privacy")
    answers = [await world.next_message(ann.user_id) for _ in range(2)]
    assert [answer["text"] for answer in answers] == [plain(texts.HELP), plain(texts.PRIVACY)]
    gc.collect()
    assert [picture() for picture in left] == [None]


async def test_an_answer_that_was_noted_without_a_word_of_it_leaves_nobody_waiting(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note, lost = Delivery._note, list[int]()

    async def lose_the_word(delivery: Delivery, question: Question, **said: Any) -> None:
        await note(delivery, question, **said)
        if "state" in said and not lost:
            lost.append(said["answer_id"])
            raise StorageError("The connection ended.")

    monkeypatch.setattr(Delivery, "_note", lose_the_word)
    # With room for three, they must have ended for the fourth to be let in.
    async with running_bot(reader, photos_waiting=3):
        ann.send_album([photo("1"), photo("2"), photo("3")])
        await world.next_message(ann.user_id)
        await world.until(lambda: bool(lost))
        ann.send_album([photo("4"), photo("5"), photo("6")])
        answer = await world.next_message(ann.user_id)
        ann.send_text("/help")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert "I read 6" in answer["text"]
    assert len(world.sent(ann.user_id)) == 3


async def test_someone_who_blocks_the_bot_is_no_error_for_the_admin(
    world: World, ann: Person, admin: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, admin_ids=frozenset({admin.user_id})):
        ann.send_text("/help")
        ann.block_bot()
        bob = Person(world, 1002, "Bob")
        bob.send_text("/help")
        await world.next_message(bob.user_id)
    assert [message["text"] for message in world.sent(admin.user_id)] == [plain(texts.START)]


async def test_an_absent_server_at_the_start_is_waited_for(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.faults.add("getMe", Refuse.server_error())
    world.faults.add("setMyCommands", Refuse.server_error())
    world.faults.add("deleteWebhook", Refuse.server_error())
    async with running_bot(reader):
        ann.send_text("/start")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.START)
    assert "Telegram can't be reached (Internal Server Error); next try in 1 s." in caplog.text
    assert "The command menu (default) was not set: Internal Server Error" in caplog.text


@pytest.mark.usefixtures("bot")
async def test_a_database_that_breaks_keeps_no_photo_from_its_answer(
    world: World, ann: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        connection.execute("DROP TABLE readings")
    ann.send_photo(photo("7"))
    assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
    ann.send_text("/stats")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.FAILED)
    assert "A reading was not counted." in caplog.text
    assert "no such table: readings" in caplog.text


async def test_while_the_database_is_away_nothing_counts_as_a_failure(
    world: World,
    running_bot: RunningBot,
    slow: SlowDigitReader,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ann = Person(world)
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader):
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 10)
            sqlite_rows(file, "ALTER TABLE inbox RENAME TO elsewhere")
            slow.may_go_on.set()
            async with asyncio.timeout(20):
                while caplog.text.count("is tried again") <= MAX_FAILURES:  # noqa: ASYNC110 - a log
                    await asyncio.sleep(0.05)
            sqlite_rows(file, "ALTER TABLE elsewhere RENAME TO inbox")
            assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
    assert sqlite_rows(file, "SELECT num_failures FROM inbox") == [(0,)]


async def test_a_second_bot_with_the_same_token_is_told_of(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.faults.add("getUpdates", Refuse(OTHER_POLLER))
    async with running_bot(reader):
        ann.send_text("/start")
        await world.next_message(ann.user_id)
    assert "Another process fetches updates with the same token" in caplog.text
