"""Shows that the bot is at it, where an answer takes long."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import RetryAfter, TelegramError

from bot.refusals import wait_seconds

TYPING_AFTER_SECONDS = 0.5
"""What takes no longer is answered before a person would wonder."""
TYPING_AGAIN_SECONDS = 4.5
"""Telegram shows it for 5 s, or until the next message."""
TYPING_AT_MOST_SECONDS = 300.0
"""Whoever waits longer looks elsewhere, and the calls would add up while no photo can be read."""


@asynccontextmanager
async def typing_shown(carrier: Message) -> AsyncIterator[None]:
    """Shows that the bot is at it while the block goes on, if that takes long."""
    showing = asyncio.create_task(_show_typing(carrier))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _show_typing(carrier: Message) -> None:
    until = time.monotonic() + TYPING_AT_MOST_SECONDS
    await asyncio.sleep(TYPING_AFTER_SECONDS)
    while time.monotonic() < until:
        pause = TYPING_AGAIN_SECONDS
        try:
            await carrier.reply_chat_action(ChatAction.TYPING)
        except RetryAfter as flood:
            pause = max(pause, wait_seconds(flood))
        except TelegramError:
            pass  # a courtesy that may fail
        await asyncio.sleep(pause)
