"""The token never reaches a log, whichever way it gets into a record."""

import asyncio
import io
import json
import logging
from urllib.parse import quote

import pytest

from bot.logs import (
    REDACTED,
    REDACTED_SECRET,
    LogFormat,
    about_update,
    configure_logging,
    log_handler,
)

TOKEN = "123456:AbC-dEf_gHi"  # noqa: S105  # not a token of any bot
PASSWORD = "p@ss/word and more"  # noqa: S105  # of no database


def logged(
    message: str,
    *args: object,
    error: BaseException | None = None,
    log_format: LogFormat = "text",
) -> str:
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
    log_handler(TOKEN, stream, [PASSWORD, "abc"], log_format=log_format).handle(record)
    return stream.getvalue()


@pytest.mark.parametrize("written", [PASSWORD, quote(PASSWORD), quote(PASSWORD, safe="")])
def test_other_secrets_are_not_shown_either(written: str) -> None:
    line = logged("Can't open postgresql://me:%s@db/abc", written)
    assert line.endswith(f"Can't open postgresql://me:{REDACTED_SECRET}@db/abc\n")


def test_the_tokens_secret_part_is_not_shown_alone() -> None:
    assert logged("secret=AbC-dEf_gHi").endswith(f"secret={REDACTED}\n")


def test_a_record_that_cannot_be_formatted_is_not_written_past_the_formatter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        configure_logging("INFO", TOKEN)
        root.warning("%d updates", TOKEN)  # as a library may do
    finally:
        root.handlers, root.level = before
        logging.captureWarnings(capture=False)
    assert TOKEN not in capsys.readouterr().err


@pytest.mark.parametrize("mark", ["\r", "\x1b[2J", "\x00", "\x85", "\u2028", "\u202e"])
def test_no_control_character_reaches_the_log(mark: str) -> None:
    line = logged("Ann%s says 7", mark)
    assert len(line.splitlines()) == 1
    assert mark not in line
    assert "Ann\\" in line


def test_text_from_outside_cannot_pass_for_a_record() -> None:
    forged = "2026-01-02T03:04:05Z CRITICAL bot: all is lost"
    _, second = logged("Refused: %s", f"no\n{forged}").splitlines()
    assert second == f"  {forged}"


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


def test_a_line_says_of_which_update_it_is() -> None:
    with about_update(7):
        assert " httpx [7]: Kept.\n" in logged("Kept.")
        assert json.loads(logged("Kept.", log_format="json"))["update_id"] == "7"
    assert " httpx: Kept.\n" in logged("Kept.")
    assert "update_id" not in json.loads(logged("Kept.", log_format="json"))


async def test_updates_that_are_answered_side_by_side_are_not_mixed_up() -> None:
    async def answer(update_id: int) -> str:
        with about_update(update_id):
            await asyncio.sleep(0)
            return logged("Answered.")

    lines = await asyncio.gather(*map(answer, range(5)))
    assert [line.split("[")[1][0] for line in lines] == list("01234")


def raised(text: str) -> ValueError:
    """An error with a trace."""
    try:
        raise ValueError(text)  # noqa: TRY301 - for its trace
    except ValueError as error:
        return error


def test_as_json_a_record_is_one_object_on_one_line() -> None:
    error = raised("two\nlines")
    (line,) = logged("Failed: %s", "\x1b[2J\u202e", error=error, log_format="json").splitlines()
    said = json.loads(line)
    assert said["time"].endswith("Z")
    assert (said["level"], said["logger"]) == ("INFO", "httpx")
    assert said["message"] == "Failed: \\x1b[2J\\u202e"
    assert said["trace"].endswith("ValueError: two\nlines")


@pytest.mark.parametrize("secret", [TOKEN, "AbC-dEf_gHi", PASSWORD, quote(PASSWORD)])
def test_as_json_no_secret_is_shown_either(secret: str) -> None:
    error = raised(f'"{secret}"')
    text = logged('{"said": "%s"}', secret, error=error, log_format="json")
    assert secret not in text
    assert secret not in json.loads(text)["message"] + json.loads(text)["trace"]
