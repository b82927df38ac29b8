"""The composition root: makes the parts, wires them, and runs them until told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Never

import httpx
from telegram import Bot, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, Defaults

from bot import texts
from bot.answering import MAX_RUNNING, Answering, BotApplication
from bot.api_request import ApiRequest
from bot.background import Background
from bot.chat_order import ChatOrder
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
from bot.lines import Lines
from bot.message_ids import MessageIds
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

logger = logging.getLogger(__name__)

LONGEST_RETRY_SECONDS = 30.0


async def run(settings: Settings) -> None:
    """Runs the bot until this task is cancelled, then stops it cleanly.

    Raises:
        ModelFileError: the model can't be loaded; nothing was started.
        ReaderDied: no process that reads can be started; nothing else was.
        StorageError: the database can't be opened; nothing was started.
        WrongKey: what is in it was encrypted with another key; nothing was started.
        InvalidToken: Telegram refuses the token.
        PollingStopped: updates could not be fetched for too long.
    """
    work = Work(settings.model_path, settings.photo_seconds, settings.photo_megabytes)
    async with (
        reading_pool(work, settings.reader_processes) as reader,
        opened(settings.database_url.get_secret_value()) as database,
        running(settings, reader, database) as polling,
    ):
        await polling


@asynccontextmanager
async def running(
    settings: Settings,
    reader: Reader,
    database: Database,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[asyncio.Task[Never]]:
    """The bot answers inside the block, and is given time to finish at its end.

    Args:
        transport: how requests reach the Bot API server; over the network if None.

    Yields:
        The task that fetches updates; it ends only by an error, one of those of Poller.run.

    Raises:
        InvalidToken: Telegram refuses the token.
        StorageError: the inbox can't be read.
        WrongKey: it was encrypted with another key.
    """
    pacing = Pacing()
    application = _application(settings, pacing, transport)
    # More connections than the one that polls, so that a stuck one can't end polling.
    poll_request = _request(transport, num_connections=4)
    message_ids = MessageIds(database)
    encryption = Encryption(settings.encryption_secrets)
    inbox = Inbox(application.bot, database, message_ids, encryption)
    personal_data = PersonalData(database, encryption)
    poller = Poller(
        poll_request,
        application.bot.base_url,
        inbox,
        deadline_seconds=settings.polling_deadline_seconds,
    )
    delivery = Delivery(application.bot, database, message_ids, poller.caught_up, pacing)
    questions = Questions(database, encryption, poller.caught_up)
    order, background = ChatOrder(), Background()
    report_to_admins = partial(report, application.bot, order, settings.admin_ids)
    answering = Answering(
        application, inbox, questions, delivery, background, report=report_to_admins
    )
    quota = PhotoQuota(
        per_minute=settings.photos_per_minute,
        max_waiting=settings.photos_waiting,
        exempt=settings.admin_ids,
    )
    lines = Lines(answering, inbox, quota, order, background)
    storage = Storage(database)
    admin = Admin(settings.admin_ids, inbox, reader, delivery)
    everyone = Everyone(reader, storage, delivery)
    photos = Photos(reader, storage, questions, delivery)
    forget = Forget(personal_data, delivery)
    application.add_handlers(
        [*admin.routes(), *forget.routes(), *everyone.routes(), *photos.routes(), hint(delivery)]
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(poll_request.shutdown)
        # An application that was never fully initialized leaves its bot's connections open.
        stack.push_async_callback(application.bot.shutdown)
        stack.push_async_callback(application.shutdown)
        await message_ids.load()
        await personal_data.encrypt_anew()
        await _initialize_when_reachable(application)
        await _set_command_menus(application.bot, settings.admin_ids)
        told = partial(tell_admins, application.bot, order, settings.admin_ids, texts.READER_DOWN)
        stack.push_async_callback(_end, asyncio.create_task(watch(reader, told)))
        stack.push_async_callback(background.drain, settings.drain_seconds)
        polling = asyncio.create_task(poller.run(lines))
        stack.push_async_callback(_end, polling)
        logger.info(
            "@%s is up. It reads with the model %s (test accuracy %.2f %%).",
            application.bot.username,
            reader.card.name,
            100 * reader.card.test_accuracy.value,
        )
        yield polling


def _application(
    settings: Settings, pacing: Pacing, transport: httpx.AsyncBaseTransport | None
) -> BotApplication:
    return (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(_request(transport, num_connections=MAX_RUNNING))
        .defaults(Defaults(parse_mode=ParseMode.HTML, allow_sending_without_reply=True))
        .rate_limiter(pacing)
        .updater(None)
        .job_queue(None)
        .build()
    )


def _request(transport: httpx.AsyncBaseTransport | None, *, num_connections: int) -> ApiRequest:
    return ApiRequest(
        connection_pool_size=num_connections,
        # Telegram itself may take several seconds to store an upload or to find a file.
        connect_timeout=10,
        read_timeout=20,
        write_timeout=20,
        media_write_timeout=60,
        pool_timeout=20,
        httpx_kwargs={"transport": transport} if transport else None,
    )


async def _initialize_when_reachable(application: BotApplication) -> None:
    """Tries again until Telegram answers: a machine may start before its network does."""
    seconds = 1.0
    while True:
        try:
            await application.initialize()
            await application.bot.delete_webhook()
        except InvalidToken:
            raise
        except TelegramError as error:
            logger.warning("Telegram can't be reached (%s); next try in %.0f s.", error, seconds)
        else:
            return
        await asyncio.sleep(seconds)
        seconds = min(2 * seconds, LONGEST_RETRY_SECONDS)


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


async def _end(polling: asyncio.Task[Never]) -> None:
    polling.cancel()
    # What it ended by is told to whoever awaits the task itself.
    await asyncio.gather(polling, return_exceptions=True)
