"""Whether Telegram still has updates is never taken from an answer that came too early."""

import asyncio
import time
from pathlib import Path

import pytest
from telegram import WebhookInfo
from telegram.ext import ExtBot

from bot.database import Database
from bot.web.backlog import Backlog
from fake_telegram import World
from tests.bot.in_process import InProcessReader
from tests.bot.test_inbox import message
from tests.bot.webhook_bot import hooked, sqlite_rows


def test_an_answer_counts_only_if_it_was_asked_for_after_the_last_update_was_left() -> None:
    backlog = Backlog()
    assert not backlog.caught_up.is_set()
    backlog.seen(1, time.monotonic())
    assert not backlog.caught_up.is_set()
    asked_at = time.monotonic()
    backlog.seen(0, asked_at)
    assert backlog.caught_up.is_set()
    backlog.fell_behind()
    backlog.seen(0, asked_at)
    assert not backlog.caught_up.is_set()


def test_what_telegram_does_not_bring_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backlog = Backlog()
    monkeypatch.setattr("bot.web.backlog.CATCH_UP_SECONDS", 0)
    backlog.seen(1, time.monotonic())
    assert backlog.caught_up.is_set()


async def test_telegram_is_asked_again_if_it_was_left_with_an_update_as_it_was_asked(
    world: World,
    reader: InProcessReader,
    database: Database,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_counted, may_tell = asyncio.Event(), asyncio.Event()
    ask = ExtBot.get_webhook_info

    async def ask_slowly(bot: ExtBot[None]) -> WebhookInfo:
        info = await ask(bot)
        has_counted.set()
        await may_tell.wait()
        return info

    monkeypatch.setattr(ExtBot, "get_webhook_info", ask_slowly)
    async with hooked(world, reader, database) as bot:
        await has_counted.wait()
        sqlite_rows(file, "ALTER TABLE inbox RENAME TO elsewhere")
        assert (await bot.bring(message(5))).status_code == 503
        sqlite_rows(file, "ALTER TABLE elsewhere RENAME TO inbox")
        may_tell.set()
        # Long before the next look that is due in any case.
        await world.until(lambda: len(world.calls_of("getWebhookInfo")) == 2)
