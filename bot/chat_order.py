"""Updates of one chat one after the other, chats side by side."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor


class ChatOrder(BaseUpdateProcessor):
    """Starts an update when all earlier ones of its chat are done, so answers keep their order.

    Args:
        max_running: how many chats are answered at the same time.
    """

    def __init__(self, max_running: int) -> None:
        # The base class would count updates that wait for their chat, too, so that one chat
        # with a backlog could hold up all others.
        super().__init__(max_concurrent_updates=sys.maxsize)
        self._running = asyncio.Semaphore(max_running)
        # A lock lives for as long as an update holds it or waits for it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        # asyncio's locks are fair: they are taken in the order in which they were asked for.
        lock = self._locks.setdefault(chat.id, asyncio.Lock()) if chat else asyncio.Lock()
        async with lock, self._running:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free."""
