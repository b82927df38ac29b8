"""The bot on a webhook: its ASGI app under uvicorn, called by the stand-in over loopback."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Never

import httpx

from bot.application import running
from bot.database import Database
from bot.inference import Reader
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web.webhook import SECRET_HEADER
from fake_telegram import World, serve

SECRET = "s3cret_of-the-tests_that-nobody-could-guess"  # noqa: S105 - opens nothing


def sqlite_rows(file: Path, query: str) -> list[Any]:
    """What an SQLite file says, while the bot has it open."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(query).fetchall()


def free_port() -> int:
    """A port that nothing listens on, for now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def webhook_settings(port: int) -> dict[str, Any]:
    return {
        "web_port": port,
        "webhook_url": f"http://127.0.0.1:{port}/telegram",
        "webhook_secret": SECRET,
    }


class Asked(httpx.AsyncClient):
    """Asks what the bot serves, and calls its webhook as Telegram does or as others would."""

    def __init__(self, port: int) -> None:
        super().__init__(base_url=f"http://127.0.0.1:{port}", trust_env=False)

    async def bring(self, update: object, secret: str = SECRET) -> httpx.Response:
        """Calls the webhook."""
        return await self.post("/telegram", json=update, headers={SECRET_HEADER: secret})

    async def why(self, path: str) -> str | None:
        """What /healthz or /readyz says is wrong; None if nothing is."""
        answer = await self.get(path, timeout=30)
        said = answer.json()
        assert answer.status_code == (200 if said["ok"] else 503)
        assert said.keys() <= {"ok", "why"}
        why: str | None = said.get("why")
        return why

    async def red(self, path: str) -> str:
        """What is wrong, once something is."""
        async with asyncio.timeout(30):
            while (why := await self.why(path)) is None:  # noqa: ASYNC110 - another program's
                await asyncio.sleep(0.05)
        return why

    async def green(self, path: str) -> None:
        """Waits until nothing is wrong."""
        async with asyncio.timeout(30):
            while await self.why(path):  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.05)


class Hooked(Asked):
    """The same, of a bot in this process."""

    def __init__(self, port: int, intake: asyncio.Task[Never]) -> None:
        super().__init__(port)
        self.intake = intake


@asynccontextmanager
async def hooked(
    world: World,
    reader: Reader,
    database: Database,
    *,
    metrics: Metrics | None = None,
    **settings: Any,
) -> AsyncIterator[Hooked]:
    """The bot, with the webhook unless the settings say otherwise, and stopped at the end."""
    port = settings.get("web_port") or free_port()
    async with serve(world) as address:
        given = {"telegram_bot_token": world.token, "telegram_api_url": address}
        chosen = Settings(**given | webhook_settings(port) | settings)
        async with (
            running(chosen, reader, database, metrics=metrics) as intake,
            Hooked(port, intake) as bot,
        ):
            yield bot
