"""The ASGI app, and serving it on this machine."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fake_telegram.api import HungUp, bot_routes
from fake_telegram.client import page_routes
from fake_telegram.webhook import WebhookDelivery
from fake_telegram.world import World

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")
LAST_ANSWERS_SECONDS = 5
"""How long a call under way may take to end once the server is told to stop."""


class SameOriginPosts:
    """Refuses a POST that a page of another site makes: a visitor's browser must not chat here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        origin = headers.get(b"origin")
        own = b"http://" + headers.get(b"host", b"")
        if scope["type"] == "http" and scope["method"] == "POST" and origin not in (None, own):
            sentence = "This page belongs to another site: open the chat at its own address."
            answer = JSONResponse({"error": sentence}, status_code=403)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def create_app(world: World) -> Starlette:
    """The server as an ASGI app: the Bot API, and the chat page.

    A server that runs lifespans (uvicorn does, httpx's ASGITransport does not) also delivers
    to webhooks.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False) as http:
            delivery = asyncio.create_task(WebhookDelivery(world, http).run())
            yield
            delivery.cancel()
            await asyncio.gather(delivery, return_exceptions=True)

    return Starlette(
        routes=[*page_routes(world), *bot_routes(world)],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS),
            Middleware(SameOriginPosts),
        ],
        lifespan=lifespan,
    )


class _PlannedFaults(logging.Filter):
    """Keeps connections that were dropped on purpose out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HungUp))


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the program around it decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(world: World, port: int = 0) -> AsyncIterator[str]:
    """Serves a world on 127.0.0.1, and yields the address: "http://127.0.0.1:54321".

    Args:
        port: 0 takes one that is free.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.create_server((LOOPBACK, port))
    config = uvicorn.Config(
        create_app(world),
        lifespan="on",
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    planned_faults = _PlannedFaults()
    logging.getLogger("uvicorn.error").addFilter(planned_faults)
    world.open()
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        world.close()
        server.should_exit = True
        await serving
        listener.close()
        logging.getLogger("uvicorn.error").removeFilter(planned_faults)
