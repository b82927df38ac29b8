"""The life of the application: wait for Telegram, poll, stop without losing what was begun."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot, Updater

from bot import texts

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
LONGEST_RETRY_SECONDS = 30.0

BotApplication = Application[
    ExtBot[None], ContextTypes.DEFAULT_TYPE, dict[Any, Any], dict[Any, Any], dict[Any, Any], None
]


@asynccontextmanager
async def polling(application: BotApplication) -> AsyncIterator[None]:
    """The application answers inside the block; at its end, what was begun is finished.

    Raises:
        InvalidToken: Telegram refuses the token.
    """
    # The builder makes an updater unless told not to.
    updater = cast(Updater, application.updater)
    try:
        await _initialize_when_reachable(application)
        await _set_command_menu(application)
        await updater.start_polling(
            allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1, error_callback=_log_poll_fault
        )
        await application.start()
        yield
    finally:
        if updater.running:
            await updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        # An application that was never fully initialized leaves its bot's connections open.
        await application.bot.shutdown()


async def _initialize_when_reachable(application: BotApplication) -> None:
    """Tries again until Telegram answers: a machine may start before its network does."""
    seconds = 1.0
    while True:
        try:
            return await application.initialize()
        except InvalidToken:
            raise
        except TelegramError as error:
            logger.warning("Telegram can't be reached (%s); next try in %.0f s.", error, seconds)
        await asyncio.sleep(seconds)
        seconds = min(2 * seconds, LONGEST_RETRY_SECONDS)


async def _set_command_menu(application: BotApplication) -> None:
    try:
        await application.bot.set_my_commands(texts.COMMANDS)
    except TelegramError as error:
        # The commands work without the menu, and the next start sets it.
        logger.warning("The command menu was not set: %s", error)


def _log_poll_fault(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error(
            "Another process fetches updates with the same token, so each gets only some of "
            "them. Stop the other one, or make a second bot with @BotFather. (%s)",
            error,
        )
    else:
        logger.warning("Updates could not be fetched (%s); trying again.", error)
