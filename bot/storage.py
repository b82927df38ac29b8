"""What is kept of readings: a row for each photo read, with nothing in it about who sent it."""

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database

NUM_RECENT = 1000
"""The median reply time is taken over this many photos, the latest: it shows how the bot does
now, and costs the same however many photos there were."""


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
    """The readings in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_reading(self, num_digits: int, reply_seconds: float) -> None:
        """Counts one photo that was read and answered within `reply_seconds`.

        Raises:
            StorageError: it can't be written.
        """
        async with self._database.transaction() as session:
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
        async with self._database.transaction() as session:
            num_photos, num_digits = (await session.execute(totals)).one()
            reply_seconds = (await session.scalars(recent)).all()
        median = statistics.median(reply_seconds) if reply_seconds else None
        return ReadingStats(num_photos, num_digits, median)
