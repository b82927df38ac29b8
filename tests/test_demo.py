"""`scripts/demo.py` as a process of its own: it starts, answers, and takes the bot along."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "demo.py"
SECONDS_TO_ANSWER = 90  # the bot loads its model first, on a machine that may be busy
SECONDS_TO_END = 30

STUBBORN_BOT = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("not yet", flush=True))
print("up", flush=True)
while True:
    time.sleep(1)
"""


WITH_ANOTHER_BOT = f"""
import asyncio, sys
sys.path.insert(0, {str(SCRIPT.parent)!r})
import demo
demo.BOT = (sys.executable, "-c", {{bot!r}})
sys.exit(asyncio.run(demo.main()))
"""


@asynccontextmanager
async def started(folder: Path, *options: str, bot: str = "") -> AsyncIterator[Process]:
    """The demo, on any free port unless told, with its temporary files in `folder`.

    Args:
        bot: a program in the bot's place.
    """
    demo = await asyncio.create_subprocess_exec(
        sys.executable,
        *(("-c", WITH_ANOTHER_BOT.format(bot=bot)) if bot else (SCRIPT,)),
        "--no-browser",
        *(options or ("--port", "0")),
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield demo
    finally:
        if demo.returncode is None:
            demo.terminate()  # not kill: it has a bot to take along
            await demo.wait()


async def line_with(pattern: str, demo: Process) -> str:
    """What the pattern finds in the first line of the demo that has it."""
    assert demo.stdout is not None
    async with asyncio.timeout(SECONDS_TO_ANSWER):
        async for line in demo.stdout:
            if found := re.search(pattern, line.decode()):
                return found.group()
    pytest.fail(f"The demo ended and had no line with {pattern}.")


async def end_of(demo: Process) -> str:
    """What the demo and its bot say until both have ended: both hold the stream open."""
    async with asyncio.timeout(SECONDS_TO_END):
        said, complaints = await demo.communicate()
    return (said + complaints).decode()


async def reply(address: str, chat_id: int) -> str:
    """The bot's first message in a chat, as the page hears of it."""
    async with (
        asyncio.timeout(SECONDS_TO_ANSWER),
        httpx.AsyncClient(base_url=address, timeout=None, trust_env=False) as http,  # noqa: S113 - the line above limits it
        http.stream("GET", f"client/{chat_id}/events") as events,
    ):
        async for line in events.aiter_lines():
            event = json.loads(line.removeprefix("data: ")) if line.startswith("data") else {}
            for message in event.get("messages", [event.get("message", {})]):
                if message.get("from", {}).get("is_bot"):
                    return str(message["text"])
    pytest.fail("The demo closed the chat, and the bot had not answered.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_the_demo_answers_and_ends_cleanly_on_ctrl_c_and_with_its_terminal(
    tmp_path: Path, number: signal.Signals
) -> None:
    # Meant for the bot on Telegram, and not for this one.
    settings = "TELEGRAM_BOT_TOKEN=1:x\nWEB_PORT=1\nWEBHOOK_URL=https://bot.example/telegram\n"
    (tmp_path / ".env").write_text(settings)
    async with started(tmp_path) as demo:
        address = await line_with(r"http://127\.0\.0\.1:\d+/", demo)
        async with httpx.AsyncClient(base_url=address, trust_env=False) as http:
            (await http.post("client/1001/text", json={"text": "/start"})).raise_for_status()
        assert "digits" in await reply(address, 1001)
        demo.send_signal(number)
        assert await end_of(demo) == ""
    assert demo.returncode == 0
    assert os.listdir(tmp_path) == [".env"]  # noqa: PTH208 - Path's own would block, says ASYNC240


async def test_a_second_ctrl_c_ends_a_bot_that_takes_long_to_stop(tmp_path: Path) -> None:
    async with started(tmp_path, bot=STUBBORN_BOT) as demo:
        await line_with("up", demo)
        demo.send_signal(signal.SIGINT)
        await line_with("not yet", demo)
        demo.send_signal(signal.SIGINT)
        async with asyncio.timeout(8):  # less than it waits for a bot if nobody is impatient
            await end_of(demo)
    assert demo.returncode == 0


async def test_a_bot_that_ends_by_itself_ends_the_demo_with_1(tmp_path: Path) -> None:
    async with started(tmp_path, bot="raise SystemExit(3)") as demo:
        assert "The bot ended by itself with status 3" in await end_of(demo)
    assert demo.returncode == 1


async def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with started(tmp_path, "--port", port) as demo:
            said = await end_of(demo)
    assert said.startswith(f"Port {port} can't be used (Address already in use). For any free one")
    assert "Traceback" not in said
    assert demo.returncode == 1


async def test_a_number_that_is_no_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with started(tmp_path, "--port", "99999") as demo:
        said = await end_of(demo)
    assert "99999 is no port: choose one from 0 to 65535." in said
    assert "Traceback" not in said
    assert demo.returncode == 2
