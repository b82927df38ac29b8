"""Sends no faster than Telegram takes it, in one chat and over all; no chat waits for another's.

Not with the library's AIORateLimiter: it has no limit for a private chat, lets twice its rate
through after a quiet minute, and stops all chats when Telegram asks one to wait. Telegram lets
short bursts pass, too, but "eventually" answers 429 (core.telegram.org/bots/faq), which costs
more seconds than the burst saved. So an answer goes out at once if its chat had none within the
last second, and waits for the rest of that second if not.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from telegram.constants import FloodLimit
from telegram.ext import BaseRateLimiter

ChatId = int | str | None

_has_place: ContextVar[bool] = ContextVar("has_place", default=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many messages in any stretch of so many seconds."""

    num_messages: int
    seconds: float
    # Between the calls' beginnings, or else from the end of one to the beginning of another: a
    # call that is held up on its way may meet the next one there. That matters where one is the
    # limit. Among many it evens out, and would cost messages: 30 / (1 s + the time of a call).
    between_beginnings: bool = False


IN_CHAT = Limit(FloodLimit.MESSAGES_PER_SECOND_PER_CHAT, 1.0)
IN_GROUP = Limit(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP, 60.0)  # besides IN_CHAT
OVER_ALL = Limit(FloodLimit.MESSAGES_PER_SECOND, 1.0, between_beginnings=True)
LONGEST_CALL_SECONDS = 5.0
"""A call that takes longer hangs, and keeps its place no longer: others need it."""
LATENESS = 0.02
"""So many seconds late a busy event loop may begin a call without all later ones being late, so a
stretch may be shorter by that."""


class Places(asyncio.Semaphore):
    """The messages that a limit allows; whoever waits longest comes first."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.num_messages)
        self._limit = limit
        # Since when each free place is free, by the loop's clock.
        self._free_since = deque([0.0] * limit.num_messages)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[Callable[[], None]]:
        """Takes a place for a call in the block; it is free again as the limit says.

        Yields:
            what is to be called as the call begins. Without, nothing was sent.
        """
        await self.acquire()
        place = _Place(self._limit, self._free_since.popleft(), self._free)
        try:
            yield place.begin
        finally:
            place.end()

    def _free(self, since: float) -> None:
        self._free_since.append(since)
        self.release()


class _Place:
    """One that is taken.

    Args:
        free_since: when it could have been used first.
        free: gives it back, as from a time.
    """

    def __init__(self, limit: Limit, free_since: float, free: Callable[[float], None]) -> None:
        self._limit = limit
        self._began = free_since
        self._free = free
        self._at_last: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._began + LATENESS:
            self._began = loop.time()
        at_last = self._began + LONGEST_CALL_SECONDS + self._limit.seconds
        self._at_last = loop.call_at(at_last, self._free, at_last)

    def end(self) -> None:
        if self._at_last is None:  # it never began
            self._free(self._began)
            return
        loop = asyncio.get_running_loop()
        since = self._began if self._limit.between_beginnings else loop.time()
        free_at = since + self._limit.seconds
        if max(free_at, loop.time()) < self._at_last.when():
            self._at_last.cancel()
            loop.call_at(free_at, self._free, free_at)


class Pacing(BaseRateLimiter[None]):
    """Makes each message wait for its place, whoever sends it.

    The library asks `process_request` at each call; `place` is for who wants to wait beforehand.
    """

    def __init__(self) -> None:
        # A chat's places live for as long as someone waits for one or one is not free again.
        self._chats: WeakValueDictionary[ChatId, Places] = WeakValueDictionary()
        self._groups: WeakValueDictionary[ChatId, Places] = WeakValueDictionary()
        self._over_all = Places(OVER_ALL)

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    @asynccontextmanager
    async def place(self, chat_id: ChatId) -> AsyncIterator[Callable[[], None]]:
        """Waits until a message may be sent to this chat, and lets one pass inside the block.

        Yields:
            what is to be called just before it is sent.
        """
        async with AsyncExitStack() as stack:
            # The common ones last, so that nobody holds one while waiting for a chat.
            begins = [
                await stack.enter_async_context(places.taken())
                for places in (*self._places_of(chat_id), self._over_all)
            ]

            def begin() -> None:
                for begin_at in begins:
                    begin_at()

            token = _has_place.set(True)
            try:
                yield begin
            finally:
                _has_place.reset(token)

    async def process_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002 - likewise
    ) -> Any:
        """Makes a call of the Bot API, in time; what Telegram answers is for the caller."""
        if _has_place.get() or not _is_message(endpoint):
            return await callback(*args, **kwargs)
        async with self.place(data.get("chat_id")) as begin:
            begin()
            return await callback(*args, **kwargs)

    def _places_of(self, chat_id: ChatId) -> list[Places]:
        in_chat = self._chats.setdefault(chat_id, Places(IN_CHAT))
        if not _is_group(chat_id):
            return [in_chat]
        return [self._groups.setdefault(chat_id, Places(IN_GROUP)), in_chat]


def _is_message(endpoint: str) -> bool:
    return endpoint.startswith(("send", "forward", "copy")) and endpoint != "sendChatAction"


def _is_group(chat_id: ChatId) -> bool:
    # Telegram numbers groups and channels below 0; a text is the @name of one.
    return isinstance(chat_id, str) or (chat_id is not None and chat_id < 0)
