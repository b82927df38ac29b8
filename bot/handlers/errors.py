"""When an answer fails for good: the user gets a sentence, the admins a note."""

import logging

from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import texts
from bot.chat_order import ChatOrder
from bot.delivery import Delivery

logger = logging.getLogger(__name__)


async def apologise(update: Update, delivery: Delivery, error: Exception) -> None:
    """Answers the update with a sentence that says that it failed by this error.

    Raises:
        TelegramError, StorageError: the sentence could not be sent now, but may be later.
    """
    if update.effective_message:
        text = texts.FAILURES.get(type(error), texts.FAILED)
        try:
            await delivery.once(update.effective_message.reply_text, text, do_quote=True)
        except (BadRequest, Forbidden) as refusal:
            logger.warning(
                "Update %d: could not tell of the failure: %s", update.update_id, refusal
            )


async def report(
    bot: Bot, order: ChatOrder, admin_ids: frozenset[int], error: Exception, update_id: int
) -> None:
    """Tells each admin; one who can't be told is logged, no more."""
    for admin_id in sorted(admin_ids):
        # In their turn: bot/delivery.py takes what is sent meanwhile for the chat's answer.
        async with order.turn_of(admin_id):
            try:
                await bot.send_message(admin_id, texts.admin_report(error, update_id))
            except TelegramError as refusal:
                logger.warning("Admin %d could not be told: %s", admin_id, refusal)
