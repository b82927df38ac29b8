"""Fetches updates from Telegram: into the inbox first, then to be answered.

Not with the library's updater: that tells Telegram that an update was received before it is
answered, ends for good at a single 401 or 404, and stumbles over an update it can't parse.
"""

import asyncio
import json
import logging
import time
from typing import Any, Never, cast
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.database import StorageError
from bot.inbox import Inbox, Waiting
from bot.intake import ALLOWED_UPDATES, reached
from bot.lines import Lines
from bot.logs import about_update
from bot.refusals import wait_seconds

logger = logging.getLogger(__name__)

LONG_POLL_SECONDS = 10
BATCH = 100
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0


class PollingStopped(Exception):
    """For too long no updates could be fetched and kept: a fresh start is better."""


class Poller:
    """An Intake that asks the Bot API server for updates, again and again.

    Args:
        request: the connections to ask by.
        deadline_seconds: how long it may go on without success.
    """

    def __init__(
        self, bot: Bot, request: BaseRequest, inbox: Inbox, *, deadline_seconds: float
    ) -> None:
        self._bot = bot
        self._request = request
        self._inbox = inbox
        self._deadline_seconds = deadline_seconds
        # A bot that nobody writes to is no bot without success.
        self._long_poll_seconds = max(1, min(LONG_POLL_SECONDS, int(deadline_seconds / 2)))
        self.caught_up = asyncio.Event()
        self.is_up = False
        self._succeeded_at = time.monotonic()
        self._trying_since: float | None = None  # None while those fetched wait for room
        self._offset = 0  # Telegram forgets every update below it
        self._last_fault: Exception | None = None

    @property
    def age_seconds(self) -> float:
        waits_for_room = self.is_up and self._trying_since is None
        return 0.0 if waits_for_room else time.monotonic() - self._succeeded_at

    @property
    def fault(self) -> str | None:
        if self._trying_since is None:
            return None
        # Well before the deadline, so that it is seen, but not within a quiet long poll.
        bound = max(self._deadline_seconds / 2, 1.5 * LONG_POLL_SECONDS)
        seconds = time.monotonic() - self._trying_since
        if seconds < bound:
            return None
        return f"No updates could be fetched and kept for {seconds:.0f} s."

    async def run(self, lines: Lines) -> Never:
        """As Intake.run.

        Raises:
            PollingStopped: the deadline passed.
        """
        # Telegram hands out no updates while it has a webhook; those that wait are kept.
        await reached(self._bot.delete_webhook)
        await lines.take_up()
        while True:
            # Not under the deadline: a full house is no reason to start afresh.
            for waiting in await self._next():
                await lines.submit(waiting)
            self._succeeded_at = time.monotonic()

    async def _next(self) -> list[Waiting]:
        self._trying_since = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                fresh = await self._try_until_kept()
        except TimeoutError:
            raise PollingStopped(
                f"No updates could be fetched and kept for {self._deadline_seconds:g} s "
                f"({self._last_fault or 'no answer'})."
            ) from None
        self._trying_since = None
        return fresh

    async def _try_until_kept(self) -> list[Waiting]:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._fetch_and_keep()
            except InvalidToken:
                raise
            except (TelegramError, StorageError) as fault:
                self._last_fault = fault
                self.is_up = False
                self.caught_up.clear()
                _log(fault)
                seconds = wait_seconds(fault) if isinstance(fault, RetryAfter) else pause
                await asyncio.sleep(seconds)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _fetch_and_keep(self) -> list[Waiting]:
        question = {
            "offset": self._offset,
            "limit": BATCH,
            # It is worth knowing at once whether there is more.
            "timeout": self._long_poll_seconds if self.caught_up.is_set() else 0,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        # Raw: the library parses all updates or none.
        answer = await self._request.post(f"{self._bot.base_url}/getUpdates?{urlencode(question)}")
        raw_updates = cast(list[dict[str, Any]], answer)
        fresh = await self._inbox.accept(raw_updates)
        for waiting in fresh:
            with about_update(waiting.update_id):
                logger.debug("Kept.")
        # From here on the updates are safe; the next question tells Telegram so.
        if raw_updates:
            self._offset = raw_updates[-1]["update_id"] + 1
        self.is_up = True
        self._succeeded_at = time.monotonic()
        if len(raw_updates) < BATCH:
            self.caught_up.set()
        else:
            self.caught_up.clear()
        return fresh


def _log(fault: Exception) -> None:
    if isinstance(fault, Conflict):
        logger.error(
            "Another process fetches updates with the same token, so each gets only some of "
            "them. Stop the other one, or make a second bot with @BotFather. (%s)",
            fault,
        )
    elif isinstance(fault, StorageError):
        logger.error("Updates are left with Telegram until they can be kept. %s", fault)
    else:
        logger.warning("Updates could not be fetched (%s); trying again.", fault)
