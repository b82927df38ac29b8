"""A database of any age becomes what the code expects, and keeps its rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from telegram import Bot

from bot.database import Base, opened
from bot.encryption import Encryption
from bot.inbox import Inbox, Waiting
from bot.message_ids import MessageIds
from bot.personal_data import PersonalData
from bot.storage import ReadingStats, Storage

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


async def test_the_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"):
        pass
    engine = create_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


async def test_an_inbox_from_before_the_encryption_keeps_its_rows_and_its_numbering(
    tmp_path: Path,
) -> None:
    file, url = tmp_path / "bot.sqlite3", f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"
    execute(file, OLD_TABLE, OLD_INBOX, *OLD_INBOX_ROWS, *AT_STEP_2)
    async with opened(url) as database:
        encryption = Encryption(["a secret of the tests"])
        await PersonalData(database, encryption).encrypt_anew()
        message_ids = MessageIds(database)
        await message_ids.load()
        inbox = Inbox(Bot("1:token"), database, message_ids, encryption)
        assert [waiting async for waiting in inbox.waiting()] == [Waiting(3, 1001)]
        assert message_ids.greatest(1001) == 31  # shared by private chats and small groups
        assert message_ids.greatest(-1001000000001) == 900
    with closing(sqlite3.connect(file)) as connection:
        assert (
            "1001" not in connection.execute("SELECT group_concat(raw) FROM inbox").fetchone()[0]
        )


OLD_INBOX = """
CREATE TABLE inbox (
    update_id BIGINT NOT NULL, state VARCHAR(8) NOT NULL, received_at DATETIME NOT NULL,
    raw TEXT NOT NULL, chat_id BIGINT, message_id BIGINT, num_starts INTEGER NOT NULL,
    num_failures INTEGER NOT NULL, sent_after BIGINT, answer_id BIGINT, PRIMARY KEY (update_id)
)
"""
WAITING = '{"update_id": 3, "message": {"message_id": 30, "date": 1, "chat": {"id": 1001, "type": "private"}}}'  # noqa: E501
OLD_INBOX_ROWS = [
    f"INSERT INTO inbox VALUES ({values})"  # noqa: S608 - rows of ours
    for values in (
        "1, 'done', '2026-01-02 03:04:05', '', -42, 20, 0, 0, NULL, 31",
        "2, 'done', '2026-01-02 03:04:05', '', -1001000000001, 899, 0, 0, NULL, 900",
        f"3, 'waiting', '2026-01-02 03:04:05', '{WAITING}', 1001, 30, 0, 0, NULL, NULL",
        "4, 'dead', '2026-01-02 03:04:05', '{\"update_id\": 4}', NULL, NULL, 0, 0, NULL, NULL",
    )
]
AT_STEP_2 = [
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
    "INSERT INTO alembic_version VALUES ('0002')",
]
