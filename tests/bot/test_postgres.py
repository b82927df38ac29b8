"""What a server can do to the bot that a file can't: be away, end in the midst, and come back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from telegram import Bot

from bot.database import ENGINE_OPTIONS, POSTGRESQL, Database, StorageError, opened
from bot.encryption import Encryption
from bot.inbox import Inbox, Waiting
from bot.message_ids import MessageIds
from bot.personal_data import PersonalData
from bot.storage import ReadingStats, Storage
from fake_telegram import Person, World
from tests.bot.databases import PostgresServer, rows
from tests.bot.pictures import photo
from tests.bot.test_inbox import collected, message
from tests.bot.test_main import log_of, started

SECRET = Encryption(["a secret of the tests"])
AWAY = r"can't be used \(.*Check that DATABASE_URL is right, that the server is up"


@pytest.fixture
def database_url(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
async def another(database_url: str) -> AsyncIterator[Database]:
    """The same database, as another process has it."""
    async with opened(database_url) as database:
        yield database


def inbox_in(database: Database) -> Inbox:
    return Inbox(Bot("1:token"), database, MessageIds(database), SECRET)


async def test_what_was_committed_outlives_a_crash_of_the_server_and_the_rest_is_told(
    postgres: PostgresServer, database: Database
) -> None:
    inbox = inbox_in(database)
    await inbox.accept([message(1)])
    postgres.stop()
    try:
        with pytest.raises(StorageError, match=AWAY):
            await inbox.accept([message(2)])
    finally:
        postgres.start()
    assert await inbox.accept([message(2)]) == [Waiting(2, 1001)]
    assert await collected(inbox) == [Waiting(1, 1001), Waiting(2, 1001)]


async def test_a_transaction_that_a_crash_cuts_off_leaves_nothing(
    postgres: PostgresServer, database: Database
) -> None:
    insert = "INSERT INTO readings (read_at, num_digits, reply_seconds) VALUES (now(), 1, 0.5)"

    async def cut_off() -> None:
        async with database.transaction() as session:
            await session.execute(text(insert))
            postgres.stop()
            postgres.start()

    with pytest.raises(StorageError, match=AWAY):
        await cut_off()
    assert await Storage(database).reading_stats() == ReadingStats(0, 0, None)


async def test_connections_that_died_while_nobody_used_them_are_not_noticed(
    postgres: PostgresServer, database: Database
) -> None:
    storage = Storage(database)
    await asyncio.gather(*(storage.add_reading(1, 0.5) for _ in range(5)))
    postgres.stop()
    postgres.start()
    await asyncio.gather(*(storage.add_reading(1, 0.5) for _ in range(5)))
    assert await storage.reading_stats() == ReadingStats(10, 10, 0.5)


@pytest.mark.usefixtures("bot")
async def test_a_bot_whose_server_is_away_for_a_while_answers_all_that_came_meanwhile_once(
    world: World, ann: Person, postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    ann.send_photo(photo("7"))
    first = await world.next_message(ann.user_id)
    postgres.stop()
    try:
        sent = [ann.send_photo(photo(digit)) for digit in "34"]
        polled = len(world.calls_of("getUpdates"))
        await world.until(lambda: len(world.calls_of("getUpdates")) > polled + 1)
    finally:
        postgres.start()
    answers = [await world.next_message(ann.user_id, 60) for _ in sent]
    await world.until(lambda: not world.updates.waiting())
    told = [answer["text"][len("I read ")] for answer in (first, *answers)]
    assert told == ["7", "3", "4"]
    assert len(world.sent(ann.user_id)) == 3
    assert "Updates are left with Telegram until they can be kept. The database" in caplog.text


async def test_a_bot_starts_not_without_its_server_and_says_so_in_a_sentence(
    world: World, tmp_path: Path
) -> None:
    url = f"postgresql+asyncpg://me:hunter2hunter2@/bot?host={tmp_path}"
    async with started(world, tmp_path, DATABASE_URL=url) as process:
        log = await log_of(process)
    assert process.returncode == 1
    assert "CRITICAL bot: The database postgresql+asyncpg://me:***@/bot can't be used" in log
    assert "that the server is up" in log
    assert "Traceback" not in log
    assert "hunter2" not in log
    assert not world.calls


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("postgres@", "nobody_we_know@", "does not exist"),
        ("/test_", "/no_test_", "does not exist"),
    ],
    ids=["user", "database"],
)
async def test_a_server_that_refuses_is_told_in_a_sentence(
    database_url: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(StorageError, match=f"can't be used .*{says}.* Check that"):
        async with opened(database_url.replace(old, new)):
            pass


async def test_an_update_that_two_processes_accept_at_once_is_new_to_one_of_them(
    database: Database, another: Database
) -> None:
    batch: list[dict[str, Any]] = [message(number) for number in range(1, 51)]
    new = await asyncio.gather(
        *(inbox_in(each).accept(batch) for each in (database, another) for _ in range(4))
    )
    together = [waiting.update_id for part in new for waiting in part]
    assert sorted(together) == list(range(1, 51))


async def test_a_row_that_another_process_finishes_while_it_is_encrypted_anew_stays_empty(
    database: Database, another: Database
) -> None:
    await inbox_in(database).accept([message(number) for number in range(1, 101)])
    newer = Encryption(["another secret of the tests", "a secret of the tests"])
    await asyncio.gather(
        PersonalData(database, newer).encrypt_anew(),
        *(inbox_in(another).finish([number]) for number in range(1, 101)),
    )
    assert await rows(database, "SELECT DISTINCT state, raw FROM inbox") == [("done", "")]


async def test_a_server_that_does_not_answer_holds_nothing_up_for_ever(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINE_OPTIONS[POSTGRESQL]["connect_args"], "command_timeout", 0.5)
    async with opened(database_url) as impatient:
        async with database.transaction() as session:
            await session.execute(text("LOCK TABLE readings"))
            with pytest.raises(StorageError, match="TimeoutError"):
                await Storage(impatient).add_reading(1, 0.5)
        await Storage(impatient).add_reading(1, 0.5)
        assert await Storage(impatient).reading_stats() == ReadingStats(1, 1, 0.5)
