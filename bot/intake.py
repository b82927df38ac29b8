"""How updates come in: what fetching them and being brought them have in common."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Never, Protocol

from telegram import Update
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.database import StorageError
from bot.inbox import Inbox
from bot.lines import Lines
from bot.refusals import wait_seconds

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
LONGEST_RETRY_SECONDS = 30.0
PRUNE_EVERY_SECONDS = 3600.0


class Intake(Protocol):
    """Has updates committed to the inbox before Telegram hears that they were received."""

    caught_up: asyncio.Event
    """Set while Telegram has no more than is in the inbox, as far as is known."""

    @property
    def fault(self) -> str | None:
        """In a sentence, why no updates come in, if that has lasted too long."""

    @property
    def age_seconds(self) -> float:
        """Since updates could surely come in, or since the start."""

    @property
    def is_up(self) -> bool:
        """Whether updates come in."""

    async def run(self, lines: Lines) -> Never:
        """Has each update answered, the ones left from the last run first.

        Raises:
            InvalidToken: Telegram refuses the token.
            StorageError: the updates left can't be read.
        """


async def reached(call: Callable[[], Awaitable[object]]) -> None:
    """Calls Telegram again until it answers: a machine may start before its network does.

    Raises:
        InvalidToken: Telegram refuses the token.
    """
    pause = 1.0
    while True:
        seconds = pause
        try:
            await call()
        except InvalidToken:
            raise
        except BadRequest as refusal:
            # For good mostly, but not surely: Telegram may not find a host's address for a while.
            logger.error("Telegram refuses: %s. Next try in %.0f s.", refusal, seconds)  # noqa: TRY400
        except TelegramError as error:
            seconds = wait_seconds(error) if isinstance(error, RetryAfter) else pause
            logger.warning("Telegram can't be reached (%s); next try in %.0f s.", error, seconds)
        else:
            return
        await asyncio.sleep(seconds)
        pause = min(2 * pause, LONGEST_RETRY_SECONDS)


async def prune_hourly(inbox: Inbox) -> Never:
    """Forgets again and again what has been kept in the inbox for long enough."""
    while True:
        try:
            await inbox.prune()
        except StorageError as error:
            logger.warning("Old updates are forgotten later. %s", error)
        await asyncio.sleep(PRUNE_EVERY_SECONDS)
