"""A strict world on a clock that stands still, and ways to talk to it without a socket."""

from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
import pytest_asyncio
from PIL import Image
from telegram import Bot
from telegram.request import HTTPXRequest

from fake_telegram import ManualClock, Person, World, create_app
from tests.fake_telegram.calls import ADDRESS, Api


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(clock: ManualClock) -> World:
    return World(clock=clock, strict=True)


@pytest.fixture
def ann(world: World) -> Person:
    """Somebody who has written to the bot already; the update is not the test's."""
    person = Person(world)
    person.send_text("/start")
    world.updates.clear()
    return person


@pytest_asyncio.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(world))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def api(world: World, http: httpx.AsyncClient) -> Api:
    """The Bot API as plain HTTP, with the right token."""
    return Api(world, http)


@pytest_asyncio.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    """The real python-telegram-bot, joined to the server in this process."""
    app = create_app(world)

    def joined() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": httpx.ASGITransport(app)})

    async with Bot(
        world.token,
        base_url=f"{ADDRESS}/bot",
        base_file_url=f"{ADDRESS}/file/bot",
        request=joined(),
        get_updates_request=joined(),
    ) as real:
        yield real


@pytest.fixture
def picture() -> bytes:
    """A white PNG, wider than the largest size of a photo."""
    return png(1500, 900)


def png(width: int, height: int, colour: str = "white") -> bytes:
    content = BytesIO()
    Image.new("RGB", (width, height), colour).save(content, "PNG")
    return content.getvalue()
