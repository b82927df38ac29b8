"""/metrics: what is counted and measured, as Prometheus fetches it."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from bot.database import StorageError
from bot.inbox import Inbox, InboxCounts
from bot.metrics import Metrics
from bot.web.shared_answer import SharedAnswer

COUNT_EVERY_SECONDS = 5.0
COUNT_SECONDS = 2.0
"""So long the inbox may take; the rest must be told all the same while the database hangs."""


class Exposition:
    """Answers /metrics."""

    def __init__(self, metrics: Metrics, inbox: Inbox) -> None:
        self._metrics = metrics
        self._inbox = inbox
        self._count = SharedAnswer(self._counted)

    async def metrics(self, _request: Request) -> Response:
        """All metrics; without those of the inbox where it can't be read in time."""
        self._metrics.inbox_has(await self._counts())
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _counts(self) -> InboxCounts | None:
        try:
            return await self._count.within(COUNT_SECONDS, held_seconds=COUNT_EVERY_SECONDS)
        except TimeoutError:
            return None

    async def _counted(self) -> InboxCounts | None:
        try:
            return await self._inbox.counts()
        except StorageError:
            return None  # health says so, and the log why
