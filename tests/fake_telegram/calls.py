"""Calling the Bot API over plain HTTP."""

from typing import Any

import httpx

from fake_telegram import World

ADDRESS = "http://127.0.0.1:8081"


class Api:
    """Calls methods with the world's token, as a form with url-encoded fields."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self.root = f"/bot{world.token}"
        self.http = http

    async def post(self, method: str, **parameters: Any) -> httpx.Response:
        return await self.http.post(f"{self.root}/{method}", data=parameters)

    async def result(self, method: str, **parameters: Any) -> Any:
        """The result of a call that must succeed."""
        answer = (await self.post(method, **parameters)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        """Why a call was refused: "400 Bad Request: …"; the HTTP status must say the same."""
        response = await self.post(method, **parameters)
        answer = response.json()
        assert not answer["ok"]
        assert answer["error_code"] == response.status_code
        return f"{response.status_code} {answer['description']}"
