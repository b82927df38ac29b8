"""Requests to the Bot API whose failures tell no more than is needed.

Of an answer that is no JSON the library logs every byte. It may be the page of a proxy that
quotes the address, token included, or updates that were cut off, people's messages included.
"""

import json
from typing import Any

from telegram.error import TelegramError
from telegram.request import HTTPXRequest


class ApiRequest(HTTPXRequest):
    """The library's requests, silent about what they could not read."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        if not 200 <= code <= 299 and not _is_object(payload):
            return code, b"{}"  # the library's error then names the code alone
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        if not _is_object(payload):
            raise TelegramError(f"The server answered with {len(payload)} bytes that are no JSON")
        parsed: dict[str, Any] = json.loads(payload)
        return parsed


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
