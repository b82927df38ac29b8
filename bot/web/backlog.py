"""What Telegram may still have: updates from before the start, and those left with it since."""

import asyncio
import time
from contextlib import suppress

from bot.delivery import CATCH_UP_SECONDS


class Backlog:
    """Whether Telegram has updates that are not in the inbox; at the start it is taken to."""

    def __init__(self) -> None:
        self.caught_up = asyncio.Event()
        """As Intake.caught_up."""
        self._is_behind = asyncio.Event()
        self.fell_behind()

    def fell_behind(self) -> None:
        """Telegram was left with an update just now, or could not bring one."""
        self._behind_since = time.monotonic()
        self.caught_up.clear()
        self._is_behind.set()

    def seen(self, num_updates: int, asked_at: float) -> None:
        """Telegram has said how many it has, asked at a time of `time.monotonic`.

        It need not have counted one that it was left with after that. Those that it does not
        bring are not waited for any longer than an answer waits for them.
        """
        has_none = num_updates == 0 and asked_at > self._behind_since
        if has_none or time.monotonic() - self._behind_since >= CATCH_UP_SECONDS:
            self.caught_up.set()
            self._is_behind.clear()

    async def is_behind_within(self, seconds: float) -> None:
        """Waits so long, or until Telegram has updates."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_behind.wait(), seconds)
