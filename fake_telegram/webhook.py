"""Delivers updates to the bot's webhook, by Telegram's rules.

Updates of one queue go one after the other, queues side by side. Any 2xx takes an update; after
anything else it is tried again at once, then after 2, 4, 8 … seconds, or when Retry-After says.
Source: tdlib/telegram-bot-api, WebhookActor.cpp.
"""

import asyncio
import random

import httpx

from fake_telegram.updates import Update
from fake_telegram.webhook_settings import WebhookSettings
from fake_telegram.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
CONNECTION_SECONDS = 60
LONGEST_DELAY_SECONDS = 60  # up to twice that: Telegram draws the cap by lot
MAX_RETRY_AFTER_SECONDS = 3600


class WebhookDelivery:
    """Carries waiting updates to the webhook for as long as `run` runs."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self._world = world
        self._http = http
        self._news = asyncio.Event()
        self._in_flight: dict[int, asyncio.Task[None]] = {}  # by queue

    async def run(self) -> None:
        """Delivers until it is cancelled."""
        self._world.updates.on_arrival.append(self._news.set)
        try:
            while True:
                self._start_queues()
                await self._news.wait()
                self._news.clear()
        finally:
            self._world.updates.on_arrival.remove(self._news.set)
            for task in self._in_flight.values():
                task.cancel()
            await asyncio.gather(*self._in_flight.values(), return_exceptions=True)

    def _start_queues(self) -> None:
        if self._world.webhook is None:
            return
        for update in self._world.updates.waiting():
            if len(self._in_flight) >= self._world.webhook.max_connections:
                return
            if update.queue not in self._in_flight:
                task = asyncio.create_task(self._deliver(update, self._world.webhook))
                self._in_flight[update.queue] = task

    async def _deliver(self, update: Update, settings: WebhookSettings) -> None:
        try:
            failures = 0
            while self._world.webhook is settings:
                problem, retry_after = await self._send(update, settings)
                if not problem:
                    break
                self._world.note_webhook_error(problem)
                delay = retry_after or delay_after(failures)
                failures += 1
                if self._world.clock.time() + delay > update.expires_at:
                    break
                if delay:
                    await self._world.clock.sleep(delay)
            else:
                return  # the webhook was changed or deleted: the update waits for what comes next
            self._world.confirm(update.update_id)
        finally:
            del self._in_flight[update.queue]
            self._news.set()

    async def _send(self, update: Update, settings: WebhookSettings) -> tuple[str, int]:
        """Sends an update once. Returns what went wrong, "" for nothing, and Retry-After."""
        headers = {SECRET_HEADER: settings.secret_token} if settings.secret_token else {}
        try:
            answer = await self._http.post(
                settings.url, json=update.as_json(), headers=headers, timeout=CONNECTION_SECONDS
            )
        except httpx.TimeoutException:
            return "Read timeout expired", 0
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return str(error) or "Connection failed", 0
        if answer.is_success:
            return "", 0
        problem = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        return problem, _retry_after(answer)


def delay_after(failures: int) -> float:
    """Seconds until the next try, after so many tries that failed before the last one."""
    if failures == 0:
        return 0
    cap = random.uniform(LONGEST_DELAY_SECONDS, 2 * LONGEST_DELAY_SECONDS)  # noqa: S311 - no secret
    return min(2.0**failures, cap)


def _retry_after(answer: httpx.Response) -> int:
    header = answer.headers.get("Retry-After", "")
    return min(int(header), MAX_RETRY_AFTER_SECONDS) if header.isdecimal() else 0
