"""What is kept: one row for each photo that was read, with nothing in it about who sent it."""

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, event, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NUM_RECENT = 1000
"""The median reply time is taken over this many photos, the latest: it shows how the bot does
now, and costs the same however many photos there were."""


class StorageError(Exception):
    """The database can't be reached, read or written."""


class Base(DeclarativeBase):
    """All tables."""


class ReadingRow(Base):
    """That a photo was read; not the photo, not its text, not whose it was."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    num_digits: Mapped[int]
    reply_seconds: Mapped[float]


@dataclass(frozen=True, slots=True)
class ReadingStats:
    """What the kept readings come to."""

    num_photos: int
    num_digits: int
    median_reply_seconds: float | None  # of the last NUM_RECENT photos; None while there is none


class Storage:
    """The database; `opened` makes one that is ready."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._engine = create_async_engine(self._url)
        self._session = async_sessionmaker(self._engine)
        if self._url.get_backend_name() == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _use_write_ahead_log)

    async def open(self) -> None:
        """Makes the SQLite file's folder and the tables where they are missing.

        Raises:
            StorageError: the database can't be opened.
        """
        if self._url.get_backend_name() == "sqlite" and self._url.database:
            try:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise self._fault(error) from error
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        except (SQLAlchemyError, OSError) as error:
            raise self._fault(error) from error

    async def close(self) -> None:
        """Ends all connections."""
        await self._engine.dispose()

    async def add_reading(self, num_digits: int, reply_seconds: float) -> None:
        """Counts one photo that was read and answered within `reply_seconds`.

        Raises:
            StorageError: it can't be written.
        """
        async with self._transaction() as session:
            session.add(
                ReadingRow(
                    read_at=datetime.now(UTC), num_digits=num_digits, reply_seconds=reply_seconds
                )
            )

    async def reading_stats(self) -> ReadingStats:
        """What all readings come to.

        Raises:
            StorageError: they can't be read.
        """
        totals = select(func.count(), func.coalesce(func.sum(ReadingRow.num_digits), 0))
        recent = select(ReadingRow.reply_seconds).order_by(ReadingRow.id.desc()).limit(NUM_RECENT)
        async with self._transaction() as session:
            num_photos, num_digits = (await session.execute(totals)).one()
            reply_seconds = (await session.scalars(recent)).all()
        median = statistics.median(reply_seconds) if reply_seconds else None
        return ReadingStats(num_photos, num_digits, median)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        try:
            async with self._session.begin() as session:
                yield session
        except (SQLAlchemyError, OSError) as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> StorageError:
        # str(url) hides the password; `orig` is the driver's error without the statement.
        reason = getattr(error, "orig", None) or error
        return StorageError(
            f"The database {self._url} can't be used ({type(reason).__name__}: {reason}). "
            "Check that DATABASE_URL is right, and that this user may write there."
        )


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Storage]:
    """The storage at an SQLAlchemy URL with an asyncio driver, ready inside the block.

    Raises:
        StorageError: the database can't be opened.
    """
    storage = Storage(database_url)
    try:
        await storage.open()
        yield storage
    finally:
        await storage.close()


def _use_write_ahead_log(connection: Any, _record: object) -> None:
    """Lets SQLite's readers and its writer go on side by side."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
