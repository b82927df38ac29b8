"""`python -m bot` as a process of its own, on the stand-in over a real socket."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fake_telegram import Person, World, serve
from fake_telegram.faults import BadGateway, Refuse
from fake_telegram.refusals import UNAUTHORIZED
from mnist_model import DEFAULT_MODEL_PATH
from tests.bot.pictures import photo
from tests.bot.webhook_bot import free_port, webhook_settings

REPOSITORY = Path(__file__).parents[2]
SECONDS_TO_START = 60  # on a machine that does much else


@asynccontextmanager
async def started(
    world: World, folder: Path, *, program: str = "bot", **settings: str
) -> AsyncIterator[Process]:
    """The program, with its settings in the environment and its files in `folder`."""
    async with serve(world) as address:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            cwd=folder,
            env=os.environ
            | {
                "PYTHONPATH": str(REPOSITORY),
                "TELEGRAM_BOT_TOKEN": world.token,
                "TELEGRAM_API_URL": address,
            }
            | settings,
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def log_of(process: Process) -> str:
    """All that the program wrote, once it has ended."""
    printed, logged = await asyncio.wait_for(process.communicate(), SECONDS_TO_START)
    return (printed + logged).decode()


async def test_the_program_answers_and_ends_with_0_when_told_to_stop(
    world: World, ann: Person, tmp_path: Path
) -> None:
    async with started(world, tmp_path, LOG_LEVEL="DEBUG") as process:
        sent = ann.send_photo(photo("7"))
        answer = await world.next_message(ann.user_id, SECONDS_TO_START)
        process.send_signal(signal.SIGTERM)
        log = await log_of(process)
    assert process.returncode == 0
    assert answer["text"].startswith("I read 7 ")
    assert f"INFO bot.application: @{world.bot['username']} is up." in log
    assert "It reads with the model cnn (test accuracy 99." in log
    assert log.rstrip().endswith("INFO bot: Stopped.")
    assert "[bot token]/getMe" in log  # so the lines that held the token are there
    assert world.token not in log
    assert sent["photo"][0]["file_id"] not in log  # no update is logged, at DEBUG neither
    assert (tmp_path / "var" / "bot.sqlite3").exists()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_an_update_can_be_followed_through_the_log_from_the_inbox_to_its_answer(
    world: World, ann: Person, tmp_path: Path, mode: str
) -> None:
    settings = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}
    if mode == "webhook":
        settings |= {name.upper(): str(of) for name, of in webhook_settings(free_port()).items()}
    ann.send_photo(photo("7"))
    ann.send_text("/help")
    ids = [str(update.update_id) for update in world.updates.waiting()]
    async with started(world, tmp_path, **settings) as process:
        for _ in ids:
            await world.next_message(ann.user_id, SECONDS_TO_START)
        process.send_signal(signal.SIGTERM)
        log = [json.loads(line) for line in (await log_of(process)).splitlines()]
    assert process.returncode == 0
    for update_id, method in zip(ids, ("getFile", "sendMessage"), strict=True):
        about = [line for line in log if line.get("update_id") == update_id]
        said = [line["message"] for line in about if line["logger"].startswith(("bot", "httpx"))]
        assert said[0] == "Kept."
        assert any(f"[bot token]/{method}" in message for message in said)
        assert said[-1] == "Answered: answered."
    assert not any("getUpdates" in line["message"] for line in log if "update_id" in line)


async def test_the_program_can_be_stopped_while_it_waits_for_an_absent_server(
    world: World, tmp_path: Path
) -> None:
    world.faults.add("getMe", BadGateway(), times=100)
    async with started(world, tmp_path) as process:
        await world.until(lambda: bool(world.calls_of("getMe")), SECONDS_TO_START)
        process.send_signal(signal.SIGINT)
        log = await log_of(process)
    assert process.returncode == 0
    assert log.rstrip().endswith("INFO bot: Stopped.")


async def test_a_token_that_is_refused_is_told_in_a_sentence_and_ends_with_1(
    world: World, tmp_path: Path
) -> None:
    world.faults.add("getMe", Refuse(UNAUTHORIZED), times=100)
    async with started(world, tmp_path) as process:
        log = await log_of(process)
    assert process.returncode == 1
    assert "refuses TELEGRAM_BOT_TOKEN. Send @BotFather /mybots" in log
    assert "Traceback" not in log
    assert world.token not in log


async def test_a_damaged_model_is_told_in_a_sentence_and_nothing_starts(
    world: World, tmp_path: Path
) -> None:
    model_path = tmp_path / "cnn.keras"
    model_path.write_bytes(DEFAULT_MODEL_PATH.read_bytes()[:-1])
    model_path.with_suffix(".json").write_bytes(
        DEFAULT_MODEL_PATH.with_suffix(".json").read_bytes()
    )
    async with started(world, tmp_path, MODEL_PATH=str(model_path)) as process:
        log = await log_of(process)
    assert process.returncode == 1
    (line,) = log.splitlines()
    assert f"CRITICAL bot: The model file {model_path} is damaged" in line
    assert not world.calls


async def test_polling_that_is_refused_ends_the_program_with_1(
    world: World, ann: Person, tmp_path: Path
) -> None:
    async with started(world, tmp_path) as process:
        await world.until(lambda: bool(world.calls_of("getUpdates")), SECONDS_TO_START)
        world.faults.add("getUpdates", Refuse(UNAUTHORIZED))
        ann.send_text("/help")
        log = await log_of(process)
    assert process.returncode == 1
    assert "refuses TELEGRAM_BOT_TOKEN" in log
    assert "Traceback" not in log


async def test_a_deadline_without_updates_ends_the_program_with_1(
    world: World, tmp_path: Path
) -> None:
    world.faults.add("getUpdates", Refuse.server_error(), times=1000)
    async with started(world, tmp_path, POLLING_DEADLINE_SECONDS="2") as process:
        log = await log_of(process)
    assert process.returncode == 1
    assert "No updates could be fetched and kept for 2 s (Internal Server Error)." in log
    assert "Traceback" not in log
