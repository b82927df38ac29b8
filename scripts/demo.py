"""Chat with the bot in a browser: no Telegram account, no token, no internet."""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from asyncio.subprocess import Process, create_subprocess_exec
from pathlib import Path

from fake_telegram import World, serve


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="0 takes any free one")
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, open nothing"
    )
    options = parser.parse_args()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    world = World()
    with tempfile.TemporaryDirectory(prefix="digit-reader-demo-") as folder:
        try:
            async with serve(world, options.port) as address:
                bot = await start_bot(world.token, address, Path(folder))
                print(f"Chat with the bot at {address}/ (Ctrl-C ends it)", flush=True)
                if not options.no_browser:
                    webbrowser.open(address)
                return await until_stopped(bot, stop)
        except OSError as error:
            print(f"Port {options.port} can't be used ({error.strerror}): try --port 0.")
            return 1


async def start_bot(token: str, address: str, folder: Path) -> Process:
    """The real bot, as `make bot` starts it, but talking to the stand-in."""
    settings = {
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": address,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.sqlite3'}",
        "LOG_LEVEL": "WARNING",
        "NO_PROXY": "127.0.0.1",  # a proxy could not reach this machine's own address
    }
    # In a session of its own: Ctrl-C reaches this process alone, which then stops the bot.
    return await create_subprocess_exec(
        sys.executable, "-m", "bot", env={**os.environ, **settings}, start_new_session=True
    )


async def until_stopped(bot: Process, stop: asyncio.Event) -> int:
    """Waits for Ctrl-C, or for the bot to end by itself; returns the exit status."""
    stopped, ended = asyncio.create_task(stop.wait()), asyncio.create_task(bot.wait())
    await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if bot.returncode is not None:
        print(f"The bot ended by itself with status {bot.returncode}; what it said stands above.")
        return 1
    bot.terminate()
    await ended
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
