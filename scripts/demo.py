"""Chat with the bot in a browser: no Telegram account, no token, no internet."""

import argparse
import asyncio
import os
import secrets
import signal
import sys
import tempfile
import threading
import webbrowser
from asyncio.subprocess import Process, create_subprocess_exec
from contextlib import AsyncExitStack
from pathlib import Path

from bot.settings import environment_without_settings
from fake_telegram import World, serve
from fake_telegram.world import BOT_ID

Signals = asyncio.Queue[int]

BOT = (sys.executable, "-m", "bot")

SECONDS_TO_STOP = 10
"""How long the bot may take to finish what it has begun; a second Ctrl-C ends it at once."""


async def main() -> int:
    options = parse_arguments()
    signals = caught_signals()
    # A page of another site must not be able to call the Bot API here in the bot's name.
    world = World(token=f"{BOT_ID}:{secrets.token_urlsafe(24)}")
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="digit-reader-demo-"))
        try:
            address = await stack.enter_async_context(serve(world, options.port))
        except OSError as error:
            print(
                f"Port {options.port} can't be used ({os.strerror(error.errno or 0)}). For any "
                "free one: .venv/bin/python scripts/demo.py --port 0",
                file=sys.stderr,
            )
            return 1
        # At once: the page opens while the bot starts, which then answers what was sent so far.
        print(f"The bot is starting. Chat here (Ctrl-C ends it):\n\n    {address}/", flush=True)
        if not options.no_browser:
            # Some browsers return only when they are closed; a daemon thread is not waited for.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        return await run_bot(world.token, address, Path(folder), signals)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=port, default=8080, help="0 takes any free one")
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, open nothing"
    )
    return parser.parse_args()


def port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: choose one from 0 to 65535.")
    return number


def caught_signals() -> Signals:
    """Ctrl-C, a request to stop, a closed terminal: each arrives in the queue from now on."""
    signals = Signals()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    return signals


async def run_bot(token: str, address: str, folder: Path, signals: Signals) -> int:
    """The real bot, as `make bot` starts it, but talking to the stand-in, until a signal comes."""
    settings = {
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": address,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.sqlite3'}",
        "LOG_LEVEL": "WARNING",
    }
    # Where there is no `.env`, and without the settings and proxies of this environment: what is
    # meant for the bot on Telegram is not for this one. In a session of its own: Ctrl-C reaches
    # this process alone, which then stops the bot.
    bot = await create_subprocess_exec(
        *BOT,
        cwd=folder,
        env=environment_without_settings() | settings,
        start_new_session=True,
    )
    try:
        if not await ends(bot, signals):
            return 0
        print(f"The bot ended by itself with status {bot.returncode}; what it said stands above.")
        return 1
    finally:
        await stop(bot, signals)


async def ends(bot: Process, signals: Signals, timeout_seconds: float | None = None) -> bool:
    """Waits until the bot has ended; False if a signal comes first, or the time is up."""
    ended, told = asyncio.create_task(bot.wait()), asyncio.create_task(signals.get())
    await asyncio.wait({ended, told}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    told.cancel()
    return bot.returncode is not None


async def stop(bot: Process, signals: Signals) -> None:
    if bot.returncode is None:
        bot.terminate()
    if not await ends(bot, signals, SECONDS_TO_STOP):
        bot.kill()
        await bot.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
