"""Shows that the bot is at it, where an answer takes long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

TYPING_AFTER_SECONDS = 0.5
"""What takes no longer is answered before a person would wonder."""
TYPING_AGAIN_SECONDS = 4.5
"""Telegram shows it for 5 s, or until the next message."""


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
    await asyncio.sleep(TYPING_AFTER_SECONDS)
    while True:
        with suppress(TelegramError):  # a courtesy that may fail
            await carrier.reply_chat_action(ChatAction.TYPING)
        await asyncio.sleep(TYPING_AGAIN_SECONDS)
