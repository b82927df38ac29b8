"""What is known of message ids: how far they are counted, and whose they are.

Telegram numbers all messages of a bot's private chats and small groups with one count, and
those of each supergroup with a count of its own (core.telegram.org/api/messages).
"""

from collections import defaultdict

from sqlalchemy import ColumnElement, func, select

from bot.database import Database
from bot.inbox_row import InboxRow

GREATEST_SUPERGROUP_ID = -1_000_000_000_000
COMMON_COUNT = 0


class MessageIds:
    """The message ids seen so far; `load` reads those that earlier processes saw."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._greatest: defaultdict[int, int] = defaultdict(int)

    async def load(self) -> None:
        """Reads what the inbox has.

        Raises:
            StorageError: it can't be read.
        """
        columns = (InboxRow.message_id, InboxRow.answer_id, InboxRow.sent_after)
        chats = select(InboxRow.chat_id, *map(func.max, columns)).group_by(InboxRow.chat_id)
        async with self._database.transaction() as session:
            for chat_id, *message_ids in await session.execute(chats):
                for message_id in message_ids:
                    self.note(chat_id, message_id)

    def note(self, chat_id: int | None, message_id: int | None) -> None:
        """Remembers that there is such a message."""
        if chat_id is not None and message_id is not None:
            count = _count_of(chat_id)
            self._greatest[count] = max(self._greatest[count], message_id)

    def greatest(self, chat_id: int) -> int:
        """The newest message known where this chat's messages are counted; 0 if none is."""
        return self._greatest[_count_of(chat_id)]

    async def unknown(self, chat_id: int, after: int, before: int) -> list[int]:
        """The ids between two that belong to no known message, ascending.

        Raises:
            StorageError: the inbox can't be read.
        """
        known: set[int] = set()
        async with self._database.transaction() as session:
            for column in (InboxRow.message_id, InboxRow.answer_id):
                between = (column > after, column < before)
                known.update(
                    message_id
                    for message_id in await session.scalars(
                        select(column).where(_counted_with(chat_id), *between)
                    )
                    if message_id is not None
                )
        return [message_id for message_id in range(after + 1, before) if message_id not in known]


def _count_of(chat_id: int) -> int:
    return chat_id if chat_id < GREATEST_SUPERGROUP_ID else COMMON_COUNT


def _counted_with(chat_id: int) -> ColumnElement[bool]:
    if _count_of(chat_id) == COMMON_COUNT:
        return InboxRow.chat_id >= GREATEST_SUPERGROUP_ID
    return InboxRow.chat_id == chat_id
