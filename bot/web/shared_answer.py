"""One question to the database, whoever asks: anybody may ask any often."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SharedAnswer(Generic[T]):
    """What `ask` says, to all who want to know it at about the same time."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._ask = ask
        self._task: asyncio.Task[T] | None = None
        self._asked_at = 0.0

    async def within(self, seconds: float, *, held_seconds: float) -> T:
        """The answer, which holds so long from when it was asked for.

        Raises:
            TimeoutError: there is none in time. It goes on being asked for: not cancelled, since
                whoever comes next waits for the same.
        """
        if self._task is None or (
            self._task.done() and time.monotonic() - self._asked_at > held_seconds
        ):
            self._asked_at = time.monotonic()
            self._task = asyncio.create_task(self._ask())
        task = self._task
        await asyncio.wait([task], timeout=seconds)
        if not task.done():
            raise TimeoutError
        return task.result()
