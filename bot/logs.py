"""How this process logs, and how secrets stay out of it.

The bot's token is part of every Bot API address, so it turns up in request lines, in error
messages and in tracebacks. It is therefore removed where all of them pass: in the handler's
formatter, after a record has become text; the other secrets with it.
"""

import json
import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TextIO
from urllib.parse import quote

LogFormat = Literal["text", "json"]

REDACTED = "[bot token]"
REDACTED_SECRET = "[secret]"  # noqa: S105 - stands in place of one
SHORTEST_SECRET = 6
"""A shorter one would be found in innocent words, and taking it away would tell it."""

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Moves a terminal's cursor, ends a line for some programs, or turns the order of letters."""


_update_id: ContextVar[int | None] = ContextVar("update_id", default=None)


@contextmanager
def about_update(update_id: int) -> Iterator[None]:
    """Whatever is logged in the block, also by tasks begun there, says of which update it is."""
    token = _update_id.set(update_id)
    try:
        yield
    finally:
        _update_id.reset(token)


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then removes the secrets from the text.

    A record is one line; whatever follows it, such as a traceback, is indented, so that no text
    that came from outside can pass for a record.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self, token: str, secrets: Sequence[str] = ()) -> None:
        line = "%(asctime)sZ %(levelname)s %(name)s%(about)s: %(message)s"
        super().__init__(line, "%Y-%m-%dT%H:%M:%S")
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
        update_id = _update_id.get()
        record.about = "" if update_id is None else f" [{update_id}]"
        return self.clean(super().format(record)).replace("\n", "\n  ")

    def clean(self, text: str) -> str:
        """The text without secrets, and without what moves a terminal's cursor."""
        text = self._token.sub(REDACTED, text)
        return UNSEEN.sub(_escaped, self._secrets.sub(REDACTED_SECRET, text))


class JsonFormatter(RedactingFormatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": f"{self.formatTime(record, self.datefmt)}.{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (update_id := _update_id.get()) is not None:
            said["update_id"] = str(update_id)
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        # Cleaned before it is quoted, which would write some secrets in another way.
        return json.dumps({name: self.clean(text) for name, text in said.items()})


def log_handler(
    token: str,
    stream: TextIO | None = None,
    secrets: Sequence[str] = (),
    *,
    log_format: LogFormat = "text",
) -> logging.Handler:
    """A handler that writes to `stream` (standard error if None) and never writes the secrets."""
    handler = logging.StreamHandler(stream)
    formatter = JsonFormatter if log_format == "json" else RedactingFormatter
    handler.setFormatter(formatter(token, secrets))
    return handler


def configure_logging(
    level: str, token: str, secrets: Sequence[str] = (), log_format: LogFormat = "text"
) -> None:
    """Sends what this process logs from `level` on to standard error, the secrets removed."""
    logging.captureWarnings(capture=True)
    handler = log_handler(token, secrets=secrets, log_format=log_format)
    logging.basicConfig(level=level, handlers=[handler], force=True)
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
