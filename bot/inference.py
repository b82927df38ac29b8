"""How a photo becomes a reading without the event loop waiting for it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from mnist_model import DigitReader, ModelCard, Reading, draw_reading


class Reader(Protocol):
    """Reads photos: in this process or on another machine."""

    @property
    def card(self) -> ModelCard:
        """How the model in use was made, and how well it does."""

    async def read(self, photo: bytes) -> Reading:
        """The digits on a photo.

        Raises:
            PhotoError: this photo can't be read; another one may.
        """

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        """The photo as a JPEG with a box and the digit drawn at each place of `reading`."""


class InProcessReader:
    """Reads photos in a few threads of this process.

    Decoding and the network let go of Python's lock while they work, so threads are enough;
    few of them, since each holds a decoded photo.
    """

    def __init__(self, digit_reader: DigitReader, num_threads: int) -> None:
        self._digit_reader = digit_reader
        self._threads = ThreadPoolExecutor(num_threads, thread_name_prefix="reader")

    @property
    def card(self) -> ModelCard:
        return self._digit_reader.card

    async def read(self, photo: bytes) -> Reading:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._digit_reader.read, photo)

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, draw_reading, photo, reading)

    def close(self) -> None:
        """Ends the threads; photos that wait are dropped."""
        self._threads.shutdown(cancel_futures=True)
