"""Each chat's line: its updates are answered one after the other, chats side by side.

The inbox is the queue. In memory a chat that waits has a task and a number, however many updates
it sent: one chat's flood fills neither the memory nor the room of the others.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bot import texts
from bot.answering import Answering
from bot.background import Background
from bot.chat_order import ChatOrder
from bot.database import StorageError
from bot.delivery import CATCH_UP_SECONDS
from bot.inbox import Inbox, Waiting
from bot.quota import Arrival, PhotoQuota

logger = logging.getLogger(__name__)

MAX_LINES = 1000
"""Chats that wait for an answer; Telegram keeps the updates of more until there is room."""
PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class _Line:
    """A chat's updates that wait: those in the inbox after one and up to another."""

    after: int  # the last one taken
    newest: int
    photos: set[int] = field(default_factory=set)  # put in since, and not known to be over

    def add(self, waiting: Waiting) -> None:
        update_id = waiting.update_id
        self.newest = max(self.newest, update_id)
        # To a webhook Telegram brings presses of buttons beside messages, so one may overtake.
        self.after = min(self.after, update_id - 1)
        if waiting.photographer is not None:
            self.photos.add(update_id)


class Lines:
    """Has the updates of the inbox answered in the background."""

    def __init__(
        self,
        answering: Answering,
        inbox: Inbox,
        quota: PhotoQuota,
        order: ChatOrder,
        background: Background,
    ) -> None:
        self._answering = answering
        self._inbox = inbox
        self._quota = quota
        self._order = order
        self._background = background
        self._room = asyncio.Semaphore(MAX_LINES)
        self._lines: dict[int, _Line] = {}  # by chat
        self._beside: set[int] = set()  # updates that do not stand in their chat's line

    @property
    def num_lines(self) -> int:
        """Chats that wait for an answer, or get one."""
        return len(self._lines)

    @property
    def are_full(self) -> bool:
        """Whether more updates are better left with Telegram: they would have to wait here."""
        return self._room.locked()

    async def take_up(self) -> None:
        """Submits what an earlier run left in the inbox, the oldest first.

        Raises:
            StorageError: it can't be read.
        """
        async for waiting in self._inbox.waiting():
            await self.submit(waiting)

    async def submit(self, waiting: Waiting) -> None:
        """Puts an update at the end of its chat's line; waits for room where that begins one.

        A photo too many does not stand in line: the person is to hear of it before sending more.
        """
        update_id, chat_id = waiting.update_id, waiting.chat_id
        arrival = self._quota.arrived(update_id, waiting.photographer, chat_id)
        if arrival is not Arrival.LET_IN:
            # At once: while this waits for room, no other photo's answer must take it along.
            self._beside.add(update_id)
        elif chat_id in self._lines:
            self._lines[chat_id].add(waiting)
            return
        elif chat_id is not None:
            # At once, too: what comes while this waits for room stands behind it.
            self._lines[chat_id] = _Line(update_id, update_id)
        await self._room.acquire()
        work = self._work(update_id, chat_id, arrival)
        self._background.start(work).add_done_callback(lambda _: self._room.release())

    def _work(
        self, update_id: int, chat_id: int | None, arrival: Arrival
    ) -> Coroutine[Any, Any, None]:
        if arrival is Arrival.TURNED_AWAY:
            return self._turn_away(update_id, chat_id)
        if arrival is Arrival.LEFT_OUT:
            return self._leave_out(update_id)
        if chat_id is None:
            return self._answer(update_id, None)
        return self._answer_all(chat_id, update_id)

    async def _answer_all(self, chat_id: int, update_id: int | None) -> None:
        """Answers one update after the other until the line has none left."""
        line = self._lines[chat_id]
        try:
            while update_id is not None and not self._background.is_draining:
                await self._answer(update_id, chat_id)
                update_id = await self._next(chat_id, line)
        finally:
            del self._lines[chat_id]

    async def _answer(self, update_id: int, chat_id: int | None) -> None:
        # Not in the chat's turn: so whoever sends too many meanwhile is told at once.
        while seconds := self._quota.seconds_to_wait(update_id):
            if await self._background.is_draining_within(seconds):
                return
        self._quota.begin(update_id)
        async with self._order.turn_of(chat_id):
            answered = await self._answering.see_through(
                update_id, alone=self._beside, awaits_album=self._album_patience()
            )
        self._quota.end(update_id)
        for other in set(answered) - {update_id}:
            self._quota.begin(other)
            self._quota.end(other)

    def _album_patience(self) -> Callable[[], bool]:
        """Whether to wait on for the photos of an album that have not come yet."""
        first_asked: float | None = None

        def is_left() -> bool:
            nonlocal first_asked
            first_asked = first_asked or time.monotonic()
            # Without room no more are fetched, so there is nothing to wait for.
            return not self._room.locked() and time.monotonic() < first_asked + CATCH_UP_SECONDS

        return is_left

    async def _turn_away(self, update_id: int, chat_id: int | None) -> None:
        sentence = texts.too_many_photos(self._quota.max_waiting, self._quota.per_minute)
        async with self._order.turn_of(chat_id):
            await self._answering.see_through(update_id, alone=self._beside, instead=sentence)
        self._beside.discard(update_id)

    async def _leave_out(self, update_id: int) -> None:
        await self._answering.see_through(update_id, alone=self._beside, instead="")
        self._beside.discard(update_id)

    async def _next(self, chat_id: int, line: _Line) -> int | None:
        """Takes the oldest update from the line; None if that has none, or at a stop."""
        while line.after < line.newest:
            after, newest = line.after, line.newest
            # At once: if one that was overtaken comes while the inbox is asked, it lowers this.
            line.after = newest
            photos = frozenset(line.photos)
            try:
                found = await self._inbox.next_waiting(chat_id, after, newest)
            except StorageError as error:
                line.after = min(line.after, after)
                logger.warning("A chat's next update is looked for again: %s", error)
                if await self._background.is_draining_within(PAUSE_SECONDS):
                    return None
                continue
            # Some were answered along with another before they came into line.
            over = photos if found is None else {photo for photo in photos if photo < found}
            for photo in over:
                self._quota.end(photo)
            line.photos -= over
            if found is None:
                continue
            line.after = min(line.after, found)
            if found not in self._beside:
                return found
        return None
