"""`python -m bot.reading.worker`: the process that reads.

It holds no secret and opens no connection. It ends when the bot does: at once while it waits for
a photo, and when that photo's time is up if it never comes back from reading it.
"""

import json
import os
import pickle
import re
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.reading.pipe import CARD, DRAWING, FAILURE, READING, Message, packed, received, said
from mnist_model import (
    ModelCard,
    ModelFileError,
    PhotoError,
    PhotoTooLarge,
    Reading,
    compute_on_one_thread,
    draw_reading,
    load_reader,
)

GRACE_SECONDS = 5.0
"""So long after a photo's time is up this process ends itself: by then the bot would have."""


class PhotoReader(Protocol):
    """What is used of a DigitReader."""

    @property
    def card(self) -> ModelCard: ...

    def read(self, photo: bytes) -> Reading: ...


def serve(load: Callable[[Path], PhotoReader], arguments: list[str]) -> None:
    """Answers what comes in by standard input, until that ends.

    Args:
        arguments: those of process.Work.
    """
    model_path, photo_seconds, photo_megabytes = arguments
    questions, answers = _pipes()
    _hold_nobody_up()
    try:
        reader = load(Path(model_path))
    except ModelFileError as error:
        _send(answers, said(error))
        return
    _bound_memory(int(photo_megabytes))
    _send(answers, (CARD, _as_json(reader.card)))
    while question := received(questions):
        _end_in(float(photo_seconds) + GRACE_SECONDS)
        answer = _answer(reader, question)
        _end_in(0)
        _send(answers, answer)


def _answer(reader: PhotoReader, question: Message) -> Message:
    drawing_of, photo = question
    try:
        if drawing_of:
            # From the bot, so it is no more to be mistrusted than this code.
            return DRAWING, draw_reading(photo, pickle.loads(drawing_of))  # noqa: S301
        return READING, _as_json(reader.read(photo))
    except PhotoError as error:
        return said(error)
    except MemoryError:
        return said(PhotoTooLarge("Reading it takes more memory than one photo may. Crop it."))
    except Exception:
        return FAILURE, traceback.format_exc().encode()


def _as_json(record: ModelCard | Reading) -> bytes:
    return json.dumps(asdict(record)).encode()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, taken out of the reach of whatever library prints."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return questions, answers


def _send(pipe: BinaryIO, answer: Message) -> None:
    try:
        pipe.write(packed(answer))
        pipe.flush()
    except BrokenPipeError:
        # The bot has ended. Not sys.exit, which would try to write the rest.
        os._exit(0)


def _hold_nobody_up() -> None:
    """Lets the bot alone say when this process ends; leaves no core file, which would hold a
    photo; and is the first to go if memory is short.
    """
    # systemd tells every process of a service to stop, and the bot has answers to finish first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # There on Linux alone.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _bound_memory(megabytes: int) -> None:
    """Has every allocation beyond so many more megabytes fail.

    Not by RLIMIT_AS: OpenVINO and the allocator reserve a gigabyte of addresses that they never
    use, the more so the more cores there are. RLIMIT_DATA counts what can be written.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415

    found = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found:
        most = (int(found[1]) << 10) + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _end_in(seconds: float) -> None:
    """Has this process end then, whatever native code it is caught in; 0 takes that back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    compute_on_one_thread()  # the other cores are for the bot, and for the others that read
    serve(load_reader, sys.argv[1:])
