"""Updates of one chat one after the other, chats side by side."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakValueDictionary


class ChatOrder:
    """Hands out each chat's turn in the order in which it was asked for."""

    def __init__(self) -> None:
        # A lock lives for as long as someone holds it or waits for it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def turn_of(self, chat_id: int | None) -> AbstractAsyncContextManager[None]:
        """Nobody else has this chat's turn inside the block; what is of no chat waits for none."""
        if chat_id is None:
            return nullcontext()
        # asyncio's locks are fair: they are taken in the order in which they were asked for.
        return self._locks.setdefault(chat_id, asyncio.Lock())
