"""Fetches the pictures that people ask about, and has them read."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from telegram.constants import MessageLimit

from bot import texts
from bot.byte_budget import ByteBudget
from bot.inference import Reader, ReaderDied, ReadingFailed, ReadingTooSlow
from bot.pictures import DownloadError, Picture, download, most_bytes
from bot.texts import readings
from mnist_model import PhotoError, Reading

logger = logging.getLogger(__name__)

UNREADABLE = (PhotoError, ReadingTooSlow, DownloadError)
"""What is told of a picture that can't be read, by `texts.PICTURE_FAULTS`."""
BREAKDOWNS = (ReaderDied, ReadingFailed)
"""What a picture may do to whoever reads it, or something else by chance."""
MAX_BREAKDOWNS = 3
"""So many times a picture of an album may do so before the others are told without it."""
MAX_BYTES_IN_MEMORY = 60 << 20
"""Of pictures as they are sent: a flood of them must not fill a small machine."""


class PictureReader:
    """Has pictures read by a Reader, no more of them at a time than fit the memory."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._memory = ByteBudget(MAX_BYTES_IN_MEMORY)

    async def read(self, picture: Picture, *, draws: bool) -> tuple[Reading, bytes | None]:
        """What the picture shows, and itself with boxes if those are wanted and can be sent.

        Raises:
            DownloadError, and what a Reader raises as it reads.
        """
        async with self._memory.held(most_bytes(picture)):
            photo = await download(picture)
            reading = await self._reader.read(photo)
            if draws and len(reading.digits) > 1 and fits_under_photo(readings.read(reading)):
                return reading, await self._annotated(photo, reading)
            return reading, None

    async def _annotated(self, photo: bytes, reading: Reading) -> bytes | None:
        try:
            return await self._reader.annotate(photo, reading)
        except (*UNREADABLE, *BREAKDOWNS):
            # To draw takes more memory and time than to read. What was read can be told in words.
            logger.exception("A picture that was read could not be drawn.")
            return None

    async def read_all(self, pictures: Sequence[Picture]) -> list[Reading | str]:
        """For each picture what was read, or the sentence why nothing could be."""
        return [await self._result(picture) for picture in pictures]

    async def _result(self, picture: Picture) -> Reading | str:
        try:
            for _ in range(MAX_BREAKDOWNS - 1):
                with suppress(*BREAKDOWNS):
                    return (await self.read(picture, draws=False))[0]
            return (await self.read(picture, draws=False))[0]
        except UNREADABLE as error:
            return texts.PICTURE_FAULTS[type(error)]
        except BREAKDOWNS as error:
            logger.exception("A picture of an album is left out.")
            return texts.FAILURES.get(type(error), texts.FAILED)


def fits_under_photo(caption: str) -> bool:
    """Whether Telegram takes a caption of this length."""
    # Telegram does not count the markup, so this is on the safe side.
    return len(caption) <= MessageLimit.CAPTION_LENGTH
