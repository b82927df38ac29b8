"""What admins are told unasked: of an update that failed, and of photos that can't be read."""

import asyncio
import logging

from telegram import Bot
from telegram.error import TelegramError

from bot import texts
from bot.chat_order import ChatOrder
from bot.message_ids import MessageIds

logger = logging.getLogger(__name__)


class AdminNotices:
    """Tells admins of what they must see to."""

    def __init__(
        self, bot: Bot, order: ChatOrder, message_ids: MessageIds, admin_ids: frozenset[int]
    ) -> None:
        self._bot = bot
        self._order = order
        self._message_ids = message_ids
        self._admin_ids = admin_ids

    async def report(self, error: Exception, update_id: int) -> None:
        """Tells each of an update that failed."""
        await self.tell(texts.admin_report(error, update_id))

    async def tell(self, sentence: str) -> None:
        """Tells each; one who can't be told is logged, no more."""
        # Beside each other: one who waits for an answer is told after it, and holds up nobody.
        await asyncio.gather(
            *(self._tell(admin_id, sentence) for admin_id in sorted(self._admin_ids))
        )

    async def _tell(self, admin_id: int, sentence: str) -> None:
        # In their turn: bot/delivery.py takes what is sent meanwhile for the chat's answer.
        async with self._order.turn_of(admin_id):
            try:
                message = await self._bot.send_message(admin_id, sentence)
            except TelegramError as refusal:
                logger.warning("Admin %d could not be told: %s", admin_id, refusal)
            else:
                # It is no answer, so none is looked for before it.
                self._message_ids.note(admin_id, message.message_id)
