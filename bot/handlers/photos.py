"""The main job: photos come in, what they show goes out."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec

from telegram import Message
from telegram.constants import MessageLimit
from telegram.error import BadRequest

from bot import texts
from bot.database import StorageError
from bot.delivery import Delivery
from bot.handlers.chat_action import typing_shown
from bot.handlers.routes import Route, edited_picture, pictures
from bot.inference import Reader
from bot.picture_reader import UNREADABLE, PictureReader, fits_under_photo
from bot.pictures import Carried
from bot.questions import Questions
from bot.refusals import takes_no_answer
from bot.storage import Storage
from bot.texts import readings
from mnist_model import Reading

logger = logging.getLogger(__name__)

P = ParamSpec("P")


class Photos:
    """Reads the photos that are asked about together, and answers in reply to the first."""

    def __init__(
        self, reader: Reader, storage: Storage, questions: Questions, delivery: Delivery
    ) -> None:
        self._picture_reader = PictureReader(reader)
        self._storage = storage
        self._questions = questions
        self._delivery = delivery

    def routes(self) -> list[Route]:
        return [pictures(self._answer), edited_picture(self._answer_edited)]

    async def _answer_edited(self, asked: Sequence[Carried]) -> None:
        # An edited caption asks nothing new, nor does what Telegram itself changes in a message.
        ((carrier, _),) = asked
        if not await self._questions.is_answered(carrier):
            await self._answer(asked)

    async def _answer(self, asked: Sequence[Carried]) -> None:
        started = time.monotonic()
        answer = self._answer_one if len(asked) == 1 else self._answer_album
        async with typing_shown(asked[0][0]):
            read = await answer(asked)
        for reading in read:
            await self._count(reading, time.monotonic() - started)

    async def _answer_one(self, asked: Sequence[Carried]) -> list[Reading]:
        """Answers with the photo itself where it shows several digits; returns its reading."""
        ((carrier, picture),) = asked
        try:
            reading, annotated = await self._picture_reader.read(picture, draws=True)
        except UNREADABLE as error:
            await self._reply(carrier, texts.PICTURE_FAULTS[type(error)])
            return []
        if len(reading.digits) > 1:
            await self._reply_with_rows(carrier, reading, annotated)
        else:
            await self._reply(carrier, readings.read(reading))
        return [reading]

    async def _answer_album(self, asked: Sequence[Carried]) -> list[Reading]:
        """Answers in words, which can be copied, and read where ten small pictures could not."""
        results = await self._picture_reader.read_all([picture for _, picture in asked])
        first, _ = asked[0]
        told = readings.album(results)
        if len(told) <= MessageLimit.MAX_TEXT_LENGTH:
            await self._reply(first, told)
        else:
            await self._reply_with_file(
                first, readings.without_markup(told), readings.album_in_file(results), told
            )
        return [result for result in results if isinstance(result, Reading)]

    async def _reply(self, carrier: Message, text: str) -> None:
        await self._delivery.once(carrier.reply_text, text, do_quote=True)

    async def _reply_with_rows(
        self, carrier: Message, reading: Reading, annotated: bytes | None
    ) -> None:
        caption = readings.read(reading)
        if not fits_under_photo(caption):
            rows = "\n".join(reading.rows)
            await self._reply_with_file(carrier, rows, readings.num_digits(reading), caption)
            return
        if annotated is None:
            await self._reply(carrier, caption)
            return
        # It may be more than 20 times as wide as high; the number still counts.
        await self._reply_or_tell(
            carrier, caption, carrier.reply_photo, annotated, caption=caption, do_quote=True
        )

    async def _reply_with_file(self, carrier: Message, text: str, caption: str, told: str) -> None:
        await self._reply_or_tell(
            carrier,
            told,
            carrier.reply_document,
            text.encode(),
            filename=readings.DIGITS_FILENAME,
            caption=caption,
            do_quote=True,
        )

    async def _reply_or_tell(
        self,
        carrier: Message,
        told: str,
        send: Callable[P, Awaitable[Message]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Answers by `send`; where a group takes no such message, or Telegram not this one, with
        what is `told`.
        """
        try:
            await self._delivery.once(send, *args, **kwargs)
        except BadRequest as refusal:
            if takes_no_answer(refusal):
                raise
            await self._reply(carrier, readings.as_one_message(told))

    async def _count(self, reading: Reading, reply_seconds: float) -> None:
        try:
            await self._storage.add_reading(len(reading.digits), reply_seconds)
        except StorageError:
            # The person has the answer; a missing count is no reason to tell them of a failure.
            logger.exception("A reading was not counted.")
