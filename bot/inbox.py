"""The durable queue of updates: none that Telegram was told is received is lost.

An update is a row before Telegram hears that it was received, and stays `waiting` until its
answer is sent. `delivery.py` notes in the same row how far the answer is, and closes it with the
answer's id; `questions.py` tells which rows are answered together.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import delete, func, inspect, select, update
from telegram import Bot, Update

from bot.database import Database, StorageError
from bot.digests import chat_digest
from bot.encryption import Encryption
from bot.inbox_row import DEAD, DONE, InboxRow, State
from bot.message_ids import MessageIds
from bot.new_row import is_update_id, new_row
from bot.pictures import photographer

logger = logging.getLogger(__name__)

KEPT_DONE = timedelta(hours=24)  # Telegram itself repeats no update that is older
KEPT_DEAD = timedelta(days=30)
PAGE = 200
PROBE_ID = -1  # of no update


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that has no answer yet."""

    update_id: int
    chat_id: int | None  # None if it came from no chat
    photographer: int | None = None  # who asks for a photo to be read, if it does


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many updates of the inbox are how far."""

    num_waiting: int  # for their answer
    num_dead: int  # that could not be answered, or not even read


class Inbox:
    """The updates in a database. Each method raises StorageError if it can't be used.

    Args:
        bot: whose updates they are; its name must be known once there are any.
    """

    def __init__(
        self, bot: Bot, database: Database, message_ids: MessageIds, encryption: Encryption
    ) -> None:
        self._bot = bot
        self._database = database
        self._message_ids = message_ids
        self._encryption = encryption
        self._in_doubt: set[int] = set()  # until Telegram hands them out again
        # By update; each lives for as long as someone holds it or waits for it.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def accept(self, raw_updates: Sequence[dict[str, Any]]) -> list[Waiting]:
        """Commits updates; returns those that are new and can be read, in their order.

        One without an id that a row can have is no update of Telegram's: it is left out.
        """
        rows = [new_row(raw, self._bot, self._encryption) for raw in raw_updates if _has_id(raw)]
        if not rows:
            return []
        ids = {row.update_id for row, _ in rows}
        # An update may be brought again before it is known whether it was kept the first time.
        async with AsyncExitStack() as turns:
            for update_id in sorted(ids):
                turn = self._turns.setdefault(update_id, asyncio.Lock())
                await turns.enter_async_context(turn)
            new_ids = await self._keep([row for row, _ in rows])
        new = [(row, said) for row, said in rows if row.update_id in new_ids and said]
        for row, said in new:
            self._message_ids.note(chat_id_of(said), row.message_id)
        return [_waiting(said) for _, said in new]

    async def _keep(self, rows: Collection[InboxRow]) -> set[int]:
        """Commits rows; returns the ids of those that nobody has taken from here yet."""
        # Those that are known stay as they are, also where another process keeps them just now.
        keep = self._database.insert_or_ignore(InboxRow).returning(InboxRow.update_id)
        ids = {row.update_id for row in rows}
        try:
            async with self._database.transaction() as session:
                new_ids = set(await session.scalars(keep, [_columns(row) for row in rows]))
        except StorageError:
            # They may have been kept all the same: only the word of it did not come back.
            self._in_doubt |= ids
            raise
        new_ids |= self._in_doubt & ids
        self._in_doubt -= ids
        return new_ids

    async def waiting(self) -> AsyncIterator[Waiting]:
        """What has no answer yet, the oldest first."""
        last = -1
        while True:
            page = (
                select(InboxRow.update_id, InboxRow.raw)
                .where(InboxRow.state == State.WAITING, InboxRow.update_id > last)
                .order_by(InboxRow.update_id)
                .limit(PAGE)
            )
            async with self._database.transaction() as session:
                found = (await session.execute(page)).all()
            if not found:
                return
            for _, raw in found:
                said = json.loads(self._encryption.decrypt(raw))
                yield _waiting(Update.de_json(said, self._bot))
            last = found[-1].update_id

    async def counts(self) -> InboxCounts:
        """How much is left to do, and how much failed."""
        by_state = (
            select(InboxRow.state, func.count())
            .where(InboxRow.state.in_((State.WAITING, State.DEAD)))
            .group_by(InboxRow.state)
        )
        async with self._database.transaction() as session:
            found = dict((await session.execute(by_state)).all())
        return InboxCounts(found.get(State.WAITING, 0), found.get(State.DEAD, 0))

    async def next_waiting(self, chat_id: int, after: int, last: int) -> int | None:
        """The oldest update of a chat that has no answer yet, after one and up to another."""
        oldest = select(func.min(InboxRow.update_id)).where(
            InboxRow.chat_digest == chat_digest(chat_id, self._encryption),
            InboxRow.state == State.WAITING,
            InboxRow.update_id > after,
            InboxRow.update_id <= last,
        )
        async with self._database.transaction() as session:
            return await session.scalar(oldest)

    async def begin(self, update_ids: Collection[int]) -> None:
        """Notes that their handler begins, so that one that ends the process is noticed.

        `put_back` and the first send take the note back: the process has survived it.
        """
        await self._set(update_ids, num_starts=InboxRow.num_starts + 1)

    async def put_back(self, update_ids: Collection[int]) -> None:
        """Notes that their handler came to an end, though not to a good one."""
        await self._set(update_ids, num_starts=0)

    async def count_failure(self, update_ids: Collection[int]) -> None:
        """Notes that the answer failed by an error of its own."""
        await self._set(update_ids, num_failures=InboxRow.num_failures + 1)

    async def finish(self, update_ids: Collection[int]) -> None:
        """Notes that nothing is left to do, and forgets what they said and whose they were."""
        await self._set(update_ids, **DONE)

    async def bury(self, update_ids: Collection[int]) -> None:
        """Puts the updates among the dead letters, but what someone wants to be forgotten."""
        await self._set(update_ids, **DEAD)

    async def probe(self) -> None:
        """Writes a row and takes it back: what comes next could be kept."""
        row = InboxRow(
            update_id=PROBE_ID,
            state=State.DONE,
            received_at=datetime.now(UTC),
            raw="",
            num_starts=0,
            num_failures=0,
            to_forget=False,
        )
        async with self._database.transaction() as session:
            session.add(row)
            await session.flush()
            await session.delete(row)

    async def prune(self) -> None:
        """Forgets what has been done for a day, and what has been dead for a month; what was
        forgotten since the last time is gone from the files then, too.
        """
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            for state, kept in ((State.DONE, KEPT_DONE), (State.DEAD, KEPT_DEAD)):
                old = InboxRow.received_at < now - kept
                await session.execute(delete(InboxRow).where(InboxRow.state == state, old))
        # Of what was answered since the last time, too.
        await self._database.empty_log()

    async def _set(self, update_ids: Collection[int], **values: Any) -> None:
        async with self._database.transaction() as session:
            rows = update(InboxRow).where(InboxRow.update_id.in_(update_ids))
            await session.execute(rows.values(values))


def _has_id(raw: dict[str, Any]) -> bool:
    if is_update_id(raw.get("update_id")):
        return True
    logger.error("An update without an id that can be kept is dropped.")
    return False


def _columns(row: InboxRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(InboxRow).columns}


def _waiting(said: Update) -> Waiting:
    asks_for_photo = None
    # Whatever the library trips over: the handlers will, too, and the user is told.
    with suppress(Exception):
        asks_for_photo = photographer(said)
    return Waiting(said.update_id, chat_id_of(said), asks_for_photo)


def chat_id_of(said: Update) -> int | None:
    """The chat that an update came from."""
    return said.effective_chat.id if said.effective_chat else None
