"""Reads in this process, so that a test needs no other and can hold its thread."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from mnist_model import DigitReader, ModelCard, Reading, draw_reading


class InProcessReader:
    """A Reader in a few threads."""

    fault: str | None = None

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
