"""One process that reads, seen from the bot."""

import asyncio
import logging
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.inference import ReaderDied
from bot.reading.pipe import CARD, LENGTHS, Message, body_of, packed
from bot.settings import environment_without_settings
from mnist_model import ModelCard

logger = logging.getLogger(__name__)

START_SECONDS = 120.0
"""So long a process may take to load the model."""
MAX_ANSWER_BYTES = 64 << 20
MAX_LINE_BYTES = 4096
LAST_WORDS_SECONDS = 1.0

_CARD = TypeAdapter(ModelCard)


@dataclass(frozen=True, slots=True)
class Work:
    """What a process that reads is started with."""

    model_path: Path
    photo_seconds: float  # that one photo may take
    photo_megabytes: int  # of memory that it may take, beyond what the model takes
    module: str = "bot.reading.worker"


class ReadingProcess:
    """Does one thing at a time, until it ends or is ended."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asker = copy_context()
        self._printing = asyncio.create_task(self._log_what_is_printed())

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def ask(self, head: bytes, photo: bytes, *, expected: bytes) -> bytes:
        """The body of its answer.

        Raises:
            PhotoError, ReadingFailed: it says so.
            ReaderDied: it ended, or says what makes no sense.
        """
        self._asker = copy_context()
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - so it was started
        with suppress(ConnectionError):  # it has ended; how is told below
            pipe.write(packed((head, photo)))
            await pipe.drain()
        return await self.answer(expected)

    async def answer(self, expected: bytes) -> bytes:
        """The body of what it says next; raises as `ask`, or ModelFileError."""
        try:
            return body_of(await self._received(), expected)
        except EOFError:
            raise ReaderDied(f"The process that reads {await self.wait()}.") from None

    async def _log_what_is_printed(self) -> None:
        """Logs it as if whoever asked last had: so it says of which update it is."""
        pipe = self._process.stderr
        assert pipe is not None  # noqa: S101 - so it was started
        # Not by lines: one that never ends must not fill the memory.
        while printed := await pipe.read(MAX_LINE_BYTES):
            for line in printed.decode(errors="replace").splitlines():
                self._asker.run(logger.warning, "The process that reads says: %s", line)

    async def _received(self) -> Message:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - so it was started
        head_length, body_length = LENGTHS.unpack(await pipe.readexactly(LENGTHS.size))
        if head_length + body_length > MAX_ANSWER_BYTES:
            raise ReaderDied(f"The process that reads says {head_length + body_length} bytes.")
        return await pipe.readexactly(head_length), await pipe.readexactly(body_length)

    def kill(self) -> None:
        """Ends it now, however busy it is."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> str:
        """As `kill`, and waits until it has ended; says how."""
        self.kill()
        return await self.wait()

    async def wait(self) -> str:
        """Waits until it ends; says how."""
        status = await self._process.wait()
        # Its last words say why, mostly; but what it started may hold the pipe open.
        await asyncio.wait([self._printing], timeout=LAST_WORDS_SECONDS)
        self._printing.cancel()
        if status < 0:
            return f"was ended by {signal.Signals(-status).name}"
        return f"ended with status {status}"


async def start(work: Work) -> tuple[ReadingProcess, ModelCard]:
    """A process that can read, and the card of its model.

    Raises:
        ModelFileError: the model can't be loaded.
        ReaderDied: there is no process that can read.
    """
    process = ReadingProcess(await _spawned(work))
    try:
        async with asyncio.timeout(START_SECONDS):
            return process, _CARD.validate_json(await process.answer(CARD))
    except BaseException as error:
        await process.end()
        if isinstance(error, TimeoutError | ValidationError):
            raise ReaderDied(f"A process that reads did not start: {error!r}.") from error
        raise


async def _spawned(work: Work) -> Process:
    # A program of its own, not a fork: this process has threads, whose locks a fork would keep.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        work.module,
        str(work.model_path),
        str(work.photo_seconds),
        str(work.photo_megabytes),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # Each library's own OpenBLAS would start a thread for each core, and compute nothing.
        env=environment_without_settings() | {"OPENBLAS_NUM_THREADS": "1"},
        # A session of its own: Ctrl-C reaches the bot alone, which has answers to finish first.
        start_new_session=True,
    )
