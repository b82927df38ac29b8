"""The durable queue of updates: none that Telegram was told is received is lost.

An update is a row before Telegram hears that it was received, and stays `waiting` until its
answer is sent. `delivery.py` notes in the same row how far the answer is, and `questions.py` tells
which rows are answered together.
"""

import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Case, case, delete, select, update
from telegram import Update

from bot.database import Database
from bot.digests import digests
from bot.encryption import Encryption
from bot.inbox_row import InboxRow, State
from bot.message_ids import MessageIds, numbering_of

logger = logging.getLogger(__name__)

KEPT_DONE = timedelta(hours=24)  # Telegram itself repeats no update that is older
KEPT_DEAD = timedelta(days=30)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that has no answer yet."""

    update_id: int
    chat_id: int | None  # None if it came from no chat


class Inbox:
    """The updates in a database. Each method raises StorageError if it can't be used."""

    def __init__(
        self, database: Database, message_ids: MessageIds, encryption: Encryption
    ) -> None:
        self._database = database
        self._message_ids = message_ids
        self._encryption = encryption

    async def accept(self, raw_updates: Sequence[dict[str, Any]]) -> list[Waiting]:
        """Commits updates; returns those that are new and can be read, in their order."""
        rows = [self._row(raw) for raw in raw_updates]
        ids = [row.update_id for row, _ in rows]
        async with self._database.transaction() as session:
            known = set(
                await session.scalars(
                    select(InboxRow.update_id).where(InboxRow.update_id.in_(ids))
                )
            )
            new = [(row, chat_id) for row, chat_id in rows if row.update_id not in known]
            session.add_all(row for row, _ in new)
        for row, chat_id in new:
            self._message_ids.note(chat_id, row.message_id)
        return [
            Waiting(row.update_id, chat_id) for row, chat_id in new if row.state == State.WAITING
        ]

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
            for update_id, raw in found:
                yield Waiting(update_id, chat_id_in(self._encryption.decrypt(raw)))
            last = found[-1].update_id

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
        await self._set(
            update_ids,
            state=State.DONE,
            raw="",
            album_digest=None,
            picture_digest=_unless_to_forget(InboxRow.picture_digest, None),
        )

    async def bury(self, update_ids: Collection[int]) -> None:
        """Puts the updates among the dead letters, but what someone wants to be forgotten."""
        await self._set(
            update_ids,
            state=_unless_to_forget(State.DEAD, State.DONE),
            raw=_unless_to_forget(InboxRow.raw, ""),
            album_digest=None,
            picture_digest=_unless_to_forget(InboxRow.picture_digest, None),
        )

    async def prune(self) -> None:
        """Forgets what has been done for a day, and what has been dead for a month."""
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            for state, kept in ((State.DONE, KEPT_DONE), (State.DEAD, KEPT_DEAD)):
                old = InboxRow.received_at < now - kept
                await session.execute(delete(InboxRow).where(InboxRow.state == state, old))

    async def _set(self, update_ids: Collection[int], **values: Any) -> None:
        async with self._database.transaction() as session:
            rows = update(InboxRow).where(InboxRow.update_id.in_(update_ids))
            await session.execute(rows.values(values))

    def _row(self, raw: dict[str, Any]) -> tuple[InboxRow, int | None]:
        """A new row, and the chat that it came from."""
        row = InboxRow(
            update_id=raw["update_id"],
            state=State.WAITING,
            received_at=datetime.now(UTC),
            raw=self._encryption.encrypt(json.dumps(raw)),
            num_starts=0,
            num_failures=0,
            to_forget=False,
        )
        try:
            parsed = Update.de_json(raw, None)
            chat_id = parsed.effective_chat.id if parsed.effective_chat else None
            row.numbering = None if chat_id is None else numbering_of(chat_id)
            if said := parsed.message or parsed.edited_message:
                row.message_id = said.message_id
            for column, digest in digests(parsed, self._encryption).items():
                setattr(row, column, digest)
        except Exception:
            # Whatever the library trips over: this update alone is set aside, the rest flow.
            logger.exception("Update %d can't be read, and is set aside.", row.update_id)
            row.state = State.DEAD
            return row, None
        return row, chat_id


def _unless_to_forget(value: Any, instead: str | None) -> Case[Any]:
    return case((InboxRow.to_forget, instead), else_=value)


def chat_id_in(raw: str) -> int | None:
    """The chat that an update came from."""
    chat = Update.de_json(json.loads(raw), None).effective_chat
    return chat.id if chat else None
