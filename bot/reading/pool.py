"""The processes that read: each one photo at a time, and a new one for each that ends."""

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic import TypeAdapter, ValidationError

from bot.inference import ReaderDied, ReadingFailed, ReadingTooSlow
from bot.reading.pipe import DRAWING, READING
from bot.reading.process import ReadingProcess, Work, start
from mnist_model import ModelCard, ModelFileError, PhotoError, Reading

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

_READING = TypeAdapter(Reading)


class ReadingPool:
    """A Reader that hands each photo to a process; made by `reading_pool`."""

    def __init__(self, work: Work, card: ModelCard) -> None:
        self.card = card
        self._work = work
        self._idle: asyncio.Queue[ReadingProcess] = asyncio.Queue()
        self._num_running = 0
        self._has_failed_to_start = False

    @property
    def fault(self) -> str | None:
        if self._num_running or not self._has_failed_to_start:
            return None
        return "Photos can't be read: no process that reads can be started."

    async def read(self, photo: bytes) -> Reading:
        async with self._idle_process() as process:
            return _READING.validate_json(await process.ask(b"", photo, expected=READING))

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        async with self._idle_process() as process:
            return await process.ask(pickle.dumps(reading), photo, expected=DRAWING)

    async def keep(self, process: ReadingProcess | None) -> None:
        """Offers a process to the photos, and another one each time that it ends."""
        while True:
            process = process or await self._started()
            self._num_running += 1
            try:
                self._idle.put_nowait(process)
                how = await process.wait()
            finally:
                self._num_running -= 1
                await process.end()
            logger.warning("A process that reads %s; another one takes its place.", how)
            process = None

    @asynccontextmanager
    async def _idle_process(self) -> AsyncIterator[ReadingProcess]:
        """A process for one question; it has `photo_seconds` for its answer, or is ended."""
        while (process := await self._idle.get()).has_ended:
            pass
        try:
            async with asyncio.timeout(self._work.photo_seconds):
                yield process
        except (PhotoError, ReadingFailed):
            self._idle.put_nowait(process)
            raise
        except BaseException as error:
            # Also where this is cancelled: the answer would be taken for the next photo's.
            process.kill()
            if isinstance(error, TimeoutError):
                raise ReadingTooSlow(f"Over {self._work.photo_seconds:g} s.") from None
            if isinstance(error, ValidationError):
                raise ReaderDied("The process that reads says no reading.") from error
            raise
        self._idle.put_nowait(process)

    async def _started(self) -> ReadingProcess:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                process, _ = await start(self._work)
            except (ModelFileError, OSError, ReaderDied) as error:
                logger.error("Photos wait for a process that reads. %s", error)  # noqa: TRY400
                self._has_failed_to_start = True
            else:
                self._has_failed_to_start = False
                return process
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


@asynccontextmanager
async def reading_pool(work: Work, num_processes: int) -> AsyncIterator[ReadingPool]:
    """A pool whose first process can read; the others follow. All end with the block.

    Raises:
        ModelFileError: the model can't be loaded.
        ReaderDied: there is no process that can read.
    """
    async with AsyncExitStack() as stack:
        process, card = await start(work)
        stack.push_async_callback(process.end)
        pool = ReadingPool(work, card)
        for first in (process, *[None] * (num_processes - 1)):
            keeping = asyncio.create_task(pool.keep(first))
            stack.push_async_callback(_end, keeping)
        yield pool


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
