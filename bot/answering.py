"""Sees each update through: until it is answered, or the user is told that it failed."""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot

from bot import texts
from bot.background import Background
from bot.database import StorageError
from bot.delivery import Delivery
from bot.handlers.errors import reply
from bot.inbox import Entry, Inbox

logger = logging.getLogger(__name__)

MAX_RUNNING = 256
"""Chats that are answered at the same time."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
PATIENCE = timedelta(hours=24)
"""So long Telegram may be out of reach before that counts as a failure: Telegram itself keeps
an update no longer."""

BotApplication = Application[
    ExtBot[None], ContextTypes.DEFAULT_TYPE, dict[Any, Any], dict[Any, Any], dict[Any, Any], None
]


class AnswerCutOff(Exception):
    """The process ended in the midst of this answer, again and again."""


class Answering:
    """Answers single updates of the inbox.

    Args:
        report: tells the admins of an update that failed.
    """

    def __init__(
        self,
        application: BotApplication,
        inbox: Inbox,
        delivery: Delivery,
        background: Background,
        *,
        report: Callable[[Exception, int], Coroutine[Any, Any, None]],
    ) -> None:
        self._application = application
        self._inbox = inbox
        self._delivery = delivery
        self._background = background
        self._report = report
        self._running = asyncio.Semaphore(MAX_RUNNING)
        self._errors: dict[int, Exception] = {}  # the last one of an update that failed
        application.add_error_handler(self._keep_error)

    async def _keep_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        # The library takes errors out of `process_update`; here they are put back.
        if isinstance(update, Update) and context.error:
            self._errors[update.update_id] = context.error

    async def see_through(self, update_id: int, instead: str | None = None) -> None:
        """Answers an update, however often that has to be tried; a stop leaves it in the inbox.

        Args:
            instead: a sentence to reply with, in place of what the handlers would; "" for none.
        """
        pause = FIRST_PAUSE_SECONDS
        while True:
            seconds = pause
            try:
                async with self._running:
                    if await self._tried(update_id, instead):
                        return
            except RetryAfter as flood:
                seconds = wait_seconds(flood)
            except (TelegramError, StorageError) as error:
                logger.warning("Update %d is tried again: %s", update_id, error)
            except Exception:
                logger.critical("Update %d is left for the next start.", update_id, exc_info=True)
                return
            if await self._background.is_draining_within(seconds):
                return
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _tried(self, update_id: int, instead: str | None) -> bool:
        """Begins an answer; whether it came to its end, or is to be tried again.

        Raises:
            TelegramError, StorageError: for a reason that will pass.
        """
        entry = await self._inbox.look_up(update_id)
        try:
            await self._answer(entry, instead)
        except Exception as error:
            await self._inbox.put_back(update_id)
            if _will_pass(error) and entry.age < PATIENCE:
                raise
            logger.exception("Update %d failed.", update_id)
            self._errors[update_id] = error
            await self._inbox.count_failure(update_id)
            return False
        except asyncio.CancelledError:
            # At a kill this line is not reached: an update that ends the process is counted.
            await self._inbox.put_back(update_id)
            raise
        return True

    async def _answer(self, entry: Entry, instead: str | None) -> None:
        update = Update.de_json(json.loads(entry.raw), self._application.bot)
        try:
            if not await self._delivery.resume(entry):
                if entry.is_given_up:
                    await self._give_up(update)
                    return
                await self._inbox.begin(entry.update_id)
                if instead is None:
                    await self._have_handled(update)
                elif instead:
                    await reply(update, self._delivery, instead)
        except Forbidden as refusal:
            logger.info("Update %d: the chat takes no answer (%s).", entry.update_id, refusal)
        await self._inbox.finish(entry.update_id)

    async def _have_handled(self, update: Update) -> None:
        self._errors.pop(update.update_id, None)
        await self._application.process_update(update)
        if error := self._errors.pop(update.update_id, None):
            raise error

    async def _give_up(self, update: Update) -> None:
        await reply(update, self._delivery, texts.FAILED)
        await self._inbox.bury(update.update_id)
        error = self._errors.pop(update.update_id, AnswerCutOff())
        self._background.start(self._report(error, update.update_id))


def _will_pass(error: Exception) -> bool:
    return isinstance(error, TelegramError) and not isinstance(error, BadRequest)


def wait_seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    span = flood.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
