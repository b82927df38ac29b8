"""Sends no faster than Telegram takes it, in one chat and over all; no chat waits for another's.

Not with the library's AIORateLimiter: it has no limit for a private chat, lets twice its rate
through after a quiet minute, and stops all chats when Telegram asks one to wait. Telegram lets
short bursts pass, too, but "eventually" answers 429 (core.telegram.org/bots/faq), which costs
more seconds than the burst saved. So an answer goes out at once if its chat had none within the
last second, and waits for the rest of that second if not.
"""

import asyncio
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


IN_CHAT = Limit(FloodLimit.MESSAGES_PER_SECOND_PER_CHAT, 1.0)
IN_GROUP = Limit(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP, 60.0)  # besides IN_CHAT
OVER_ALL = Limit(FloodLimit.MESSAGES_PER_SECOND, 1.0)
LONGEST_CALL_SECONDS = 5.0
"""A call that takes longer hangs, and keeps its place no longer: others need it."""


class Places(asyncio.Semaphore):
    """The messages that a limit allows; whoever waits longest comes first."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.num_messages)
        self._seconds = limit.seconds

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Takes a place; it is free again so many seconds after the call in the block.

        After its end, since a call that is held up on its way may meet the next ones there.
        """
        await self.acquire()
        loop = asyncio.get_running_loop()
        at_last = loop.call_later(LONGEST_CALL_SECONDS + self._seconds, self.release)
        try:
            yield
        finally:
            if at_last.when() > loop.time() + self._seconds:
                at_last.cancel()
                loop.call_later(self._seconds, self.release)


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
    async def place(self, chat_id: ChatId) -> AsyncIterator[None]:
        """Waits until a message may be sent to this chat, and lets one pass inside the block."""
        async with AsyncExitStack() as stack:
            # The common ones last, so that nobody holds one while waiting for a chat.
            for places in (*self._places_of(chat_id), self._over_all):
                await stack.enter_async_context(places.taken())
            token = _has_place.set(True)
            try:
                yield
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
        async with self.place(data.get("chat_id")):
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
