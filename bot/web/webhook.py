"""Takes the updates that Telegram brings: each is committed before Telegram hears that it came.

Telegram tries again whatever is not answered with 200 within 60 s, for a day, one update of a
chat at a time. (core.telegram.org/bots/api#setwebhook)
"""

import asyncio
import hmac
import json
import logging
import math
import time
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.background import Background
from bot.database import StorageError
from bot.inbox import Inbox
from bot.lines import Lines
from bot.logs import about_update
from bot.metrics import Metrics
from bot.new_row import is_update_id
from bot.seldom import Seldom
from bot.web.backlog import Backlog

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_BODY_BYTES = 1 << 20
"""An update is some kilobytes: a message has 4,096 characters at most, but may quote another."""
ANSWER_SECONDS = 30.0
COMMIT_SECONDS = 5.0
"""So long a stop waits for what is being committed."""
RETRY_SECONDS = 5
"""So soon Telegram is to try again. It would wait twice as long each time, up to two minutes."""


class _NoUpdate(Exception):
    """The body can't be an update; the message says why."""


class Webhook:
    """Answers calls of the webhook; `open` says when updates can be taken.

    Args:
        secret: what whoever brings updates must present.
    """

    def __init__(
        self, inbox: Inbox, background: Background, secret: str, metrics: Metrics
    ) -> None:
        self._metrics = metrics
        self._inbox = inbox
        self._background = background
        self._secret = secret.encode()
        self._lines: Lines | None = None
        self._being_kept: set[asyncio.Task[bool]] = set()
        # One for each kind of line: none hides another.
        self._strangers, self._no_updates = Seldom(logger), Seldom(logger)
        self._late, self._not_kept = Seldom(logger), Seldom(logger)
        self.backlog = Backlog()
        self.called_at = -math.inf
        """When Telegram last reached this, whatever it was answered: by `time.monotonic`."""

    def open(self, lines: Lines) -> None:
        """From now on updates are taken."""
        self._lines = lines

    async def close(self) -> None:
        """From now on they are left with Telegram; those being committed are committed first."""
        self._lines = None
        if self._being_kept:
            await asyncio.wait(self._being_kept, timeout=COMMIT_SECONDS)

    async def answer(self, request: Request) -> Response:
        """200 once an update is committed, 503 if Telegram is to keep it for now."""
        status = 500  # what it becomes if this ends by an error
        try:
            answer = await self._answered(request)
            status = answer.status_code
        finally:
            self._metrics.webhook_answered(status)
            if status >= 500:
                self.backlog.fell_behind()
        return answer

    async def _answered(self, request: Request) -> Response:
        # First of all, so that a stranger costs nothing more than this.
        if not self._is_from_telegram(request):
            self._strangers.warning("Somebody without the right secret called the webhook.")
            return _refusal(401, f"{SECRET_HEADER} is missing or wrong.")
        self.called_at = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                update = await _update_in(request)
                if await self._is_kept(update):
                    return Response()
        except _NoUpdate as fault:
            self._no_updates.warning("What was brought to the webhook is no update: %s", fault)
            return _refusal(400, str(fault))
        except (TimeoutError, ClientDisconnect):
            self._late.warning("An update took too long to come or to be kept.")
        return _refusal(503, "Not now.", {"Retry-After": str(RETRY_SECONDS)})

    async def _is_kept(self, update: dict[str, Any]) -> bool:
        if self._lines is None or self._lines.are_full:
            return False
        # A task of its own, so that whatever ends this request does not end the commit: an
        # update that was committed must also get into its line.
        keeping = asyncio.create_task(self._keep(update, self._lines))
        self._being_kept.add(keeping)
        keeping.add_done_callback(self._being_kept.discard)
        return await asyncio.shield(keeping)

    async def _keep(self, update: dict[str, Any], lines: Lines) -> bool:
        """Commits an update and puts it into its line; says whether it is safe."""
        with about_update(update["update_id"]):
            try:
                fresh = await self._inbox.accept([update])
            except StorageError as error:
                self._not_kept.error(
                    "Updates are left with Telegram until they can be kept. %s", error
                )
                return False
            logger.debug("Kept.")
        for waiting in fresh:
            # Without waiting for room: the update is safe, so Telegram need not wait for that.
            self._background.start(lines.submit(waiting))
        return True

    def _is_from_telegram(self, request: Request) -> bool:
        presented = request.headers.get(SECRET_HEADER, "")
        return hmac.compare_digest(presented.encode(), self._secret)


async def _update_in(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _NoUpdate(f"it has more than {MAX_BODY_BYTES} bytes.")
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise _NoUpdate(f"its {len(body)} bytes are no JSON.") from None
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if not is_update_id(update_id):
        raise _NoUpdate("it has no update_id.")
    return dict(update)


def _refusal(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": error}, status, headers)
