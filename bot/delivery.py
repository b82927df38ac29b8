"""One answer to each question, whatever is cut off in between.

The Bot API can't be told to send a message once: where a call timed out or the process died in
its midst, the message may be there or not. So the inbox notes before each send which message id
was the newest, and after it the answer's own. If the second note is missing, the answer is
looked for before it is sent again: a bot can change only its own messages, and the questions of
a chat are answered one after the other, so the only message of the bot's that follows the noted
id in this chat is the answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Any, ParamSpec

from sqlalchemy import update
from telegram import Bot, Message
from telegram.error import BadRequest, TelegramError

from bot.database import Database
from bot.inbox_row import DEAD, DONE, InboxRow
from bot.message_ids import MessageIds
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.questions import Question
from bot.refusals import sent_nothing

logger = logging.getLogger(__name__)

SEARCH_AHEAD = 8
"""How far beyond the newest message that is known an answer is looked for: others may have
written meanwhile whose updates have not been fetched yet."""
MAX_QUESTIONS = 200
"""Each id costs a call; unknown ids are few, since most belong to messages in the inbox."""

CATCH_UP_SECONDS = 60.0
"""So long a search waits for the updates that Telegram still has: each tells whose an id is."""

NOT_OURS = ("message to edit not found", "message can't be edited", "message_id_invalid")
"""What Telegram says of a message that is not there, or that another one sent."""

P = ParamSpec("P")


@dataclass(slots=True)
class _Open:
    """A question that is being answered."""

    question: Question
    is_closed: bool = False


_open: ContextVar[_Open] = ContextVar("open")


class Delivery:
    """Sends answers, and finds those of which it is not known whether they were sent.

    Args:
        caught_up: set while Telegram has no more updates than have been fetched.
    """

    def __init__(  # noqa: PLR0913 - each is a part with a job of its own
        self,
        bot: Bot,
        database: Database,
        message_ids: MessageIds,
        caught_up: asyncio.Event,
        pacing: Pacing,
        *,
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._database = database
        self._message_ids = message_ids
        self._caught_up = caught_up
        self._pacing = pacing
        self._metrics = metrics

    async def resume(self, question: Question) -> bool:
        """Whether this question has its answer already, and is closed; else `once` answers it.

        Raises:
            TelegramError, StorageError: it could not be found out.
        """
        _open.set(_Open(question))
        if question.sent_after is None or question.chat_id is None:
            if question.answer_id is None:
                return False
            await self._close(question, question.answer_id)
            return True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._caught_up.wait(), CATCH_UP_SECONDS)
        if question.answer_id is not None:
            await self._delete_doubles(question.chat_id, question.sent_after, question.answer_id)
            await self._close(question, question.answer_id)
            return True
        limit = self._message_ids.greatest(question.chat_id) + SEARCH_AHEAD
        for message_id in await self._to_ask(question.chat_id, question.sent_after, limit + 1):
            if await self._is_answer(question.chat_id, message_id):
                await self._close(question, message_id)
                return True
        return False

    @property
    def has_closed(self) -> bool:
        """Whether the question that `resume` was told of last has its answer, and is closed."""
        return _open.get().is_closed

    async def once(
        self, send: Callable[P, Awaitable[Message]], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Sends the one answer to the question that is being answered, and closes it by that.

        Raises:
            TelegramError: it was not sent, or not surely; begin again with `resume`.
            StorageError: it can't be noted; likewise.
        """
        question = _open.get().question
        in_doubt = question.sent_after is not None
        try:
            # First the wait, then the note: a stop while it waits leaves no doubt.
            async with self._pacing.place(question.chat_id) as begin:
                if not in_doubt and question.chat_id is not None:
                    # Where none is known, anything there may be older than the question.
                    newest = self._message_ids.greatest(question.chat_id) or None
                    await self._note(question, sent_after=newest, num_starts=0)
                begin()
                message = await send(*args, **kwargs)
        except TelegramError as error:
            if sent_nothing(error) and not in_doubt:
                await self._note(question, sent_after=None)
            raise
        self._metrics.replied(question.asked_at)
        if question.sent_after is not None and question.chat_id is not None:
            await self._note(question, answer_id=message.message_id)
            await self._delete_doubles(question.chat_id, question.sent_after, message.message_id)
        await self._close(question, message.message_id)

    async def _delete_doubles(self, chat_id: int, after: int, answer_id: int) -> None:
        """Takes away an answer that was sent after all, but could not be found in time."""
        for message_id in await self._to_ask(chat_id, after, answer_id):
            if await self._is_answer(chat_id, message_id):
                with suppress(BadRequest):
                    await self._bot.delete_message(chat_id, message_id)

    async def _to_ask(self, chat_id: int, after: int, before: int) -> list[int]:
        unknown = await self._message_ids.unknown(chat_id, after, before)
        if len(unknown) > MAX_QUESTIONS:
            logger.warning(
                "An answer may be any of %d messages; only the first %d are looked at.",
                len(unknown),
                MAX_QUESTIONS,
            )
        return list(islice(unknown, MAX_QUESTIONS))

    async def _is_answer(self, chat_id: int, message_id: int) -> bool:
        """Asks by taking the buttons of this message away: most answers have none."""
        try:
            await self._bot.edit_message_reply_markup(
                chat_id,
                message_id,
                api_kwargs={"parse_mode": None},  # the library adds its default here, too
            )
        except BadRequest as refusal:
            if "message is not modified" in refusal.message.lower():
                return True
            if not any(words in refusal.message.lower() for words in NOT_OURS):
                logger.warning("Message %d is taken for no answer: %s", message_id, refusal)
            return False
        # It did have buttons. Without them it is no use: it goes, and is sent again.
        with suppress(BadRequest):
            await self._bot.delete_message(chat_id, message_id)
        return False

    async def _close(self, question: Question, answer_id: int) -> None:
        """Notes the answer, and that nothing is left to do, at once."""
        left = DEAD if question.is_given_up else DONE
        await self._note(question, sent_after=None, answer_id=answer_id, **left)
        _open.get().is_closed = True

    async def _note(self, question: Question, **values: Any) -> None:
        if question.chat_id is not None:
            self._message_ids.note(question.chat_id, values.get("answer_id"))
        rows = update(InboxRow).where(InboxRow.update_id.in_(question.update_ids))
        async with self._database.transaction() as session:
            await session.execute(rows.values(values))
