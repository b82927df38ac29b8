"""The token never reaches a log, whichever way it gets into a record."""

import io
import logging
from urllib.parse import quote

import pytest

from bot.logs import REDACTED, log_handler

TOKEN = "123456:AbC-dEf_gHi"  # noqa: S105  # not a token of any bot


def logged(message: str, *args: object, error: BaseException | None = None) -> str:
    """What a handler writes for one record."""
    stream = io.StringIO()
    record = logging.LogRecord(
        "httpx",
        logging.INFO,
        __file__,
        1,
        message,
        args,
        (type(error), error, error.__traceback__) if error else None,
    )
    log_handler(TOKEN, stream).handle(record)
    return stream.getvalue()


@pytest.mark.parametrize(
    "written",
    [TOKEN, TOKEN.lower(), quote(TOKEN, safe=""), quote(quote(TOKEN, safe=""), safe="")],
    ids=["plain", "lower case", "quoted", "quoted twice"],
)
def test_a_request_line_does_not_show_the_token(written: str) -> None:
    line = logged(
        'HTTP Request: %s %s "%s"', "POST", f"https://api.telegram.org/bot{written}/getMe", "200"
    )
    assert f"https://api.telegram.org/bot{REDACTED}/getMe" in line
    assert "gHi" not in line


def test_a_traceback_does_not_show_the_token() -> None:
    def refuse() -> None:
        raise ValueError(f"The token `{TOKEN}` was rejected")

    try:
        refuse()
    except ValueError as error:
        text = logged("Failed.", error=error)
    assert "Traceback" in text
    assert f"ValueError: The token `{REDACTED}` was rejected" in text
    assert TOKEN not in text


def test_what_is_no_token_is_logged_as_it_is() -> None:
    line = logged("Update %d: bot 123456 says AbC-dEf", 7)
    assert line.endswith("Z INFO httpx: Update 7: bot 123456 says AbC-dEf\n")
