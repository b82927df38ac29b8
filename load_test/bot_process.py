"""The real bot as a process of its own, in webhook mode on the stand-in."""

import asyncio
import os
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fake_telegram import World
from load_test.usage import children_of

SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 60.0
REPOSITORY = Path(__file__).parent.parent


class BotDidNotStart(Exception):
    """The bot did not come up; its log says why."""


@dataclass(frozen=True, slots=True)
class BotProgram:
    """How the bot is started."""

    python: str  # the interpreter; what is installed beside it counts in the bot's memory
    num_readers: int  # processes that read
    folder: Path  # for its database and its log


@asynccontextmanager
async def running_bot(program: BotProgram, world: World, address: str) -> AsyncIterator[int]:
    """The id of the bot's process, once its webhook is set and its readers are started.

    Raises:
        BotDidNotStart: it did not come up in time.
    """
    log = program.folder / "bot.log"
    with log.open("wb") as written:
        bot = await asyncio.create_subprocess_exec(
            program.python,
            "-m",
            "bot",
            cwd=program.folder,
            env=os.environ | _settings(program, world, address),
            stderr=written,
        )
        try:
            if not await _is_up(bot, program, world):
                raise BotDidNotStart(f"The bot did not start; {log} says why.")
            yield bot.pid
            bot.terminate()
            await asyncio.wait_for(bot.wait(), SECONDS_TO_STOP)
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


async def _is_up(bot: Process, program: BotProgram, world: World) -> bool:
    """Waits until photos are brought to the bot, and each reader is there; False if it ends."""
    try:
        async with asyncio.timeout(SECONDS_TO_START):
            while bot.returncode is None:
                if world.webhook and len(children_of(bot.pid)) == program.num_readers:
                    return True
                await asyncio.sleep(0.1)
    except (TimeoutError, OSError):  # /proc has no such process any more
        pass
    return False


def _settings(program: BotProgram, world: World, address: str) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # free, for now
    return {
        "PYTHONPATH": str(REPOSITORY),
        "TELEGRAM_BOT_TOKEN": world.token,
        "TELEGRAM_API_URL": address,
        "DATABASE_URL": "sqlite+aiosqlite:///bot.sqlite3",
        "READER_PROCESSES": str(program.num_readers),
        "WEB_PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "LOG_LEVEL": "WARNING",
        "NO_PROXY": "127.0.0.1",
    }
