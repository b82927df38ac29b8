"""A database of any age becomes what the code expects, and keeps its rows."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from telegram import Bot

from bot.database import Base, Database, StorageError, opened
from bot.encryption import Encryption
from bot.inbox import Inbox, Waiting
from bot.message_ids import MessageIds
from bot.personal_data import PersonalData
from bot.schema import MIGRATIONS, alembic_config
from bot.storage import ReadingStats, Storage
from tests.bot.databases import rows

STEPS = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))
ENCRYPTED_SINCE, DIGESTS_SINCE = "0003", "0004"
SECRET = Encryption(["a secret of the tests"])
SUPERGROUP = -1001000000001
READ_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TOKEN = "1:token"  # noqa: S105 - of no bot


def message(update_id: int, chat_id: int, message_id: int, **content: Any) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}
    return {
        "update_id": update_id,
        "message": {"message_id": message_id, "date": 1, "chat": chat} | content,
    }


# An update, how far it is, and its answer's id: what an inbox of any release may hold.
UPDATES = [
    (message(1, 1001, 20), "done", 31),
    (message(2, SUPERGROUP, 899), "done", 900),
    (message(3, 1001, 30, text="Hello"), "waiting", None),
    (message(4, 1002, 32, text="Hello, too"), "dead", None),
    (message(2**40, SUPERGROUP, 2**33), "waiting", None),  # wider than 32 bits
]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction past the code that is tested."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


def make_old(connection: Connection, step: str) -> None:
    """Leaves a database as a release whose last step was this one."""
    command.upgrade(alembic_config(connection), step)
    tables = MetaData()
    tables.reflect(connection)
    reading = {"read_at": READ_AT, "num_digits": 4, "reply_seconds": 0.25}
    connection.execute(insert(tables.tables["readings"]), reading)
    if "inbox" in tables.tables:
        kept = [old_row(tables.tables["inbox"], step, *update) for update in UPDATES]
        connection.execute(insert(tables.tables["inbox"]), kept)


def old_row(
    inbox: Table, step: str, said: dict[str, Any], state: str, answer_id: int | None
) -> dict[str, Any]:
    raw = "" if state == "done" else json.dumps(said)
    if raw and step >= ENCRYPTED_SINCE:
        raw = SECRET.encrypt(raw)
    chat_id = said["message"]["chat"]["id"]
    is_waiting = state == "waiting"
    row = {
        "update_id": said["update_id"],
        "state": state,
        "received_at": READ_AT,
        "raw": raw,
        "chat_id": chat_id,
        "numbering": chat_id if chat_id == SUPERGROUP else 0,
        "message_id": said["message"]["message_id"],
        "answer_id": answer_id,
        "num_starts": 0,
        "num_failures": 0,
        "to_forget": False,
        "chat_digest": SECRET.digest(f"{chat_id}") if is_waiting else None,
    }
    return {name: value for name, value in row.items() if name in inbox.columns}


@pytest.mark.both_databases
@pytest.mark.parametrize("step", STEPS)
async def test_a_database_of_each_earlier_release_opens_with_nothing_lost(
    database_url: str, step: str
) -> None:
    async with connected(database_url) as connection:
        await connection.run_sync(make_old, step)
    async with opened(database_url) as database:
        await PersonalData(database, SECRET).encrypt_anew()
        assert await Storage(database).reading_stats() == ReadingStats(1, 4, 0.25)
        message_ids = MessageIds(database)
        await message_ids.load()
        inbox = Inbox(Bot(TOKEN), database, message_ids, SECRET)
        waiting = [waiting async for waiting in inbox.waiting()]
        if step == "0001":  # before there was an inbox
            assert waiting == []
            return
        assert waiting == [Waiting(3, 1001), Waiting(2**40, SUPERGROUP)]
        assert await inbox.next_waiting(1001, after=2, last=9) == 3
        assert message_ids.greatest(1001) == 32  # shared by all private chats
        assert message_ids.greatest(SUPERGROUP) == 2**33
        assert await inbox.accept([said for said, _, _ in UPDATES]) == []
        kept = await rows(database, "SELECT raw FROM inbox WHERE raw != '' ORDER BY update_id")
        said = [json.loads(SECRET.decrypt(raw)) for (raw,) in kept]
        assert said == [said for said, state, _ in UPDATES if state != "done"]


@pytest.mark.both_databases
async def test_a_database_of_a_newer_release_is_told_of_and_left_alone(database_url: str) -> None:
    async with opened(database_url) as database:
        await rows(database, "UPDATE alembic_version SET version_num = '9999'")
        await rows(database, "DROP TABLE readings")  # which its steps may have done
    with pytest.raises(StorageError, match=rf"step 9999.* none after {STEPS[-1]}\. Start that"):
        async with opened(database_url):
            pass
    async with connected(database_url) as connection:
        now = await connection.run_sync(described)
    assert now == (("9999",), {"alembic_version", "inbox"})


def described(connection: Connection) -> tuple[tuple[str, ...], set[str]]:
    tables = MetaData()
    tables.reflect(connection)
    return MigrationContext.configure(connection).get_current_heads(), set(tables.tables)


@pytest.mark.both_databases
async def test_bots_that_start_at_once_take_the_steps_once(database_url: str) -> None:
    bots = [Database(database_url) for _ in range(4)]
    await asyncio.gather(*(bot.open() for bot in bots))
    await asyncio.gather(*(Storage(bot).add_reading(2, 0.5) for bot in bots))
    assert await Storage(bots[0]).reading_stats() == ReadingStats(4, 8, 0.5)
    assert await rows(bots[0], "SELECT version_num FROM alembic_version") == [(STEPS[-1],)]
    for bot in bots:
        await bot.close()


@pytest.mark.both_databases
async def test_the_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    async with opened(database_url):
        pass
    async with connected(database_url) as connection:
        assert await connection.run_sync(differences) == []


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, Base.metadata)


def test_the_steps_follow_one_another_in_the_order_of_their_numbers() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert newest_first[::-1] == STEPS == [f"{number:04}" for number in range(1, len(STEPS) + 1)]


# What only SQLite has seen: releases without migrations, and steps cut off in their midst.

OLD_TABLE = """
CREATE TABLE readings (
    id INTEGER NOT NULL, read_at DATETIME NOT NULL, num_digits INTEGER NOT NULL,
    reply_seconds DOUBLE NOT NULL, PRIMARY KEY (id)
)
"""
OLD_ROW = "INSERT INTO readings VALUES (1, '2026-01-02 03:04:05.000000', 4, 0.25)"


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


async def test_a_database_from_before_the_migrations_keeps_its_rows(tmp_path: Path) -> None:
    execute(tmp_path / "bot.sqlite3", OLD_TABLE, OLD_ROW)
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as database:
        assert await Storage(database).reading_stats() == ReadingStats(1, 4, 0.25)
        await Storage(database).add_reading(2, 0.25)
        assert await Storage(database).reading_stats() == ReadingStats(2, 6, 0.25)


async def test_a_migration_that_a_kill_cut_off_is_finished(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"
    async with opened(url) as database:
        await Storage(database).add_reading(3, 0.5)
    execute(tmp_path / "bot.sqlite3", "DELETE FROM alembic_version")
    async with opened(url) as database:
        assert await Storage(database).reading_stats() == ReadingStats(1, 3, 0.5)
