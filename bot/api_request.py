"""Requests to the Bot API whose failures tell no more than is needed.

Of an answer that is no JSON the library logs every byte. It may be the page of a proxy that
quotes the address, token included, or updates that were cut off, people's messages included.
"""

import json
from http import HTTPStatus
from typing import Any

from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.metrics import Call, Metrics


class ApiRequest(HTTPXRequest):
    """The library's requests, counted, and silent about what they could not read."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            code, payload = await super().do_request(*args, **kwargs)
        except TelegramError:
            self._metrics.called(Call.UNREACHABLE)
            raise
        self._metrics.called(_how_ended(code))
        if not 200 <= code <= 299 and not _is_object(payload):
            return code, b"{}"  # the library's error then names the code alone
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        if not _is_object(payload):
            raise TelegramError(f"The server answered with {len(payload)} bytes that are no JSON")
        parsed: dict[str, Any] = json.loads(payload)
        return parsed


def _how_ended(code: int) -> Call:
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return Call.FLOOD
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Call.SERVER_ERROR
    return Call.REFUSED if code >= HTTPStatus.BAD_REQUEST else Call.OK


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
