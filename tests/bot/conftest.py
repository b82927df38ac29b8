"""The real bot in a conversation: its Application, joined to the stand-in without a socket."""

import asyncio
import html
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Never

import httpx
import pytest

from bot.application import running
from bot.database import Database, opened
from bot.inference import Reader
from bot.settings import Settings
from bot.storage import Storage
from fake_telegram import Person, World, create_app
from mnist_model import DigitReader, Reading, load_reader
from tests.bot.databases import (
    POSTGRESQL,
    SQLITE,
    PostgresServer,
    postgres_programs,
    postgres_server,
)
from tests.bot.in_process import InProcessReader

RunningBot = Callable[..., AbstractAsyncContextManager[asyncio.Task[Never]]]


def plain(text: str) -> str:
    """A sentence of bot/texts/ as it reads in Telegram, without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


class SlowDigitReader(DigitReader):
    """Reads as the real one does, but holds its thread until it is let go on."""

    def __init__(self, digit_reader: DigitReader) -> None:
        super().__init__(digit_reader._classifier)
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()

    def read(self, photo: bytes) -> Reading:
        self.has_begun.set()
        if not self.may_go_on.wait(timeout=10):
            raise TimeoutError("Nobody let this reader go on.")
        return super().read(photo)


@pytest.fixture(scope="session")
def digit_reader() -> DigitReader:
    """The shipped model; loading it takes seconds."""
    return load_reader()


@pytest.fixture
def reader(digit_reader: DigitReader) -> Iterator[InProcessReader]:
    with closing(InProcessReader(digit_reader, num_threads=2)) as reader:
        yield reader


@pytest.fixture
def slow(digit_reader: DigitReader) -> SlowDigitReader:
    return SlowDigitReader(digit_reader)


@pytest.fixture
def world() -> World:
    return World(strict=True)


@pytest.fixture
def ann(world: World) -> Person:
    return Person(world)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that are marked so, and use a database, run on SQLite and on PostgreSQL."""
    is_marked = metafunc.definition.get_closest_marker("both_databases")
    if is_marked and "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("There is no PostgreSQL on this machine. `make postgres` installs Debian's.")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database; on SQLite unless the test is marked `both_databases`."""
    if getattr(request, "param", SQLITE) == POSTGRESQL:
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.new_database()
    return f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


@pytest.fixture
def file(tmp_path: Path, database: Database) -> Path:  # noqa: ARG001 - which makes the file
    """The database's."""
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def storage(database: Database) -> Storage:
    return Storage(database)


@pytest.fixture
def running_bot(world: World, database: Database) -> RunningBot:
    """Starts the bot on a reader, with the settings given, and stops it at the block's end."""

    @asynccontextmanager
    async def run(reader: Reader, **settings: Any) -> AsyncIterator[asyncio.Task[Never]]:
        transport = httpx.ASGITransport(create_app(world))
        address = {"telegram_bot_token": world.token, "telegram_api_url": "http://127.0.0.1"}
        chosen = Settings(**address | settings)
        async with running(chosen, reader, database, transport=transport) as polling:
            yield polling

    return run


@pytest.fixture
async def bot(running_bot: RunningBot, reader: Reader) -> AsyncIterator[None]:
    """The bot, answering, on the shipped model."""
    async with running_bot(reader):
        yield
