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

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.answering import wait_seconds
from bot.database import StorageError
from bot.inbox import Inbox, Waiting
from bot.lines import Lines

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
LONG_POLL_SECONDS = 10
BATCH = 100
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
PRUNE_EVERY_SECONDS = 3600


class PollingStopped(Exception):
    """For too long no updates could be fetched and kept: a fresh start is better."""


class Poller:
    """Asks one Bot API server for updates, again and again.

    Args:
        bot_url: the server's address, with the token in it.
        deadline_seconds: how long it may go on without success.
    """

    def __init__(
        self, request: BaseRequest, bot_url: str, inbox: Inbox, *, deadline_seconds: float
    ) -> None:
        self._request = request
        self._bot_url = bot_url
        self._inbox = inbox
        self._deadline_seconds = deadline_seconds
        self.caught_up = asyncio.Event()  # set while Telegram has no more than was fetched
        self._offset = 0  # Telegram forgets every update below it
        self._last_fault: Exception | None = None
        self._pruned_at = -float(PRUNE_EVERY_SECONDS)

    async def run(self, lines: Lines) -> Never:
        """Has each update answered, the ones left from the last run first.

        Raises:
            PollingStopped: the deadline passed.
            InvalidToken: Telegram refuses the token.
            StorageError: the updates left can't be read.
        """
        async for waiting in self._inbox.waiting():
            await lines.submit(waiting)
        while True:
            # Not under the deadline: a full house is no reason to start afresh.
            for waiting in await self._next():
                await lines.submit(waiting)

    async def _next(self) -> list[Waiting]:
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._try_until_kept()
        except TimeoutError:
            raise PollingStopped(
                f"No updates could be fetched and kept for {self._deadline_seconds:g} s "
                f"({self._last_fault or 'no answer'})."
            ) from None

    async def _try_until_kept(self) -> list[Waiting]:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._fetch_and_keep()
            except InvalidToken:
                raise
            except (TelegramError, StorageError) as fault:
                self._last_fault = fault
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
            "timeout": LONG_POLL_SECONDS if self.caught_up.is_set() else 0,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        # Raw: the library parses all updates or none.
        answer = await self._request.post(f"{self._bot_url}/getUpdates?{urlencode(question)}")
        raw_updates = cast(list[dict[str, Any]], answer)
        if time.monotonic() - self._pruned_at >= PRUNE_EVERY_SECONDS:
            await self._inbox.prune()
            self._pruned_at = time.monotonic()
        fresh = await self._inbox.accept(raw_updates)
        # From here on the updates are safe; the next question tells Telegram so.
        if raw_updates:
            self._offset = raw_updates[-1]["update_id"] + 1
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
