"""Has Telegram bring updates to the webhook, and sees to it that it goes on doing so."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Never
from urllib.parse import urlsplit

from telegram import Bot, WebhookInfo

from bot.intake import ALLOWED_UPDATES, reached
from bot.lines import Lines
from bot.web.webhook import Webhook

logger = logging.getLogger(__name__)

WATCH_SECONDS = 30.0
MOMENT_SECONDS = 1.0
FAULTY_AFTER_SECONDS = 90.0
_NEVER = datetime.min.replace(tzinfo=UTC)


class Registration:
    """An Intake: tells Telegram where the webhook is, and looks now and then whether it knows.

    Telegram does not say that it has brought everything. It says how many updates it still has,
    so it is asked for that after a start, and after updates were left with it: until it has
    none, or for as long as an answer waits for them.

    Args:
        url: where Telegram is to call.
        secret: what it is to present.
    """

    def __init__(self, bot: Bot, webhook: Webhook, url: str, secret: str) -> None:
        self._bot = bot
        self._webhook = webhook
        self._url = url
        self._secret = secret
        self._backlog = webhook.backlog
        self.caught_up = self._backlog.caught_up
        self._is_set = False
        self._confirmed_at = self._looked_at = time.monotonic()
        self._is_reached = True
        self._last_error_at: datetime | None = None  # of Telegram's clock; None: not asked yet

    @property
    def is_up(self) -> bool:
        return self._is_set and self.fault is None

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self._confirmed_at

    @property
    def fault(self) -> str | None:
        seconds = self.age_seconds
        if seconds < FAULTY_AFTER_SECONDS:
            return None
        knows_it = time.monotonic() - self._looked_at < FAULTY_AFTER_SECONDS
        if knows_it and not self._is_reached:
            return f"For {seconds:.0f} s Telegram could not reach the webhook; the log says why."
        return f"For {seconds:.0f} s Telegram has not confirmed that it knows the webhook."

    async def run(self, lines: Lines) -> Never:
        """As Intake.run."""
        await lines.take_up()
        self._webhook.open(lines)
        try:
            await reached(self._set)
            while True:
                await reached(self._look)
                await self._until_next_look()
        finally:
            await self._webhook.close()

    async def _set(self) -> None:
        self._is_set = False
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
        )
        self._is_set = True
        logger.info("Telegram brings updates to the webhook at %s.", _host(self._url))

    async def _look(self) -> None:
        asked_at = time.monotonic()
        info = await self._bot.get_webhook_info()
        has_failed = self._has_failed_again(info)
        if info.url != self._url:
            logger.error(
                "Telegram has no webhook, or another one (%s), instead of WEBHOOK_URL. Another "
                "process uses the same token: stop it, or make a second bot with @BotFather. "
                "The webhook is set again.",
                _host(info.url),
            )
            await self._set()
        elif has_failed:
            await self._mend(info)
        elif not self._is_set:  # that failed the last time
            await self._set()
        self._backlog.seen(info.pending_update_count, asked_at)
        was_called = self._webhook.called_at > self._looked_at
        waits_in_vain = info.pending_update_count and (has_failed or not self._is_reached)
        self._is_reached = was_called or not waits_in_vain
        self._looked_at = asked_at
        if self._is_reached:
            self._confirmed_at = time.monotonic()

    def _has_failed_again(self, info: WebhookInfo) -> bool:
        """Whether Telegram has failed to bring an update since it was last asked."""
        before, self._last_error_at = self._last_error_at, info.last_error_date or _NEVER
        # One from before the start is of no interest.
        return before is not None and self._last_error_at > before

    async def _mend(self, info: WebhookInfo) -> None:
        """An update could not be brought: it may not have come as far as to this process."""
        logger.warning(
            "Telegram could not bring an update to the webhook (%s). It tries again; %d wait.",
            info.last_error_message,
            info.pending_update_count,
        )
        self._backlog.fell_behind()
        # It may have been told another secret; where it was not, this changes nothing.
        await self._set()

    async def _until_next_look(self) -> None:
        """A while; a moment only, if Telegram still has some or is left with one."""
        await asyncio.sleep(MOMENT_SECONDS)
        if self.caught_up.is_set():
            await self._backlog.is_behind_within(WATCH_SECONDS)


def _host(url: str) -> str:
    # Not the path, which may hold a secret.
    return urlsplit(url).hostname or "none"
