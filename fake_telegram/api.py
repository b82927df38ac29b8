"""The bot's side of the server: /bot<token>/<method> and /file/bot<token>/<path>."""

import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fake_telegram import refusals
from fake_telegram.bodies import read_params
from fake_telegram.faults import FILE_DOWNLOAD, BadGateway, Drop, Fault, Hang, Refuse, Slow
from fake_telegram.methods import METHODS, Described, Method
from fake_telegram.params import Params
from fake_telegram.refusals import Refusal, Refused, bad_request
from fake_telegram.world import Call, World

ATTACHED = re.compile(r'attach://([^"]+)')
"""How a parameter names a file in the same multipart body."""


class HungUp(ConnectionError):
    """Ends a connection in the middle of an answer, on purpose."""


class DroppedAnswer(Response):
    """An answer that breaks off: its head promises a body that never comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})
        raise HungUp("A planned fault dropped this connection.")


def bot_routes(world: World) -> list[Route]:
    """The routes that a bot calls."""

    def endpoint(answer: Callable[[World, Request], Awaitable[Response]]) -> Any:
        async def checked(request: Request) -> Response:
            # Compared in constant time, as any secret should be.
            token = request.path_params["token"].encode()
            if not hmac.compare_digest(token, world.token.encode()):
                return _refusal(refusals.UNAUTHORIZED)
            return await answer(world, request)

        return checked

    return [
        Route("/bot{token}/{method}", endpoint(_call_method), methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", endpoint(_download), methods=["GET"]),
    ]


async def _call_method(world: World, request: Request) -> Response:
    method = METHODS.get(request.path_params["method"].lower())
    if method is None:
        return _refusal(refusals.METHOD_NOT_FOUND)
    fault = world.faults.take(method.name)
    try:
        params = await read_params(request)
        world.note(Call(method.name, params.values, world.clock.time()))
        if (spoiled := _instead_of_commit(fault, request)) is not None:
            return spoiled
        if world.strict:
            _check_parameters(method, params)
        answer = _success(await method.run(world, params))
    except Refused as refused:
        answer = _refusal(refused.refusal)
    except ClientDisconnect:  # the bot gave this call up; nobody is there to answer
        return Response(status_code=400)
    world.events.stir()
    return await _after_commit(world, fault, answer)


async def _download(world: World, request: Request) -> Response:
    file = world.files.by_path(request.path_params["path"])
    if file is None:
        return _refusal(refusals.NOT_FOUND)
    fault = world.faults.take(FILE_DOWNLOAD)
    if (spoiled := _instead_of_commit(fault, request)) is not None:
        return spoiled
    if isinstance(fault, Slow):
        halves = _in_halves(world, file.content, fault.seconds)
        return StreamingResponse(halves, media_type="application/octet-stream")
    answer = Response(file.content, media_type="application/octet-stream")
    return await _after_commit(world, fault, answer)


def _check_parameters(method: Method, params: Params) -> None:
    attached = {name for value in params.values.values() for name in ATTACHED.findall(value)}
    given = params.values.keys() | params.uploads.keys()
    unknown = sorted(given - method.parameters - attached)
    if unknown:
        raise Refused(
            bad_request(
                f"{method.name} has no parameter {unknown[0]!r}; "
                f"it has: {', '.join(sorted(method.parameters)) or 'none'}"
            )
        )


def _instead_of_commit(fault: Fault | None, request: Request) -> Response | None:
    match fault:
        case Refuse(refusal):
            return _refusal(refusal)
        case BadGateway():
            # As Apache's proxy says it: with the address, so with the bot's token.
            page = (
                "<html><head><title>502 Bad Gateway</title></head><body><p>The proxy server could "
                f"not handle the request <em>{request.method} {request.url.path}</em>.</p></body>"
                "</html>"
            )
            return HTMLResponse(page, status_code=502)
        case Drop(after_commit=False):
            return DroppedAnswer()
        case _:
            return None


async def _after_commit(world: World, fault: Fault | None, answer: Response) -> Response:
    match fault:
        case Drop(after_commit=True):
            return DroppedAnswer()
        case Hang(seconds):
            await world.pause(seconds)
    return answer


async def _in_halves(world: World, content: bytes, seconds: float) -> AsyncIterator[bytes]:
    half = len(content) // 2
    yield content[:half]
    await world.pause(seconds)
    yield content[half:]


def _success(result: Any) -> Response:
    if isinstance(result, Described):
        return JSONResponse(
            {"ok": True, "result": result.result, "description": result.description}
        )
    return JSONResponse({"ok": True, "result": result})


def _refusal(refusal: Refusal) -> Response:
    headers = {}
    if "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return JSONResponse(refusal.as_json(), status_code=refusal.code, headers=headers)
