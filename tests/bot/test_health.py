"""Whoever supervises the bot can ask how it is, in both modes, and is told why it is not well."""

import asyncio
import re
import socket
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.database import Database
from bot.polling import PollingStopped
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from bot.web.server import CannotListen, serving
from fake_telegram import Person, World
from fake_telegram.faults import BadGateway, Hang
from mnist_model import DEFAULT_MODEL_PATH
from tests.bot.conftest import SlowDigitReader
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_inbox import message
from tests.bot.webhook_bot import Asked, free_port, hooked, sqlite_rows

FETCHING: dict[str, Any] = {"webhook_url": ""}


@pytest.mark.parametrize("settings", [FETCHING, {}], ids=["polling", "webhook"])
async def test_all_is_well_once_updates_come_in(
    world: World, reader: InProcessReader, database: Database, settings: dict[str, Any]
) -> None:
    world.faults.add("getMe", BadGateway())
    async with hooked(world, reader, database, **settings) as bot:
        await bot.green("/readyz")
        assert await bot.why("/healthz") is None
        assert (await bot.get("/telegram")).status_code in {404, 405}
        assert (await bot.get("/")).status_code == 404


async def test_while_telegram_cannot_be_reached_the_bot_says_so_from_the_start(
    world: World, reader: InProcessReader, database: Database
) -> None:
    world.faults.add("getMe", BadGateway(), times=1000)
    port = free_port()

    async def run() -> None:
        async with hooked(world, reader, database, webhook_url="", web_port=port):
            pass

    running = asyncio.create_task(run())
    async with Asked(port) as bot:
        await world.until(lambda: bool(world.calls_of("getMe")))
        assert (await bot.why("/readyz") or "").startswith("Updates do not come in")
        assert await bot.why("/healthz") is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_polling_without_success_is_red_before_it_ends_the_bot(
    world: World, reader: InProcessReader, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.LONG_POLL_SECONDS", 0.1)
    world.faults.add("getUpdates", Hang(60), times=1000)
    settings: dict[str, Any] = FETCHING | {"polling_deadline_seconds": 4}
    async with hooked(world, reader, database, **settings) as bot:
        assert await bot.why("/healthz") is None
        why = await bot.red("/healthz")
        assert why.startswith("No updates could be fetched and kept for 2")
        assert await bot.why("/readyz") == why
        with pytest.raises(PollingStopped):
            await bot.intake


async def test_a_webhook_that_telegram_does_not_confirm_is_red(
    world: World, reader: InProcessReader, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.registration.FAULTY_AFTER_SECONDS", 1.0)
    world.faults.add("getWebhookInfo", BadGateway(), times=1000)
    async with hooked(world, reader, database) as bot:
        why = await bot.red("/healthz")
        assert re.fullmatch(r"For \d+ s Telegram has not confirmed that it knows .*\.", why)
        world.faults.clear()
        await bot.green("/readyz")


async def test_a_webhook_that_telegram_cannot_reach_is_red(
    world: World,
    ann: Person,
    reader: InProcessReader,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.registration.FAULTY_AFTER_SECONDS", 2.0)
    monkeypatch.setattr("bot.web.registration.WATCH_SECONDS", 0.1)
    nowhere = f"http://127.0.0.1:{free_port()}/telegram"
    async with hooked(world, reader, database, webhook_url=nowhere) as bot:
        await bot.green("/readyz")
        await asyncio.sleep(1)  # what failed before the first look is of no interest
        ann.send_text("/help")
        why = await bot.red("/healthz")
        assert re.fullmatch(r"For \d+ s Telegram could not reach the webhook; the log .*\.", why)
        world.updates.clear()
        await bot.green("/readyz")


async def test_a_database_that_cannot_be_written_is_red(
    world: World,
    reader: InProcessReader,
    database: Database,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.health.PROBE_SECONDS", 0.2)
    async with hooked(world, reader, database) as bot:
        await bot.green("/readyz")
        sqlite_rows(file, "ALTER TABLE inbox RENAME TO elsewhere")
        assert await bot.red("/healthz") == "The database can't be written; the log says why."
        sqlite_rows(file, "ALTER TABLE elsewhere RENAME TO inbox")
        await bot.green("/healthz")
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await bot.red("/healthz") == "The database has not answered within 0.2 s."
            other.rollback()
        await bot.green("/healthz")
    assert sqlite_rows(file, "SELECT * FROM inbox") == []  # what was written is taken back


async def test_a_process_that_reads_and_cannot_be_started_again_is_red(
    world: World, database: Database, tmp_path: Path
) -> None:
    model_path = tmp_path / "cnn.keras"
    for suffix in (".keras", ".json"):
        copy(DEFAULT_MODEL_PATH.with_suffix(suffix), model_path.with_suffix(suffix))
    async with (
        reading_pool(Work(model_path, photo_seconds=5, photo_megabytes=200), 1) as pool,
        hooked(world, pool, database) as bot,
    ):
        await bot.green("/readyz")
        model_path.rename(tmp_path / "elsewhere")
        process = await pool._idle.get()
        process.kill()
        assert "no process that reads can be started" in await bot.red("/healthz")
        (tmp_path / "elsewhere").rename(model_path)
        await bot.green("/healthz")


async def test_a_bot_that_stops_takes_nothing_new_and_is_not_ready(
    world: World, ann: Person, slow: SlowDigitReader, database: Database
) -> None:
    port = free_port()
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with Asked(port) as bot, AsyncExitStack() as stack:
            await stack.enter_async_context(hooked(world, reader, database, web_port=port))
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 20)
            stopping = asyncio.create_task(stack.pop_all().aclose())
            assert await bot.red("/readyz") == "The bot is stopping."
            assert await bot.why("/healthz") is None
            assert (await bot.bring(message(5))).status_code == 503
            slow.may_go_on.set()
            await stopping
    (answer,) = world.sent(ann.user_id)
    assert answer["text"].startswith("I read 7 ")


@pytest.mark.parametrize(("address", "port"), [("127.0.0.1", None), ("203.0.113.7", 8080)])
async def test_a_port_that_cannot_be_had_is_told_in_a_sentence(
    address: str, port: int | None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = port or other.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"on {address}, port {port} \("):
            async with serving(Starlette(), address, port):
                pass
