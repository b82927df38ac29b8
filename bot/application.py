"""The composition root: makes the parts, wires them, and runs them until told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Never
from urllib.parse import urlsplit

import httpx
from telegram import Bot, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot import texts
from bot.answering import Answering
from bot.background import Background
from bot.chat_order import ChatOrder
from bot.connection import application_for, request
from bot.database import Database, opened
from bot.delivery import Delivery
from bot.encryption import Encryption
from bot.handlers.admin import Admin
from bot.handlers.errors import report, tell_admins
from bot.handlers.everyone import Everyone, hint
from bot.handlers.forget import Forget
from bot.handlers.photos import Photos
from bot.inbox import Inbox
from bot.inference import Reader
from bot.intake import Intake, prune_hourly, reached
from bot.lines import Lines
from bot.message_ids import MessageIds
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.personal_data import PersonalData
from bot.polling import Poller
from bot.questions import Questions
from bot.quota import PhotoQuota
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from bot.settings import Settings
from bot.storage import Storage
from bot.watch import watch
from bot.web.app import create_app
from bot.web.exposition import Exposition
from bot.web.health import Health
from bot.web.registration import Registration
from bot.web.server import serving
from bot.web.webhook import Webhook

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
    pacing, background = Pacing(), Background()
    metrics = metrics or Metrics()
    application = application_for(settings, pacing, metrics, transport)
    # More connections than the one that polls, so that a stuck one can't end polling.
    poll_request = request(metrics, transport, num_connections=4)
    message_ids = MessageIds(database)
    encryption = Encryption(settings.encryption_secrets)
    inbox = Inbox(application.bot, database, message_ids, encryption)
    personal_data = PersonalData(database, encryption)
    intake: Intake
    webhook = None
    if settings.webhook_url:
        secret = settings.webhook_secret_token
        webhook = Webhook(inbox, background, secret, metrics)
        intake = Registration(application.bot, webhook, settings.webhook_url, secret)
    else:
        deadline_seconds = settings.polling_deadline_seconds
        intake = Poller(application.bot, poll_request, inbox, deadline_seconds=deadline_seconds)
    delivery = Delivery(
        application.bot, database, message_ids, intake.caught_up, pacing, metrics=metrics
    )
    questions = Questions(database, encryption, intake.caught_up)
    order = ChatOrder()
    report_to_admins = partial(report, application.bot, order, settings.admin_ids)
    answering = Answering(
        application,
        inbox,
        questions,
        delivery,
        background,
        report=report_to_admins,
        metrics=metrics,
    )
    quota = PhotoQuota(
        per_minute=settings.photos_per_minute,
        max_waiting=settings.photos_waiting,
        exempt=settings.admin_ids,
    )
    lines = Lines(answering, inbox, quota, order, background)
    metrics.watch(reader.card, lambda: lines.num_lines, lambda: intake.age_seconds)
    storage = Storage(database)
    for handlers in (
        Admin(settings.admin_ids, inbox, reader, delivery),
        Forget(personal_data, delivery),
        Everyone(reader, storage, delivery),
        Photos(reader, storage, questions, delivery),
    ):
        application.add_handlers(handlers.routes())
    application.add_handler(hint(delivery))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(poll_request.shutdown)
        # An application that was never fully initialized leaves its bot's connections open.
        stack.push_async_callback(application.bot.shutdown)
        stack.push_async_callback(application.shutdown)
        await message_ids.load()
        await personal_data.encrypt_anew()
        if settings.web_port:
            # Before Telegram is reached, so that it can be asked why the bot is not up.
            health = Health(inbox, intake, reader, background)
            exposition = Exposition(metrics, inbox)
            app = create_app(health, exposition, webhook, urlsplit(settings.webhook_url).path)
            await stack.enter_async_context(serving(app, settings.web_address, settings.web_port))
        await reached(application.initialize)
        await _set_command_menus(application.bot, settings.admin_ids)
        told = partial(tell_admins, application.bot, order, settings.admin_ids, texts.READER_DOWN)
        stack.push_async_callback(_end, asyncio.create_task(watch(reader, told)))
        stack.push_async_callback(background.drain, settings.drain_seconds)
        for work in (prune_hourly(inbox), intake.run(lines)):
            task = asyncio.create_task(work)
            stack.push_async_callback(_end, task)
        logger.info(
            "@%s is up. It reads with the model %s (test accuracy %.2f %%).",
            application.bot.username,
            reader.card.name,
            100 * reader.card.test_accuracy.value,
        )
        yield task


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


async def _end(task: asyncio.Task[Never]) -> None:
    task.cancel()
    # What it ended by is told to whoever awaits the task itself.
    await asyncio.gather(task, return_exceptions=True)
