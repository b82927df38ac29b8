"""The library's Application, and its connections to the Bot API server."""

import httpx
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, Defaults

from bot.answering import MAX_RUNNING, BotApplication
from bot.api_request import ApiRequest
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.settings import Settings


def application_for(
    settings: Settings,
    pacing: Pacing,
    metrics: Metrics,
    transport: httpx.AsyncBaseTransport | None,
) -> BotApplication:
    """An Application without handlers, which fetches nothing itself.

    Args:
        transport: how requests reach the server; over the network if None.
    """
    return (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(request(metrics, transport, num_connections=MAX_RUNNING))
        .defaults(Defaults(parse_mode=ParseMode.HTML, allow_sending_without_reply=True))
        .rate_limiter(pacing)
        .updater(None)
        .job_queue(None)
        .build()
    )


def request(
    metrics: Metrics, transport: httpx.AsyncBaseTransport | None, *, num_connections: int
) -> ApiRequest:
    """Connections to the server; over the network if there is no other transport."""
    return ApiRequest(
        metrics,
        connection_pool_size=num_connections,
        # Telegram itself may take several seconds to store an upload or to find a file.
        connect_timeout=10,
        read_timeout=20,
        write_timeout=20,
        media_write_timeout=60,
        pool_timeout=20,
        httpx_kwargs={"transport": transport} if transport else None,
    )
