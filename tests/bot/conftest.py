"""The real bot in a conversation: its Application, joined to the stand-in without a socket."""

import html
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from bot.application import build_application
from bot.inference import InProcessReader, Reader
from bot.polling import BotApplication, polling
from bot.settings import Settings
from bot.storage import Storage, opened
from fake_telegram import Person, World, create_app
from mnist_model import DigitReader, load_reader

RunningBot = Callable[..., AbstractAsyncContextManager[BotApplication]]


def plain(text: str) -> str:
    """A sentence of bot/texts.py as it reads in Telegram, without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


@pytest.fixture(scope="session")
def digit_reader() -> DigitReader:
    """The shipped model; loading it takes seconds."""
    return load_reader()


@pytest.fixture
def reader(digit_reader: DigitReader) -> Iterator[InProcessReader]:
    with closing(InProcessReader(digit_reader, num_threads=2)) as reader:
        yield reader


@pytest.fixture
def world() -> World:
    return World(strict=True)


@pytest.fixture
def ann(world: World) -> Person:
    return Person(world)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as storage:
        yield storage


@pytest.fixture
def running_bot(world: World, storage: Storage) -> RunningBot:
    """Starts the bot on a reader, with the admins given, and stops it at the block's end."""

    @asynccontextmanager
    async def run(
        reader: Reader, admin_ids: frozenset[int] = frozenset()
    ) -> AsyncIterator[BotApplication]:
        settings = Settings(
            telegram_bot_token=world.token,
            telegram_api_url="http://127.0.0.1",
            admin_ids=admin_ids,
        )
        transport = httpx.ASGITransport(create_app(world))
        application = build_application(settings, reader, storage, transport=transport)
        async with polling(application):
            yield application

    return run


@pytest.fixture
async def bot(running_bot: RunningBot, reader: Reader) -> AsyncIterator[BotApplication]:
    """The bot, answering, on the shipped model."""
    async with running_bot(reader) as application:
        yield application
