"""What is known of message ids: how far they are counted, and whose they are.

Telegram numbers all messages of a bot's private chats and small groups with one count, and
those of each supergroup with a count of its own (core.telegram.org/api/messages).
"""

from collections import defaultdict

from sqlalchemy import func, select

from bot.database import Database
from bot.inbox_row import InboxRow

GREATEST_SUPERGROUP_ID = -1_000_000_000_000
COMMON_NUMBERING = 0


class MessageIds:
    """The message ids seen so far; `load` reads those that earlier processes saw."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._greatest: defaultdict[int, int] = defaultdict(int)  # by numbering

    async def load(self) -> None:
        """Reads what the inbox has.

        Raises:
            StorageError: it can't be read.
        """
        columns = (InboxRow.message_id, InboxRow.answer_id, InboxRow.sent_after)
        newest = select(InboxRow.numbering, *map(func.max, columns)).group_by(InboxRow.numbering)
        async with self._database.transaction() as session:
            for numbering, *message_ids in await session.execute(newest):
                for message_id in message_ids:
                    self._note(numbering, message_id)

    def note(self, chat_id: int | None, message_id: int | None) -> None:
        """Remembers that there is such a message."""
        if chat_id is not None:
            self._note(numbering_of(chat_id), message_id)

    def greatest(self, chat_id: int) -> int:
        """The newest message known where this chat's messages are counted; 0 if none is."""
        return self._greatest[numbering_of(chat_id)]

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
                        select(column).where(InboxRow.numbering == numbering_of(chat_id), *between)
                    )
                    if message_id is not None
                )
        return [message_id for message_id in range(after + 1, before) if message_id not in known]

    def _note(self, numbering: int | None, message_id: int | None) -> None:
        if numbering is not None and message_id is not None:
            self._greatest[numbering] = max(self._greatest[numbering], message_id)


def numbering_of(chat_id: int) -> int:
    """By which count this chat's messages are numbered: a supergroup's id, or the common one."""
    return chat_id if chat_id < GREATEST_SUPERGROUP_ID else COMMON_NUMBERING
