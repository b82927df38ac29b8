"""Sees each update through: until it is answered, or the user is told that it failed."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot

from bot import texts
from bot.background import Background
from bot.database import StorageError
from bot.delivery import Delivery
from bot.handlers.errors import reply
from bot.inbox import Inbox
from bot.logs import about_update
from bot.metrics import Metrics, Outcome
from bot.questions import Asked, Question, Questions
from bot.refusals import takes_no_answer, wait_seconds, will_pass

logger = logging.getLogger(__name__)

MAX_RUNNING = 256
"""Chats that are answered at the same time."""
ALBUM_LOOK_SECONDS = 0.25
"""So often it is looked whether more photos of an album have come."""
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

    def __init__(  # noqa: PLR0913 - each is a part with a job of its own
        self,
        application: BotApplication,
        inbox: Inbox,
        questions: Questions,
        delivery: Delivery,
        background: Background,
        *,
        report: Callable[[Exception, int], Coroutine[Any, Any, None]],
        metrics: Metrics,
    ) -> None:
        self._application = application
        self._inbox = inbox
        self._questions = questions
        self._delivery = delivery
        self._background = background
        self._report = report
        self._metrics = metrics
        self._running = asyncio.Semaphore(MAX_RUNNING)
        self._errors: dict[int, Exception] = {}  # of the updates that are being handled
        application.add_error_handler(self._keep_error)

    async def _keep_error(self, asked: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        # The library takes errors out of `process_update`; here they are put back.
        if isinstance(asked, Asked) and context.error:
            self._errors[asked.update_id] = context.error

    async def see_through(
        self,
        update_id: int,
        *,
        alone: Collection[int],
        instead: str | None = None,
        awaits_album: Callable[[], bool] = lambda: False,
    ) -> Collection[int]:
        """Answers an update, however often that has to be tried; a stop leaves it in the inbox.

        Args:
            alone: updates that are answered by themselves, though they be of an album.
            instead: a sentence to reply with, in place of what the handlers would; "" for none.
            awaits_album: whether to wait while more photos of its album may come.

        Returns:
            All updates that have their answer by it.
        """
        with about_update(update_id):
            return await self._see_through(update_id, alone, instead, awaits_album)

    async def _see_through(
        self,
        update_id: int,
        alone: Collection[int],
        instead: str | None,
        awaits_album: Callable[[], bool],
    ) -> Collection[int]:
        pause = FIRST_PAUSE_SECONDS
        failure: Exception | None = None  # the last one that counted
        tried: Collection[int] = ()
        while not self._background.is_draining:
            seconds = pause
            try:
                async with self._running:
                    question = await self._questions.of(update_id, alone)
                    if question is None:
                        # If tried: it was closed then, and only the word of it did not come back.
                        return tried
                    is_due = not (question.may_grow and awaits_album())
                    if is_due:
                        tried = question.update_ids
                        failure = await self._tried(question, instead, failure)
                        if failure is None:
                            return question.update_ids
                if not is_due:
                    await self._background.is_draining_within(ALBUM_LOOK_SECONDS)
                    continue
            except RetryAfter as flood:
                seconds = wait_seconds(flood)
            except (TelegramError, StorageError) as error:
                logger.warning("Update %d is tried again: %s", update_id, error)
            except Exception:
                logger.critical("Update %d is left for the next start.", update_id, exc_info=True)
                return ()
            await self._background.is_draining_within(seconds)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return ()

    async def _tried(
        self, question: Question, instead: str | None, last: Exception | None
    ) -> Exception | None:
        """Begins an answer; None if it came to its end, else by what it failed.

        Args:
            last: by what the last try failed.

        Raises:
            TelegramError: for a reason that will pass.
            StorageError: the database is away, so a failure can't be noted and is none. One that
                can be noted counts, though it be a StorageError: the rest of the database works.
        """
        try:
            await self._answer(question, instead, last)
        except Exception as error:
            await self._inbox.put_back(question.update_ids)
            if will_pass(error) and question.age < PATIENCE:
                raise
            logger.exception("Update %d failed.", question.update_ids[0])
            await self._inbox.count_failure(question.update_ids)
            return _without_frames(error)
        except asyncio.CancelledError:
            # At a kill this line is not reached: an update that ends the process is counted.
            await self._inbox.put_back(question.update_ids)
            raise
        return None

    async def _answer(
        self, question: Question, instead: str | None, last: Exception | None
    ) -> None:
        asked = question.asked
        try:
            if not await self._delivery.resume(question):
                await self._reply(question, asked, instead, last)
        except TelegramError as refusal:
            if not takes_no_answer(refusal):
                raise
            logger.info("Update %d: the chat takes no answer (%s).", asked.update_id, refusal)
        if not self._delivery.has_closed:
            close = self._inbox.bury if question.is_given_up else self._inbox.finish
            await close(question.update_ids)
        outcome = Outcome.ANSWERED if instead is None else Outcome.TURNED_AWAY
        if question.is_given_up:
            outcome = Outcome.GIVEN_UP
            self._background.start(self._report(last or AnswerCutOff(), asked.update_id))
        self._metrics.done_with(asked, len(question.update_ids), outcome)
        logger.debug("Answered: %s.", outcome)

    async def _reply(
        self, question: Question, asked: Asked, instead: str | None, last: Exception | None
    ) -> None:
        if question.is_given_up:
            why = type(last) if last else AnswerCutOff
            await reply(asked, self._delivery, texts.FAILURES.get(why, texts.FAILED))
            return
        await self._inbox.begin(question.update_ids)
        if instead is None:
            await self._have_handled(asked)
        elif instead:
            await reply(asked, self._delivery, instead)

    async def _have_handled(self, asked: Asked) -> None:
        try:
            await self._application.process_update(asked)
        finally:
            error = self._errors.pop(asked.update_id, None)
        if error:
            raise error


def _without_frames(error: Exception) -> Exception:
    """The same error, which no longer keeps alive what it was raised amid: pictures, mostly."""
    link: BaseException | None = error
    while link and link.__traceback__:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
