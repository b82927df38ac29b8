"""How this process logs, and how secrets stay out of it.

The bot's token is part of every Bot API address, so it turns up in request lines, in error
messages and in tracebacks. It is therefore removed where all of them pass: in the handler's
formatter, after a record has become text; the other secrets with it.
"""

import logging
import re
import time
from collections.abc import Sequence
from typing import TextIO
from urllib.parse import quote

REDACTED = "[bot token]"
REDACTED_SECRET = "[secret]"  # noqa: S105 - stands in place of one
SHORTEST_SECRET = 6
"""A shorter one would be found in innocent words, and taking it away would tell it."""

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Moves a terminal's cursor, ends a line for some programs, or turns the order of letters."""


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then removes the secrets from the text.

    A record is one line; whatever follows it, such as a traceback, is indented, so that no text
    that came from outside can pass for a record.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self, token: str, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        bot_id, _, secret = token.partition(":")
        # In an address the colon may be written %3A, and %253A once that is quoted again.
        self._token = re.compile(
            f"(?:{re.escape(bot_id)}(?::|%(?:25)*3A))?{re.escape(secret)}", re.IGNORECASE
        )
        forms = {form for long in _long(secrets) for form in (long, quote(long), quote(long, ""))}
        # The longest first, since one may contain another; (?!) is nowhere.
        longest_first = sorted(map(re.escape, forms), key=len, reverse=True)
        self._secrets = re.compile("|".join(longest_first) or "(?!)")

    def format(self, record: logging.LogRecord) -> str:
        text = self._token.sub(REDACTED, super().format(record))
        text = UNSEEN.sub(_escaped, self._secrets.sub(REDACTED_SECRET, text))
        return text.replace("\n", "\n  ")


def log_handler(
    token: str, stream: TextIO | None = None, secrets: Sequence[str] = ()
) -> logging.Handler:
    """A handler that writes to `stream` (standard error if None) and never writes the secrets."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(token, secrets))
    return handler


def configure_logging(level: str, token: str, secrets: Sequence[str] = ()) -> None:
    """Sends what this process logs from `level` on to standard error, the secrets removed."""
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=level, handlers=[log_handler(token, secrets=secrets)], force=True)
    # Else a record that can't be formatted would be written as it is, past the formatter.
    logging.raiseExceptions = False
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
        "uvicorn",
    ):
        logging.getLogger(library).setLevel(quieter)


def _long(secrets: Sequence[str]) -> list[str]:
    return [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]


def _escaped(character: re.Match[str]) -> str:
    return character.group().encode("unicode_escape").decode()
