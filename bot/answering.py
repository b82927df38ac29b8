"""Sees each update through: until it is answered, or the user is told that it failed."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot

from bot.chat_order import ChatOrder
from bot.database import StorageError
from bot.delivery import Delivery
from bot.handlers.errors import apologise, report
from bot.inbox import Entry, Inbox, Waiting

logger = logging.getLogger(__name__)

MAX_PENDING = 1000
"""Updates accepted and not answered; beyond, Telegram keeps the rest until there is room."""
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
    """Answers updates of the inbox in the background, from `submit` until `drain`."""

    def __init__(
        self,
        application: BotApplication,
        inbox: Inbox,
        delivery: Delivery,
        *,
        admin_ids: frozenset[int],
    ) -> None:
        self._application = application
        self._inbox = inbox
        self._delivery = delivery
        self._admin_ids = admin_ids
        self._order = ChatOrder()
        self._room = asyncio.Semaphore(MAX_PENDING)
        self._running = asyncio.Semaphore(MAX_RUNNING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()
        self._errors: dict[int, Exception] = {}  # the last one of an update that failed
        application.add_error_handler(self._keep_error)

    async def submit(self, waiting: Waiting) -> None:
        """Begins to answer an update as soon as its chat has the turn; waits for room."""
        await self._room.acquire()
        self._start(self._see_through(waiting)).add_done_callback(lambda _: self._room.release())

    async def drain(self, seconds: float) -> None:
        """Gives what was submitted so many seconds; the rest stays in the inbox."""
        self._draining.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            logger.warning("%d answers were not finished in time.", len(left))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.critical("An update is left for the next start.", exc_info=error)

    async def _keep_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        # The library takes errors out of `process_update`; here they are put back.
        if isinstance(update, Update) and context.error:
            self._errors[update.update_id] = context.error

    async def _see_through(self, waiting: Waiting) -> None:
        pause = FIRST_PAUSE_SECONDS
        async with self._order.turn_of(waiting.chat_id):
            while True:
                seconds = pause
                try:
                    async with self._running:
                        if await self._tried(waiting.update_id):
                            return
                except RetryAfter as flood:
                    seconds = wait_seconds(flood)
                except (TelegramError, StorageError) as error:
                    logger.warning("Update %d is tried again: %s", waiting.update_id, error)
                if await self._is_draining_within(seconds):
                    return
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _is_draining_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._draining.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _tried(self, update_id: int) -> bool:
        """Begins an answer; whether it came to its end, or is to be tried again.

        Raises:
            TelegramError, StorageError: for a reason that will pass.
        """
        entry = await self._inbox.look_up(update_id)
        try:
            await self._answer(entry)
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

    async def _answer(self, entry: Entry) -> None:
        update = Update.de_json(json.loads(entry.raw), self._application.bot)
        try:
            if not await self._delivery.resume(entry):
                if entry.is_given_up:
                    await self._give_up(update)
                    return
                await self._inbox.begin(entry.update_id)
                self._errors.pop(entry.update_id, None)
                await self._application.process_update(update)
                if error := self._errors.pop(entry.update_id, None):
                    raise error
        except Forbidden as refusal:
            logger.info("Update %d: the chat takes no answer (%s).", entry.update_id, refusal)
        await self._inbox.finish(entry.update_id)

    async def _give_up(self, update: Update) -> None:
        error = self._errors.get(update.update_id) or AnswerCutOff()
        await apologise(update, self._delivery, error)
        await self._inbox.bury(update.update_id)
        self._errors.pop(update.update_id, None)
        bot = self._application.bot
        self._start(report(bot, self._order, self._admin_ids, error, update.update_id))


def _will_pass(error: Exception) -> bool:
    return isinstance(error, TelegramError) and not isinstance(error, BadRequest)


def wait_seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    span = flood.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
