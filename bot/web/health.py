"""How the bot is doing, for whoever supervises it: one JSON sentence if it is not well."""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.background import Background
from bot.database import StorageError
from bot.inbox import Inbox
from bot.inference import Reader
from bot.intake import Intake
from bot.web.shared_answer import SharedAnswer

logger = logging.getLogger(__name__)

PROBE_SECONDS = 5.0
"""So long the database may take, and so long what it said holds: anybody may ask any often."""


class Health:
    """Answers /healthz, which is red where a fresh start may help, and /readyz.

    No sentence has text from elsewhere in it, an error's neither: anybody may read it.
    """

    def __init__(
        self, inbox: Inbox, intake: Intake, reader: Reader, background: Background
    ) -> None:
        self._inbox = inbox
        self._intake = intake
        self._reader = reader
        self._background = background
        self._probe = SharedAnswer(self._probed)

    async def healthz(self, _request: Request) -> Response:
        """200 while the bot does its work or is on its way to."""
        return _answer(await self._fault())

    async def readyz(self, _request: Request) -> Response:
        """200 while all is up: updates come in, can be kept, and can be answered."""
        if self._background.is_draining:
            return _answer("The bot is stopping.")
        fault = await self._fault()
        if fault is None and not self._intake.is_up:
            fault = "Updates do not come in: Telegram can't be reached, or not yet."
        return _answer(fault)

    async def _fault(self) -> str | None:
        # The database first: where it can't be written, what is fetched can't be kept either.
        return await self._database_fault() or self._intake.fault or self._reader.fault

    async def _database_fault(self) -> str | None:
        try:
            return await self._probe.within(PROBE_SECONDS, held_seconds=PROBE_SECONDS)
        except TimeoutError:
            return f"The database has not answered within {PROBE_SECONDS:g} s."

    async def _probed(self) -> str | None:
        try:
            await self._inbox.probe()
        except StorageError as error:
            logger.error("Updates could not be kept now. %s", error)  # noqa: TRY400
            return "The database can't be written; the log says why."
        return None


def _answer(fault: str | None) -> Response:
    if fault is None:
        return JSONResponse({"ok": True})
    return JSONResponse({"ok": False, "why": fault}, 503)
