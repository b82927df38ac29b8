"""What admins alone may ask. To everyone else these commands are unknown, like any other."""

import time

from telegram import Message

from bot import texts
from bot.delivery import Delivery
from bot.handlers.routes import Route, private_command
from bot.inbox import Inbox
from bot.inference import Reader
from bot.resident_memory import resident_bytes, with_children


class Admin:
    """Answers those of ADMIN_IDS, in their private chats."""

    def __init__(
        self, admin_ids: frozenset[int], inbox: Inbox, reader: Reader, delivery: Delivery
    ) -> None:
        self._admin_ids = admin_ids
        self._inbox = inbox
        self._reader = reader
        self._delivery = delivery
        self._started = time.monotonic()

    def routes(self) -> list[Route]:
        return [private_command("health", self._health, self._admin_ids)]

    async def _health(self, message: Message) -> None:
        text = texts.health(
            self._reader,
            await self._inbox.counts(),
            resident_bytes(with_children()),
            time.monotonic() - self._started,
        )
        await self._delivery.once(message.reply_text, text)
