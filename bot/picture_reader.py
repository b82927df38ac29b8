"""Fetches the pictures that people ask about, and has them read."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from telegram import Message
from telegram.constants import ChatAction, MessageLimit
from telegram.error import TelegramError

from bot import texts
from bot.byte_budget import ByteBudget
from bot.inference import Reader, ReaderDied, ReadingFailed, ReadingTooSlow
from bot.pictures import Carried, DownloadError, Picture, download
from bot.texts import readings
from mnist_model import MAX_PHOTO_BYTES, PhotoError, Reading

logger = logging.getLogger(__name__)

UNREADABLE = (PhotoError, ReadingTooSlow, DownloadError)
"""What is told of a picture that can't be read, by `texts.PICTURE_FAULTS`."""
BREAKDOWNS = (ReaderDied, ReadingFailed)
"""What a picture may do to whoever reads it, or something else by chance."""
MAX_BREAKDOWNS = 3
"""So many times a picture of an album may do so before the others are told without it."""
MAX_BYTES_IN_MEMORY = 60 << 20
"""Of pictures as they are sent: a flood of them must not fill a small machine."""
TYPING_AFTER_SECONDS = 0.5
"""A photo that takes no longer is answered before a person would wonder."""
TYPING_AGAIN_SECONDS = 4.5
"""Telegram shows it for 5 s, or until the next message."""


class PictureReader:
    """Has pictures read by a Reader, no more of them at a time than fit the memory."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._memory = ByteBudget(MAX_BYTES_IN_MEMORY)

    async def read(
        self, carrier: Message, picture: Picture, *, draws: bool
    ) -> tuple[Reading, bytes | None]:
        """What the picture shows, and itself with boxes if those are wanted and can be sent.

        Raises:
            DownloadError, and what a Reader raises.
        """
        # Telegram need not state a size; then it gives MAX_PHOTO_BYTES at most.
        num_bytes = picture.file_size or MAX_PHOTO_BYTES
        async with _typing_shown(carrier), self._memory.held(num_bytes):
            photo = await download(picture)
            reading = await self._reader.read(photo)
            fits = len(reading.digits) > 1 and _fits_under_photo(readings.read(reading))
            if draws and fits:
                return reading, await self._reader.annotate(photo, reading)
            return reading, None

    async def read_all(self, asked: Sequence[Carried]) -> list[Reading | str]:
        """For each picture what was read, or the sentence why nothing could be."""
        return [await self._result(*carried) for carried in asked]

    async def _result(self, carrier: Message, picture: Picture) -> Reading | str:
        try:
            for _ in range(MAX_BREAKDOWNS - 1):
                with suppress(*BREAKDOWNS):
                    return (await self.read(carrier, picture, draws=False))[0]
            return (await self.read(carrier, picture, draws=False))[0]
        except UNREADABLE as error:
            return texts.PICTURE_FAULTS[type(error)]
        except BREAKDOWNS as error:
            logger.exception("A picture of an album is left out.")
            return texts.FAILURES.get(type(error), texts.FAILED)


@asynccontextmanager
async def _typing_shown(carrier: Message) -> AsyncIterator[None]:
    """Shows that the bot is at it while the block goes on, if that takes long."""
    showing = asyncio.create_task(_show_typing(carrier))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _show_typing(carrier: Message) -> None:
    await asyncio.sleep(TYPING_AFTER_SECONDS)
    while True:
        with suppress(TelegramError):  # a courtesy that may fail
            await carrier.reply_chat_action(ChatAction.TYPING)
        await asyncio.sleep(TYPING_AGAIN_SECONDS)


def _fits_under_photo(caption: str) -> bool:
    # Telegram does not count the markup, so this is on the safe side.
    return len(caption) <= MessageLimit.CAPTION_LENGTH
