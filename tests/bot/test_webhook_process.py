"""`python -m bot` on a webhook as a process of its own, killed and stopped."""

import asyncio
import signal
import socket
from pathlib import Path

from bot import texts
from fake_telegram import Hang, Person, World
from tests.bot.conftest import plain
from tests.bot.pictures import photo
from tests.bot.test_albums import all_answers
from tests.bot.test_main import SECONDS_TO_START, log_of, started
from tests.bot.webhook_bot import free_port, sqlite_rows, webhook_settings


def settings() -> dict[str, str]:
    return {name.upper(): str(value) for name, value in webhook_settings(free_port()).items()}


async def test_a_kill_between_the_commit_and_the_answer_to_telegram_loses_nothing(
    world: World, ann: Person, tmp_path: Path
) -> None:
    ann.send_text("/privacy")
    async with started(world, tmp_path, program="tests.bot.dying_bot", **settings()) as process:
        await asyncio.wait_for(process.wait(), SECONDS_TO_START)
    assert process.returncode == -signal.SIGKILL
    file = tmp_path / "var" / "bot.sqlite3"
    assert sqlite_rows(file, "SELECT state FROM inbox") == [("waiting",)]
    (update,) = world.updates.waiting()  # Telegram does not know that it came
    async with started(world, tmp_path, **settings()):
        answer = await world.next_message(ann.user_id, SECONDS_TO_START)
        assert answer["text"] == plain(texts.PRIVACY)
        # Telegram brings it again, under its number.
        await world.until(lambda: update not in world.updates.waiting(), SECONDS_TO_START)
        assert len(await all_answers(world, ann)) == 1


async def test_a_kill_in_the_midst_of_an_answer_neither_loses_nor_doubles_it(
    world: World, ann: Person, tmp_path: Path
) -> None:
    world.faults.add("sendMessage", Hang(60))
    ann.send_photo(photo("7"))
    async with started(world, tmp_path, **settings()) as process:
        await world.until(lambda: bool(world.sent(ann.user_id)), SECONDS_TO_START)
        process.kill()
        await process.wait()
    ann.send_photo(photo("1"))
    async with started(world, tmp_path, **settings()):
        await world.until(lambda: len(world.sent(ann.user_id)) == 2, SECONDS_TO_START)
        answers = await all_answers(world, ann)
    assert [answer["text"][: len("I read 7")] for answer in answers] == ["I read 7", "I read 1"]


async def test_told_to_stop_it_ends_with_0_and_the_next_start_goes_on(
    world: World, ann: Person, tmp_path: Path
) -> None:
    async with started(world, tmp_path, **settings()) as process:
        ann.send_photo(photo("7"))
        assert (await world.next_message(ann.user_id, SECONDS_TO_START))["text"][:8] == "I read 7"
        process.send_signal(signal.SIGTERM)
        ann.send_text("/help")  # comes while it stops, or later
        log = await log_of(process)
    assert process.returncode == 0
    assert log.rstrip().endswith("INFO bot: Stopped.")
    assert "Traceback" not in log
    async with started(world, tmp_path, **settings()):
        answer = await world.next_message(ann.user_id, SECONDS_TO_START)
    assert answer["text"] == plain(texts.HELP)


async def test_a_port_that_is_taken_ends_the_program_with_1(world: World, tmp_path: Path) -> None:
    taken = settings()
    with socket.create_server(("127.0.0.1", int(taken["WEB_PORT"]))):
        async with started(world, tmp_path, **taken) as process:
            log = await log_of(process)
    assert process.returncode == 1
    assert f"CRITICAL bot: Nothing can be served on 127.0.0.1, port {taken['WEB_PORT']} (" in log
    assert "Traceback" not in log
