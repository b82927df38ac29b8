"""What is asked: which updates get one answer together, and how far that answer is.

Most updates are a question each. Those of an album are one together: all that came before its
answer may have been sent. How far that answer is stands in the row of each of them, which tells
them from photos that come later.

An edit asks only if its message has another picture than the one that was answered last.
"""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from telegram import Bot, Message, Update
from telegram.constants import MediaGroupLimit

from bot.database import Database
from bot.encryption import Encryption
from bot.inbox import KEPT_DONE, chat_id_of
from bot.inbox_row import InboxRow, State
from bot.message_ids import numbering_of
from bot.pictures import picture_digest

ALBUM_PAUSE = timedelta(seconds=1)
"""An album is taken to be whole when nothing of it has come for so long."""
MAX_FAILURES = 3
"""So many times an answer may fail before its updates are put among the dead letters."""
MAX_STARTS = 5
"""So many times the process may end while it works on an answer, before that is suspected of
having ended it. More than failures: a kill hits whatever is under way."""


@dataclass(frozen=True, slots=True)
class Album:
    """The messages of an album, in their order; to the library an update of a kind of our own."""

    update_id: int  # the first one's
    messages: tuple[Message, ...]

    @property
    def effective_message(self) -> Message:
        """The one that an answer to all of them quotes; `Update` calls its message so."""
        return self.messages[0]


Asked = Update | Album


@dataclass(frozen=True, slots=True)
class Question:
    """What gets one answer: an update, or those of an album; and how far that answer is."""

    updates: tuple[Update, ...]
    may_grow: bool  # more photos of the album may come, to be answered with these
    age: timedelta  # since the first update came
    num_starts: int
    num_failures: int
    sent_after: int | None
    answer_id: int | None

    @property
    def is_given_up(self) -> bool:
        """Whether to tell the user of the failure instead of trying again."""
        return self.num_failures >= MAX_FAILURES or self.num_starts >= MAX_STARTS

    @property
    def update_ids(self) -> tuple[int, ...]:
        return tuple(update.update_id for update in self.updates)

    @property
    def chat_id(self) -> int | None:
        """The chat it came from; None if it came from none."""
        return chat_id_of(self.updates[0])

    @property
    def asked_at(self) -> datetime | None:
        """When it was sent or changed, by Telegram's clock; None for a press, which has none."""
        if (sent := self.updates[0].message) is not None:
            return sent.date
        changed = self.updates[0].edited_message
        return changed.edit_date if changed else None

    @property
    def asked(self) -> Asked:
        """What is asked, as the handlers take it."""
        if len(self.updates) == 1:
            return self.updates[0]
        messages = tuple(update.message for update in self.updates if update.message)
        return Album(self.updates[0].update_id, messages)


class Questions:
    """The questions in the inbox.

    Args:
        bot: whose updates they are.
        caught_up: set while Telegram has no more updates than have been fetched.
    """

    def __init__(
        self, bot: Bot, database: Database, encryption: Encryption, caught_up: asyncio.Event
    ) -> None:
        self._bot = bot
        self._database = database
        self._encryption = encryption
        self._caught_up = caught_up

    async def of(self, update_id: int, alone: Collection[int] = ()) -> Question | None:
        """What this update asks, alone or with others; None if that was answered.

        Args:
            alone: updates that are answered by themselves, though they be of an album.

        Raises:
            StorageError: it can't be read.
        """
        async with self._database.transaction() as session:
            row = await session.get_one(InboxRow, update_id)
            if row.state != State.WAITING:
                return None
            together = [row]
            if row.album_digest is not None and update_id not in alone:
                found = select(InboxRow).where(_asks_with(row)).order_by(InboxRow.message_id)
                album = await session.scalars(found)
                together = [photo for photo in album if photo.update_id not in alone]
        return self._question(together)

    async def is_answered(self, message: Message) -> bool:
        """Whether the last answer to this message was for the picture that it has now.

        What was answered is forgotten after a day: of an older message it is taken for granted.
        What a person wants to be forgotten counts as never answered.

        Raises:
            StorageError: it can't be read.
        """
        if datetime.now(UTC) - message.date > KEPT_DONE:
            return True
        answered = (
            select(InboxRow.picture_digest)
            .where(
                InboxRow.numbering == numbering_of(message.chat.id),
                InboxRow.message_id == message.message_id,
                InboxRow.answer_id.is_not(None),
            )
            .order_by(InboxRow.update_id.desc())
            .limit(1)
        )
        async with self._database.transaction() as session:
            digest = await session.scalar(answered)
        return digest is not None and self._encryption.decrypt(digest) == picture_digest(message)

    def _question(self, rows: list[InboxRow]) -> Question:
        first, now = rows[0], datetime.now(UTC)
        # SQLite keeps no time zone; all times are written in UTC.
        ages = [now - row.received_at.replace(tzinfo=UTC) for row in rows]
        is_whole = self._caught_up.is_set() and min(ages) >= ALBUM_PAUSE
        said = [json.loads(self._encryption.decrypt(row.raw)) for row in rows]
        may_be_sent = first.sent_after is not None or first.answer_id is not None
        return Question(
            tuple(Update.de_json(update, self._bot) for update in said),
            may_grow=not is_whole and not may_be_sent and _has_room(rows),
            age=max(ages),
            num_starts=max(row.num_starts for row in rows),
            num_failures=max(row.num_failures for row in rows),
            sent_after=first.sent_after,
            answer_id=first.answer_id,
        )


def _asks_with(row: InboxRow) -> ColumnElement[bool]:
    """Which updates of the same album are as far as this one."""
    return and_(
        InboxRow.state == State.WAITING,
        InboxRow.album_digest == row.album_digest,
        InboxRow.sent_after == row.sent_after,
        InboxRow.answer_id == row.answer_id,
    )


def _has_room(rows: list[InboxRow]) -> bool:
    return rows[0].album_digest is not None and len(rows) < MediaGroupLimit.MAX_MEDIA_LENGTH
