"""How this process logs, and how the bot's token stays out of it.

The token is part of every Bot API address, so it turns up in request lines, in error messages
and in tracebacks. It is therefore removed where all of them pass: in the handler's formatter,
after a record has become text.
"""

import logging
import re
import time
from typing import TextIO

REDACTED = "[bot token]"


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then removes the token from the text."""

    converter = staticmethod(time.gmtime)

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        bot_id, _, secret = token.partition(":")
        # In an address the colon may be written %3A, and %253A once that is quoted again.
        self._token = re.compile(
            f"{re.escape(bot_id)}(?::|%(?:25)*3A){re.escape(secret)}", re.IGNORECASE
        )

    def format(self, record: logging.LogRecord) -> str:
        return self._token.sub(REDACTED, super().format(record))


def log_handler(token: str, stream: TextIO | None = None) -> logging.Handler:
    """A handler that writes to `stream` (standard error if None) and never writes the token."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(token))
    return handler


def configure_logging(level: str, token: str) -> None:
    """Sends what this process logs from `level` on to standard error, the token removed."""
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=level, handlers=[log_handler(token)], force=True)
    # Libraries log one step less. At DEBUG they would log whole updates, messages included,
    # and /privacy promises that no message is kept.
    quieter = logging.INFO if level == "DEBUG" else max(logging.WARNING, logging.root.level)
    for library in (
        "aiosqlite",
        "alembic",
        "asyncio",
        "httpcore",
        "httpx",
        "sqlalchemy",
        "telegram",
    ):
        logging.getLogger(library).setLevel(quieter)
