"""When there is no answer: the user gets a sentence, the admins hear of failures."""

import logging

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import texts
from bot.chat_order import ChatOrder
from bot.delivery import Delivery
from bot.questions import Asked

logger = logging.getLogger(__name__)


async def reply(asked: Asked, delivery: Delivery, sentence: str) -> None:
    """Answers with a sentence that says why there is no other answer.

    Raises:
        TelegramError, StorageError: the sentence could not be sent now, but may be later.
    """
    if asked.effective_message:
        try:
            await delivery.once(asked.effective_message.reply_text, sentence, do_quote=True)
        except (BadRequest, Forbidden) as error:
            logger.warning(
                "Update %d: the sentence in place of an answer was refused: %s",
                asked.update_id,
                error,
            )


async def report(
    bot: Bot, order: ChatOrder, admin_ids: frozenset[int], error: Exception, update_id: int
) -> None:
    """Tells each admin of an update that failed."""
    await tell_admins(bot, order, admin_ids, texts.admin_report(error, update_id))


async def tell_admins(
    bot: Bot, order: ChatOrder, admin_ids: frozenset[int], sentence: str
) -> None:
    """Tells each admin; one who can't be told is logged, no more."""
    for admin_id in sorted(admin_ids):
        # In their turn: bot/delivery.py takes what is sent meanwhile for the chat's answer.
        async with order.turn_of(admin_id):
            try:
                await bot.send_message(admin_id, sentence)
            except TelegramError as refusal:
                logger.warning("Admin %d could not be told: %s", admin_id, refusal)
