"""Each chat's line: its updates are answered one after the other, chats side by side.

The inbox is the queue. In memory a chat that waits has a task and a number, however many updates
it sent: one chat's flood fills neither the memory nor the room of the others.
"""

import asyncio
import logging

from bot.answering import Answering
from bot.background import Background
from bot.chat_order import ChatOrder
from bot.database import StorageError
from bot.inbox import Inbox, Waiting

logger = logging.getLogger(__name__)

MAX_LINES = 1000
"""Chats that wait for an answer; Telegram keeps the updates of more until there is room."""
PAUSE_SECONDS = 1.0


class Lines:
    """Has the updates of the inbox answered in the background."""

    def __init__(
        self, answering: Answering, inbox: Inbox, order: ChatOrder, background: Background
    ) -> None:
        self._answering = answering
        self._inbox = inbox
        self._order = order
        self._background = background
        self._room = asyncio.Semaphore(MAX_LINES)
        self._newest: dict[int, int] = {}  # of each line, the update that stands last in it

    async def submit(self, waiting: Waiting) -> None:
        """Puts an update at the end of its chat's line; waits for room where that begins one."""
        if waiting.chat_id in self._newest:
            self._newest[waiting.chat_id] = waiting.update_id
            return
        await self._room.acquire()
        if waiting.chat_id is None:
            line = self._background.start(self._answering.see_through(waiting.update_id))
        else:
            self._newest[waiting.chat_id] = waiting.update_id
            line = self._background.start(self._answer_all(waiting.chat_id, waiting.update_id))
        line.add_done_callback(lambda _: self._room.release())

    async def _answer_all(self, chat_id: int, update_id: int | None) -> None:
        """Answers one update after the other until the line has none left."""
        try:
            while update_id is not None and not self._background.is_draining:
                async with self._order.turn_of(chat_id):
                    await self._answering.see_through(update_id)
                update_id = await self._next(chat_id, update_id)
        finally:
            del self._newest[chat_id]

    async def _next(self, chat_id: int, last: int) -> int | None:
        """The update that stands next in the line; None if `last` was its end."""
        while last < (newest := self._newest[chat_id]):
            try:
                if found := await self._inbox.next_waiting(chat_id, last, newest):
                    return found
                last = newest
            except StorageError as error:
                logger.warning("A chat's next update is looked for again: %s", error)
                if await self._background.is_draining_within(PAUSE_SECONDS):
                    return None
        return None
