"""A sentence to the user where there is no other answer."""

import logging

from telegram.error import BadRequest, TelegramError

from bot.delivery import Delivery
from bot.questions import Asked
from bot.refusals import takes_no_answer

logger = logging.getLogger(__name__)


async def reply(asked: Asked, delivery: Delivery, sentence: str) -> None:
    """Answers with a sentence that says why there is no other answer.

    Raises:
        TelegramError, StorageError: the sentence could not be sent now, but may be later.
    """
    if asked.effective_message:
        try:
            await delivery.once(asked.effective_message.reply_text, sentence, do_quote=True)
        except TelegramError as error:
            if not (takes_no_answer(error) or isinstance(error, BadRequest)):
                raise
            logger.warning(
                "Update %d: the sentence in place of an answer was refused: %s",
                asked.update_id,
                error,
            )
