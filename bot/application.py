"""Runs the bot: starts its parts in their order, and stops them cleanly when told to."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Never

import httpx
from telegram import Bot, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot import texts
from bot.database import Database, opened
from bot.inference import Reader
from bot.intake import prune_hourly, reached
from bot.metrics import Metrics
from bot.parts import assembled
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from bot.settings import Settings
from bot.watch import watch
from bot.web.server import serving

logger = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Runs the bot until this task is cancelled, then stops it cleanly.

    Raises:
        ModelFileError: the model can't be loaded; nothing was started.
        ReaderDied: no process that reads can be started; nothing else was.
        StorageError: the database can't be opened; nothing was started.
        WrongKey: what is in it was encrypted with another key; nothing was started.
        InvalidToken: Telegram refuses the token.
        CannotListen: the port can't be had.
        PollingStopped: updates could not be fetched for too long.
    """
    work = Work(settings.model_path, settings.photo_seconds, settings.photo_megabytes)
    metrics = Metrics()
    async with (
        reading_pool(work, settings.reader_processes, metrics) as reader,
        opened(settings.database_url.get_secret_value()) as database,
        running(settings, reader, database, metrics=metrics) as intake,
    ):
        await intake


@asynccontextmanager
async def running(
    settings: Settings,
    reader: Reader,
    database: Database,
    *,
    metrics: Metrics | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[asyncio.Task[Never]]:
    """The bot answers inside the block, and is given time to finish at its end.

    Args:
        metrics: where to count and measure; kept to itself if None.
        transport: how requests reach the Bot API server; over the network if None.

    Yields:
        The task by which updates come in; it ends only by an error, one of those of Intake.run.

    Raises:
        InvalidToken: Telegram refuses the token.
        StorageError: the inbox can't be read.
        WrongKey: it was encrypted with another key.
        CannotListen: WEB_PORT can't be had.
    """
    parts = assembled(
        settings, reader, database, metrics=metrics or Metrics(), transport=transport
    )
    application = parts.application
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.poll_request.shutdown)
        # An application that was never fully initialized leaves its bot's connections open.
        stack.push_async_callback(application.bot.shutdown)
        stack.push_async_callback(application.shutdown)
        await parts.message_ids.load()
        await parts.personal_data.encrypt_anew()
        if settings.web_port:
            # Before Telegram is reached, so that it can be asked why the bot is not up.
            server = serving(parts.app, settings.web_address, settings.web_port)
            await stack.enter_async_context(server)
        await reached(application.initialize)
        await _set_command_menus(application.bot, settings.admin_ids)
        _begin(watch(reader, parts.tell_reader_is_down), stack)
        stack.push_async_callback(parts.background.drain, settings.drain_seconds)
        _begin(prune_hourly(parts.inbox), stack)
        intake = _begin(parts.intake.run(parts.lines), stack)
        logger.info(
            "@%s is up. It reads with the model %s (test accuracy %.2f %%).",
            application.bot.username,
            reader.card.name,
            100 * reader.card.test_accuracy.value,
        )
        yield intake


async def _set_command_menus(bot: Bot, admin_ids: frozenset[int]) -> None:
    await _set_command_menu(bot, texts.COMMANDS, BotCommandScopeDefault())
    for admin_id in sorted(admin_ids):
        commands = (*texts.COMMANDS, *texts.ADMIN_COMMANDS)
        await _set_command_menu(bot, commands, BotCommandScopeChat(admin_id))


async def _set_command_menu(
    bot: Bot, commands: Sequence[tuple[str, str]], scope: BotCommandScope
) -> None:
    try:
        await bot.set_my_commands(commands, scope=scope)
    except TelegramError as error:
        # The commands work without the menu, and the next start sets it.
        logger.warning("The command menu (%s) was not set: %s", scope.type, error)


def _begin(work: Coroutine[Any, Any, Never], stack: AsyncExitStack) -> asyncio.Task[Never]:
    """Begins what goes on until the stack is left."""
    task = asyncio.create_task(work)
    stack.push_async_callback(_end, task)
    return task


async def _end(task: asyncio.Task[Never]) -> None:
    task.cancel()
    # What it ended by is told to whoever awaits the task itself.
    await asyncio.gather(task, return_exceptions=True)
