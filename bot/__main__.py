"""`python -m bot`: settings, then logs, then run.

Exit status: 0 after a stop (Ctrl-C, SIGTERM), 2 for a wrong setting, 1 for anything else.
"""

import asyncio
import logging
import signal
import sys

from telegram.error import InvalidToken

from bot.application import run
from bot.database import StorageError
from bot.encryption import WrongKey
from bot.inference import ReaderDied
from bot.logs import configure_logging
from bot.polling import PollingStopped
from bot.settings import Settings, SettingsError, load_settings
from bot.web.server import CannotListen
from mnist_model import ModelFileError

logger = logging.getLogger("bot")


def main() -> int:
    """Runs the bot until it is told to stop; returns the exit status."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    token = settings.telegram_bot_token.get_secret_value()
    configure_logging(settings.log_level, token, settings.secrets, settings.log_format)
    try:
        asyncio.run(_run_until_signal(settings))
    except asyncio.CancelledError:
        logger.info("Stopped.")
        return 0
    except (
        CannotListen,
        ModelFileError,
        PollingStopped,
        ReaderDied,
        StorageError,
        WrongKey,
    ) as error:
        logger.critical("%s", error)
    except InvalidToken:
        logger.critical(
            "The Bot API server at %s refuses TELEGRAM_BOT_TOKEN. Send @BotFather /mybots, choose "
            "this bot and “API Token”, and put that token where it was set: .env, "
            "/etc/digit-reader-bot.env (systemd) or deploy/.env (Docker).",
            settings.telegram_api_url,
        )
    except Exception:
        # Through the log, so that the trace passes the handler that removes the token.
        logger.critical("The bot ended on an error that nobody expected.", exc_info=True)
    return 1


async def _run_until_signal(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    running = loop.create_task(run(settings))
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        # Once only: a second signal would cut short the clean stop that the first one began.
        nonlocal stopping
        if not stopping:
            stopping = True
            loop.call_soon_threadsafe(running.cancel)

    # Not loop.add_signal_handler: Windows has none.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    await running


if __name__ == "__main__":
    sys.exit(main())
