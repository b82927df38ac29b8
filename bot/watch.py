"""Looks after what nobody asks about: whether photos can be read at all."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Never

from bot.inference import Reader

LOOK_EVERY_SECONDS = 2.0
TELL_EVERY_SECONDS = 3600.0


async def watch(reader: Reader, tell: Callable[[], Awaitable[None]]) -> Never:
    """Has it told, once, when no photo can be read; of what comes and goes, once an hour."""
    is_told, told_at = False, -TELL_EVERY_SECONDS
    while True:
        if reader.fault is None:
            is_told = False
        elif not is_told and monotonic() - told_at >= TELL_EVERY_SECONDS:
            is_told, told_at = True, monotonic()
            await tell()
        await asyncio.sleep(LOOK_EVERY_SECONDS)
