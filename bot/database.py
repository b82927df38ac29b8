"""The database: one for all that is kept, its tables brought up to date at the start."""

import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from bot.schema import NewerSchema, bring_up_to_date

SQLITE, POSTGRESQL = "sqlite", "postgresql"

# SQLite has one writer at a time. Through one connection the writers queue here, where through
# several they would sleep and try again. A server may be started anew: that a connection is dead
# is noticed before it is used. One that is silent must not hold up the bot for ever.
ENGINE_OPTIONS: dict[str, dict[str, Any]] = {
    SQLITE: {"pool_size": 1, "max_overflow": 0},
    POSTGRESQL: {
        "pool_pre_ping": True,
        "connect_args": {"timeout": 10, "command_timeout": 30},  # seconds
    },
}
LOCKED_ATTEMPTS = 100
LOCKED_PAUSE = 0.02
"""Seconds between two attempts. Only bots that start at once on a new file ever wait."""

ADVICE = {
    SQLITE: "Check that DATABASE_URL is right, that this user may write there, and that the disk "
    "has room. A file that is damaged (malformed, or no database) is replaced by a backup: "
    "docs/operations.md.",
    POSTGRESQL: "Check that DATABASE_URL is right, that the server is up and has room, and that "
    "this user may create tables there.",
}
NEWER_ADVICE = (
    "Start that newer release, or go back to a copy of the database that was made before it; "
    "nothing was changed."
)


class StorageError(Exception):
    """The database can't be reached, read or written."""


class Base(DeclarativeBase):
    """All tables."""


class Database:
    """One engine and its transactions; `opened` makes one that is ready."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._kind = self._url.get_backend_name()
        # An error's text would quote the values of its statement, so the log would have them.
        self._engine = create_async_engine(
            self._url, hide_parameters=True, **ENGINE_OPTIONS[self._kind]
        )
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)
        if self._kind == SQLITE:
            event.listen(self._engine.sync_engine, "connect", _prepare)

    async def open(self) -> None:
        """Makes the SQLite file's folder, and takes the migrations that the tables lack.

        Raises:
            StorageError: the database can't be opened, or is a newer release's.
        """
        with self._told_plainly():
            # With `uri` it is an address of SQLite's own (file:…), and no path.
            if self._kind == SQLITE and self._url.database and "uri" not in self._url.query:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            async with self._engine.begin() as connection:
                await connection.run_sync(bring_up_to_date)

    async def close(self) -> None:
        """Ends all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """What is done in the block is kept as a whole at its end, or not at all.

        Raises:
            StorageError: it can't be read or written.
        """
        with self._told_plainly():
            async with self._session.begin() as session:
                yield session

    def insert_or_ignore(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An insert that leaves out each row whose key is there already."""
        insert = sqlite.insert if self._kind == SQLITE else postgresql.insert
        return insert(table).on_conflict_do_nothing()

    async def write_anew(self) -> None:
        """Leaves nothing in an SQLite file of what was deleted or overwritten.

        `secure_delete` sees to most of it, but not to what SQLite moved within a page.

        Raises:
            StorageError: it can't be written.
        """
        await self._on_sqlite("VACUUM")
        await self.empty_log()

    async def empty_log(self) -> None:
        """Leaves nothing in SQLite's write-ahead log, where what was deleted or overwritten stays
        until other bytes come. Whoever reads it just now keeps it there until the next time.

        Raises:
            StorageError: it can't be written.
        """
        await self._on_sqlite("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _on_sqlite(self, statement: str) -> None:
        """Outside of any transaction; nothing on another database."""
        if self._kind != SQLITE:
            return
        with self._told_plainly():
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text(statement))

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        """Whatever the database and its driver raise in the block becomes a StorageError."""
        # str(url) hides the password, but not one in the query.
        url = self._url.set(query={})
        try:
            yield
        except NewerSchema as error:
            raise StorageError(f"The database {url} is newer: {error}. {NEWER_ADVICE}") from error
        except (SQLAlchemyError, OSError) as error:
            # `orig` is the driver's error without the statement.
            reason = getattr(error, "orig", None) or error
            raise StorageError(
                f"The database {url} can't be used ({type(reason).__name__}: {reason}). "
                f"{ADVICE[self._kind]}"
            ) from error


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Database]:
    """The database at an SQLAlchemy URL with an asyncio driver, ready inside the block.

    Raises:
        StorageError: the database can't be opened.
    """
    database = Database(database_url)
    try:
        await database.open()
        yield database
    finally:
        await database.close()


def _prepare(connection: Any, _record: object) -> None:
    """Makes SQLite's commits survive all, its readers wait for no writer, what is gone be gone."""
    cursor = connection.cursor()
    log_ahead(cursor)
    # A commit reaches the disk before it returns: Telegram forgets an update once it is told
    # of it, so a power cut must not undo what was committed.
    cursor.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten, else its bytes would stay in the file until others come. In
    # the log they stay until it is emptied.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def log_ahead(cursor: Any) -> None:
    """Readers wait for no writer from now on: the file itself keeps that.

    While another process turns a new file to it, SQLite says "locked" at once, without the wait
    that it has for everything else.
    """
    for attempt in range(LOCKED_ATTEMPTS):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == LOCKED_ATTEMPTS - 1:
                raise
            time.sleep(LOCKED_PAUSE)
        else:
            return
