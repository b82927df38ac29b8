"""When an answer fails: the user gets a sentence, the log the trace, the admins a note."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot import texts

logger = logging.getLogger(__name__)


def error_handler(
    admin_ids: frozenset[int],
) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """The handler of whatever an answer raised; a failure to tell of it is logged, no more."""

    async def handle(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if not isinstance(update, Update) or error is None:
            logger.error("An error outside any update.", exc_info=error)
            return
        if isinstance(error, Forbidden):
            logger.info("Update %d: the chat takes no answer (%s).", update.update_id, error)
            return
        logger.error("Update %d failed.", update.update_id, exc_info=error)
        if update.effective_message:
            await _tell(update.effective_message.reply_text(texts.FAILED, do_quote=True))
        report = texts.admin_report(error, update.update_id)
        for admin_id in sorted(admin_ids):
            await _tell(context.bot.send_message(admin_id, report))

    return handle


async def _tell(sending: Awaitable[object]) -> None:
    try:
        await sending
    except TelegramError as error:
        logger.warning("Could not tell of the failure: %s", error)
