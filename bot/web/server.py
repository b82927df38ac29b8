"""Serves an ASGI app within the bot's own event loop."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

LAST_ANSWERS_SECONDS = 2
"""So long answers that are under way may take at the end."""
KEEP_ALIVE_SECONDS = 75
"""Longer than a proxy in front keeps its connections (nginx: 60), so that none is closed just as
a request goes through it."""


class CannotListen(Exception):
    """The address or port can't be had."""


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the bot decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, address: str, port: int) -> AsyncIterator[None]:
    """Serves the app inside the block.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
    """
    with _listener(address, port) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level=logging.ERROR,
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await task


def _listener(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        raise CannotListen(
            f"Nothing can be served on {address}, port {port} ({error.strerror}). Check that "
            "WEB_ADDRESS is one of this machine's, and that no other program has WEB_PORT."
        ) from error
