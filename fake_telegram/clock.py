"""Time as the server sees it: the system's, or a test's own that moves only when told."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Protocol


class Clock(Protocol):
    """Where the server gets the time, and where it waits."""

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def sleep(self, seconds: float) -> Awaitable[None]:
        """What to await for so many seconds to pass; they count from this call."""
        ...


class SystemClock:
    """The machine's clock."""

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until `advance`, so that a test of a day's wait takes no time."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> Awaitable[None]:
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, woken))
        return woken

    def advance(self, seconds: float) -> None:
        """Moves the time on and wakes who slept until then."""
        self._now += seconds
        waiting = []
        for wakes_at, woken in self._sleepers:
            if woken.done():  # its task was cancelled
                continue
            if wakes_at <= self._now:
                woken.set_result(None)
            else:
                waiting.append((wakes_at, woken))
        self._sleepers = waiting


async def wait_at_most(seconds: float, awaited: Awaitable[Any], clock: Clock) -> bool:
    """Waits for something, at most so many seconds of a clock; says whether it came.

    What did not come in time is cancelled.
    """
    waits = [asyncio.ensure_future(awaited), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return waits[0] in done
    finally:
        for wait in waits:
            wait.cancel()
