"""What can't be read of a server's answer is not told on: it may hold anything."""

import httpx
import pytest
from telegram.error import NetworkError, TelegramError

from bot.api_request import ApiRequest
from bot.metrics import Metrics

CUT_OFF = b'{"ok": true, "result": [{"update_id": 1, "message": {"text": "my secret diary'
PAGE = b"<html>Not Found: /bot123456:AbC/getUpdates</html>"


async def refused(status: int, body: bytes) -> TelegramError:
    """The error at an answer like this."""
    answer = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    async with ApiRequest(Metrics(), httpx_kwargs={"transport": answer}) as request:
        with pytest.raises(TelegramError) as raised:
            await request.post("https://api.telegram.org/bot123456:AbC/getUpdates")
    return raised.value


async def test_updates_that_were_cut_off_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = await refused(200, CUT_OFF)
    assert error.message == f"The server answered with {len(CUT_OFF)} bytes that are no JSON"
    assert "diary" not in caplog.text + repr(error)


@pytest.mark.parametrize("body", [PAGE, b"", b'"AbC"', b"\xff", b"<" * 1_000_000])
async def test_a_page_in_place_of_an_answer_is_not_logged(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    error = await refused(502, body)
    assert isinstance(error, NetworkError)
    assert error.message == "Bad Gateway (502)"
    assert caplog.text == ""


async def test_a_refusal_in_telegrams_words_is_passed_on() -> None:
    error = await refused(
        400, b'{"ok": false, "error_code": 400, "description": "chat not found"}'
    )
    assert error.message == "chat not found"


async def test_a_file_may_hold_anything() -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(200, content=CUT_OFF))
    async with ApiRequest(Metrics(), httpx_kwargs={"transport": answer}) as request:
        assert (
            await request.retrieve("https://api.telegram.org/file/bot123456:AbC/7.jpg") == CUT_OFF
        )
