"""The composition root: makes the parts, wires them, and runs them until told to stop."""

import asyncio
import logging
from contextlib import closing

import httpx
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, Defaults
from telegram.request import HTTPXRequest

from bot.chat_order import ChatOrder
from bot.handlers.errors import error_handler
from bot.handlers.everyone import Everyone, hint
from bot.handlers.photos import Photos
from bot.inference import InProcessReader, Reader
from bot.polling import BotApplication, polling
from bot.settings import Settings
from bot.storage import Storage, opened
from mnist_model import load_reader

logger = logging.getLogger(__name__)

MAX_CONCURRENT_UPDATES = 256


def build_application(
    settings: Settings,
    reader: Reader,
    storage: Storage,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> BotApplication:
    """The bot, wired but not started.

    Args:
        transport: how requests reach the Bot API server; over the network if None.
    """
    application: BotApplication = (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(_request(transport, num_connections=MAX_CONCURRENT_UPDATES))
        # More than the one that polls, so that a stuck connection can't end polling.
        .get_updates_request(_request(transport, num_connections=4))
        .defaults(Defaults(parse_mode=ParseMode.HTML, allow_sending_without_reply=True))
        .concurrent_updates(ChatOrder(MAX_CONCURRENT_UPDATES))
        .job_queue(None)
        .build()
    )
    everyone, photos = Everyone(reader, storage), Photos(reader, storage)
    application.add_handlers([*everyone.routes(), *photos.routes(), hint()])
    application.add_error_handler(error_handler(settings.admin_ids))
    return application


async def run(settings: Settings) -> None:
    """Runs the bot until this task is cancelled, then stops it cleanly.

    Raises:
        ModelFileError: the model can't be loaded; nothing was started.
        StorageError: the database can't be opened; nothing was started.
        InvalidToken: Telegram refuses the token.
    """
    # Loading computes for seconds; in a thread it leaves the loop free to hear a stop.
    digit_reader = await asyncio.to_thread(load_reader, settings.model_path)
    with closing(InProcessReader(digit_reader, settings.reader_threads)) as reader:
        async with opened(settings.database_url.get_secret_value()) as storage:
            application = build_application(settings, reader, storage)
            async with polling(application):
                logger.info(
                    "@%s is up. It reads with the model %s (test accuracy %.2f %%).",
                    application.bot.username,
                    reader.card.name,
                    100 * reader.card.test_accuracy.value,
                )
                await asyncio.Event().wait()


def _request(transport: httpx.AsyncBaseTransport | None, *, num_connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=num_connections,
        # Telegram itself may take several seconds to store an upload or to find a file.
        connect_timeout=10,
        read_timeout=20,
        write_timeout=20,
        media_write_timeout=60,
        pool_timeout=20,
        httpx_kwargs={"transport": transport} if transport else None,
    )
