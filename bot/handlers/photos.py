"""The main job: a photo comes in, what it shows goes out."""

import asyncio
import logging
import time
from contextlib import suppress

from telegram import Message
from telegram.constants import ChatAction, MessageLimit
from telegram.error import BadRequest, TelegramError

from bot import texts
from bot.database import StorageError
from bot.delivery import Delivery
from bot.handlers.routes import Route, picture
from bot.inference import Reader, ReadingTooSlow
from bot.pictures import DownloadError, Picture, download
from bot.storage import Storage
from mnist_model import PhotoError, Reading

logger = logging.getLogger(__name__)

MAX_PHOTOS_IN_MEMORY = 16
"""Each has up to MAX_PHOTO_BYTES, 20 MB: a flood of them must not fill a small machine."""


class Photos:
    """Reads the photo a message asks about, and answers in reply to that photo."""

    def __init__(self, reader: Reader, storage: Storage, delivery: Delivery) -> None:
        self._reader = reader
        self._storage = storage
        self._delivery = delivery
        self._memory = asyncio.Semaphore(MAX_PHOTOS_IN_MEMORY)

    def routes(self) -> list[Route]:
        return [picture(self._answer)]

    async def _answer(self, carrier: Message, picture: Picture) -> None:
        started = time.monotonic()
        try:
            reading, annotated = await self._read(carrier, picture)
        except (PhotoError, ReadingTooSlow, DownloadError) as error:
            await self._reply(carrier, texts.PICTURE_FAULTS[type(error)])
            return
        match reading.digits:
            case ():
                await self._reply(carrier, texts.NO_DIGIT)
            case (_,):
                await self._reply(carrier, texts.one_digit(reading))
            case _:
                await self._reply_with_rows(carrier, reading, annotated)
        await self._count(reading, time.monotonic() - started)

    async def _read(self, carrier: Message, picture: Picture) -> tuple[Reading, bytes | None]:
        """What the photo shows, and itself with boxes if those are to be sent."""
        async with self._memory:
            _, photo = await asyncio.gather(_show_typing(carrier), download(picture))
            reading = await self._reader.read(photo)
            if len(reading.digits) > 1 and _fits_under_photo(texts.several_digits(reading)):
                return reading, await self._reader.annotate(photo, reading)
            return reading, None

    async def _reply(self, carrier: Message, text: str) -> None:
        await self._delivery.once(carrier.reply_text, text, do_quote=True)

    async def _reply_with_rows(
        self, carrier: Message, reading: Reading, annotated: bytes | None
    ) -> None:
        if annotated is None:
            await self._delivery.once(
                carrier.reply_document,
                "\n".join(reading.rows).encode(),
                filename=texts.DIGITS_FILENAME,
                caption=texts.num_digits(reading),
                do_quote=True,
            )
            return
        caption = texts.several_digits(reading)
        try:
            await self._delivery.once(
                carrier.reply_photo, annotated, caption=caption, do_quote=True
            )
        except BadRequest:
            # Telegram takes no photo more than 20 times as wide as high; the number still counts.
            await self._reply(carrier, caption)

    async def _count(self, reading: Reading, reply_seconds: float) -> None:
        try:
            await self._storage.add_reading(len(reading.digits), reply_seconds)
        except StorageError:
            # The person has the answer; a missing count is no reason to tell them of a failure.
            logger.exception("A reading was not counted.")


async def _show_typing(carrier: Message) -> None:
    # A courtesy that may fail; the download goes on meanwhile.
    with suppress(TelegramError):
        await carrier.reply_chat_action(ChatAction.TYPING)


def _fits_under_photo(caption: str) -> bool:
    # Telegram does not count the markup, so this is on the safe side.
    return len(caption) <= MessageLimit.CAPTION_LENGTH
