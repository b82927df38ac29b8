"""`bot.reading.worker` on a reader that does what the last bytes of a photo say.

Bytes behind the end of a JPEG change nothing of its picture.
"""

import ctypes
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.reading.worker import serve
from mnist_model import ModelCard, Reading, load_reader

CRASH, ENDLESS, NATIVE, HUNGRY, BUGGY, CHATTY = (
    f"\n{name}".encode() for name in ("crash", "endless", "native", "hungry", "buggy", "chatty")
)


def crash() -> None:
    ctypes.string_at(0)  # a segmentation fault, as a bug in a decoder would end


def loop_for_ever() -> None:
    while True:
        time.sleep(0.01)


def hang_in_native_code() -> None:
    ctypes.PyDLL(None).pause()  # holds Python's lock, so no thread of Python's gets a turn


def eat_memory() -> None:
    eaten = [bytearray(16 << 20) for _ in range(1000)]
    raise AssertionError(f"{len(eaten)} times 16 MB were there.")


def divide() -> None:
    raise ZeroDivisionError("a bug of ours")


def chat() -> None:
    print("to whom it may concern", flush=True)  # noqa: T201 - as C libraries may


DEEDS: dict[bytes, Callable[[], None]] = {
    CRASH: crash,
    ENDLESS: loop_for_ever,
    NATIVE: hang_in_native_code,
    HUNGRY: eat_memory,
    BUGGY: divide,
    CHATTY: chat,
}


class HostileReader:
    """Reads as the real one does, once the deed is done."""

    def __init__(self, model_path: Path) -> None:
        self._digit_reader = load_reader(model_path)

    @property
    def card(self) -> ModelCard:
        return self._digit_reader.card

    def read(self, photo: bytes) -> Reading:
        for words, deed in DEEDS.items():
            if photo.endswith(words):
                deed()
        return self._digit_reader.read(photo)


if __name__ == "__main__":
    serve(HostileReader, sys.argv[1:])
