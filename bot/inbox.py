"""The durable queue of updates: none that Telegram was told is received is lost.

An update is a row before Telegram hears that it was received, and stays `waiting` until its
answer is sent. `delivery.py` notes in the same row how far the answer is.
"""

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from telegram import Bot, Update

from bot.database import Database
from bot.inbox_row import InboxRow, State
from bot.message_ids import MessageIds
from bot.pictures import photographer

logger = logging.getLogger(__name__)

MAX_FAILURES = 3
"""So many times an answer may fail before the update is put among the dead letters."""
MAX_STARTS = 5
"""So many times the process may end while it works on an update, before that is suspected of
having ended it. More than failures: a kill hits whatever is under way."""

KEPT_DONE = timedelta(hours=24)  # Telegram itself repeats no update that is older
KEPT_DEAD = timedelta(days=30)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that has no answer yet."""

    update_id: int
    chat_id: int | None  # None if it came from no chat
    photographer: int | None = None  # the user who asks for a photo to be read, if it does


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it was when it was looked up."""

    update_id: int
    chat_id: int | None
    raw: str
    age: timedelta
    num_starts: int
    num_failures: int
    sent_after: int | None
    answer_id: int | None

    @property
    def is_given_up(self) -> bool:
        """Whether to tell the user of the failure instead of trying again."""
        return self.num_failures >= MAX_FAILURES or self.num_starts >= MAX_STARTS


class Inbox:
    """The updates in a database. Each method raises StorageError if it can't be used.

    Args:
        bot: whose updates they are; its name must be known once there are any.
    """

    def __init__(self, bot: Bot, database: Database, message_ids: MessageIds) -> None:
        self._bot = bot
        self._database = database
        self._message_ids = message_ids

    async def accept(self, raw_updates: Sequence[dict[str, Any]]) -> list[Waiting]:
        """Commits updates; returns those that are new and can be read, in their order."""
        rows = [_row(raw) for raw in raw_updates]
        ids = [row.update_id for row in rows]
        async with self._database.transaction() as session:
            known = set(
                await session.scalars(
                    select(InboxRow.update_id).where(InboxRow.update_id.in_(ids))
                )
            )
            new = [row for row in rows if row.update_id not in known]
            session.add_all(new)
        for row in new:
            self._message_ids.note(row.chat_id, row.message_id)
        return [self._waiting(row) for row in new if row.state == State.WAITING]

    async def waiting(self) -> AsyncIterator[Waiting]:
        """What has no answer yet, the oldest first."""
        last = -1
        while True:
            page = (
                select(InboxRow)
                .where(InboxRow.state == State.WAITING, InboxRow.update_id > last)
                .order_by(InboxRow.update_id)
                .limit(PAGE)
            )
            async with self._database.transaction() as session:
                found = [self._waiting(row) for row in await session.scalars(page)]
            if not found:
                return
            for waiting in found:
                yield waiting
            last = found[-1].update_id

    async def next_waiting(self, chat_id: int, after: int, last: int) -> int | None:
        """The oldest update of a chat that has no answer yet, after one and up to another."""
        oldest = select(func.min(InboxRow.update_id)).where(
            InboxRow.chat_id == chat_id,
            InboxRow.state == State.WAITING,
            InboxRow.update_id > after,
            InboxRow.update_id <= last,
        )
        async with self._database.transaction() as session:
            return await session.scalar(oldest)

    async def look_up(self, update_id: int) -> Entry:
        """How far the update is."""
        async with self._database.transaction() as session:
            row = await session.get_one(InboxRow, update_id)
        return Entry(
            update_id,
            row.chat_id,
            row.raw,
            # SQLite keeps no time zone; all times are written in UTC.
            datetime.now(UTC) - row.received_at.replace(tzinfo=UTC),
            row.num_starts,
            row.num_failures,
            row.sent_after,
            row.answer_id,
        )

    async def begin(self, update_id: int) -> None:
        """Notes that its handler begins, so that one that ends the process is noticed.

        `put_back` and the first send take the note back: the process has survived it.
        """
        await self._set(update_id, num_starts=InboxRow.num_starts + 1)

    async def put_back(self, update_id: int) -> None:
        """Notes that its handler came to an end, though not to a good one."""
        await self._set(update_id, num_starts=0)

    async def count_failure(self, update_id: int) -> None:
        """Notes that the answer failed by an error of its own."""
        await self._set(update_id, num_failures=InboxRow.num_failures + 1)

    async def finish(self, update_id: int) -> None:
        """Notes that nothing is left to do, and forgets what the update said."""
        await self._set(update_id, state=State.DONE, raw="")

    async def bury(self, update_id: int) -> None:
        """Puts the update among the dead letters."""
        await self._set(update_id, state=State.DEAD)

    async def prune(self) -> None:
        """Forgets what has been done for a day, and what has been dead for a month."""
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            for state, kept in ((State.DONE, KEPT_DONE), (State.DEAD, KEPT_DEAD)):
                old = InboxRow.received_at < now - kept
                await session.execute(delete(InboxRow).where(InboxRow.state == state, old))

    async def _set(self, update_id: int, **values: Any) -> None:
        async with self._database.transaction() as session:
            row = update(InboxRow).where(InboxRow.update_id == update_id)
            await session.execute(row.values(values))

    def _waiting(self, row: InboxRow) -> Waiting:
        asks_for_photo = None
        # Whatever the library trips over: the handlers will, too, and the user is told.
        with suppress(Exception):
            asks_for_photo = photographer(Update.de_json(json.loads(row.raw), self._bot))
        return Waiting(row.update_id, row.chat_id, asks_for_photo)


def _row(raw: dict[str, Any]) -> InboxRow:
    row = InboxRow(
        update_id=raw["update_id"],
        state=State.WAITING,
        received_at=datetime.now(UTC),
        raw=json.dumps(raw),
        num_starts=0,
        num_failures=0,
    )
    try:
        parsed = Update.de_json(raw, None)
        row.chat_id = parsed.effective_chat.id if parsed.effective_chat else None
        row.message_id = parsed.message.message_id if parsed.message else None
    except Exception:
        # Whatever the library trips over: this update alone is set aside, the rest flow.
        logger.exception("Update %d can't be read, and is set aside.", row.update_id)
        row.state = State.DEAD
    return row
