"""What the bot and a process that reads say to each other: messages of a head and a body.

| who says it | head                         | body                             |
|-------------|------------------------------|----------------------------------|
| the bot     | empty: read this             | a photo                          |
| the bot     | a pickled Reading: draw it   | the photo to draw it on          |
| the process | CARD, once it can read       | a ModelCard as JSON              |
| the process | READING                      | a Reading as JSON                |
| the process | DRAWING                      | a JPEG                           |
| the process | the name of a fault          | what is wrong, and what to do    |
| the process | FAILURE                      | the trace of an unexpected error |

The process says nothing pickled, since that could be made to run code in the bot: a photo that
takes the process over must get no further.
"""

import struct
from typing import BinaryIO

from bot.inference import ReaderDied, ReadingFailed
from mnist_model import (
    DamagedPhoto,
    EmptyPhoto,
    ModelFileError,
    NotAPhoto,
    PhotoTooLarge,
    ReaderError,
)

Message = tuple[bytes, bytes]

CARD, READING, DRAWING, FAILURE = b"card", b"reading", b"drawing", b"failure"

LENGTHS = struct.Struct(">II")
"""What each message begins with: how many bytes its head has, and its body."""

_FAULTS: dict[bytes, type[ReaderError]] = {
    fault.__name__.encode(): fault
    for fault in (EmptyPhoto, PhotoTooLarge, NotAPhoto, DamagedPhoto, ModelFileError)
}


def packed(message: Message) -> bytes:
    """A message as it goes through the pipe."""
    head, body = message
    return LENGTHS.pack(len(head), len(body)) + head + body


def received(pipe: BinaryIO) -> Message | None:
    """The next message; None where the other side has ended, be it in the midst of one."""
    lengths = pipe.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head_length, body_length = LENGTHS.unpack(lengths)
    head, body = pipe.read(head_length), pipe.read(body_length)
    return (head, body) if len(body) == body_length else None


def said(fault: ReaderError) -> Message:
    """What tells the bot of a fault."""
    return type(fault).__name__.encode(), str(fault).encode()


def body_of(answer: Message, expected: bytes) -> bytes:
    """The body of what a process says, if it is what was to be expected.

    Raises:
        PhotoError, ModelFileError, ReadingFailed: it says so.
        ReaderDied: it says what makes no sense.
    """
    head, body = answer
    if head == expected:
        return body
    text = body.decode(errors="replace")
    if fault := _FAULTS.get(head):
        raise fault(text)
    if head == FAILURE:
        raise ReadingFailed(text)
    raise ReaderDied(f"The process that reads says {head[:20]!r} instead of {expected!r}.")
