"""The database: one for all that is kept, its tables brought up to date at the start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

MIGRATIONS = Path(__file__).with_name("migrations")


class StorageError(Exception):
    """The database can't be reached, read or written."""


class Base(DeclarativeBase):
    """All tables."""


class Database:
    """One engine and its transactions; `opened` makes one that is ready."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        # SQLite has one writer at a time. Through one connection the writers queue here, where
        # through several they would sleep and try again.
        options = {"pool_size": 1, "max_overflow": 0} if self._is_sqlite else {}
        # An error's text would quote the values of its statement, so the log would have them.
        self._engine = create_async_engine(self._url, hide_parameters=True, **options)
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)
        if self._is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare)

    async def open(self) -> None:
        """Makes the SQLite file's folder, and takes the migrations that the tables lack.

        Raises:
            StorageError: the database can't be opened.
        """
        try:
            # With `uri` it is an address of SQLite's own (file:…), and no path.
            if self._is_sqlite and self._url.database and "uri" not in self._url.query:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            async with self._engine.begin() as connection:
                await connection.run_sync(_migrate)
        except (SQLAlchemyError, OSError) as error:
            raise self._fault(error) from error

    async def close(self) -> None:
        """Ends all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """What is done in the block is kept as a whole at its end, or not at all.

        Raises:
            StorageError: it can't be read or written.
        """
        try:
            async with self._session.begin() as session:
                yield session
        except (SQLAlchemyError, OSError) as error:
            raise self._fault(error) from error

    async def write_anew(self) -> None:
        """Leaves nothing in an SQLite file of what was deleted or overwritten.

        `secure_delete` sees to most of it, but not to what SQLite moved within a page.

        Raises:
            StorageError: it can't be written.
        """
        if not self._is_sqlite:
            return
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text("VACUUM"))
        except (SQLAlchemyError, OSError) as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> StorageError:
        # str(url) hides the password, but not one in the query; `orig` is the driver's error
        # without the statement.
        url = self._url.set(query={})
        reason = getattr(error, "orig", None) or error
        return StorageError(
            f"The database {url} can't be used ({type(reason).__name__}: {reason}). "
            "Check that DATABASE_URL is right, that this user may write there, and that the "
            "disk has room."
        )


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


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare(connection: Any, _record: object) -> None:
    """Makes SQLite's commits survive all, its readers wait for no writer, what is gone be gone."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit reaches the disk before it returns: Telegram forgets an update once it is told
    # of it, so a power cut must not undo what was committed.
    cursor.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten, else its bytes would stay in the file until others come.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
