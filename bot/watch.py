"""Looks after what nobody asks about: whether photos can be read at all."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Never

from bot.inference import Reader

LOOK_EVERY_SECONDS = 2.0
TELL_EVERY_SECONDS = 3600.0


async def watch(reader: Reader, tell: Callable[[], Awaitable[None]]) -> Never:
    """Has it told, once, when no photo can be read; of what comes and goes, once an hour."""
    was_fine, told_at = True, -TELL_EVERY_SECONDS
    while True:
        is_fine = reader.fault is None
        if was_fine and not is_fine and time.monotonic() - told_at >= TELL_EVERY_SECONDS:
            told_at = time.monotonic()
            await tell()
        was_fine = is_fine
        await asyncio.sleep(LOOK_EVERY_SECONDS)
