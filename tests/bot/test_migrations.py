"""A database of any age becomes what the code expects, and keeps its rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.database import Base, opened
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
