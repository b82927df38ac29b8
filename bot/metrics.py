"""What is counted and measured of one bot; docs/operations.md says what each means.

No label takes a value from outside, and none says who somebody is.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.inbox import InboxCounts
from bot.pictures import picture_in
from bot.questions import Album, Asked
from bot.resident_memory import resident_bytes
from mnist_model import ModelCard, PhotoError, Reading

REPLY_BUCKETS = (1, 2, 3, 5, 8, 15, 30, 60, 120, 300, 900, 3600)
READING_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
DIGITS_BUCKETS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256)


class Outcome(StrEnum):
    """What became of an update."""

    ANSWERED = "answered"
    GIVEN_UP = "given_up"  # after so many failures: a dead letter
    TURNED_AWAY = "turned_away"  # a photo too many, in a sentence or without one


class Call(StrEnum):
    """How a call of the Bot API ended."""

    OK = "ok"
    FLOOD = "flood"  # 429: the bot is to wait
    REFUSED = "refused"  # another 4xx
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"


class Metrics:
    """The metrics in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._updates = self._counter("updates", "Updates that are done with.", "kind", "outcome")
        self._reply_seconds = self._histogram(
            "reply_seconds",
            "From Telegram's date of a message, in whole seconds, to its answer sent.",
            REPLY_BUCKETS,
        )
        self._inbox = self._gauge("inbox_updates", "Updates in the inbox.", "state")
        self._lines = self._gauge("lines", "Chats that wait for an answer or get one.")
        self._calls = self._counter("api_calls", "Calls of the Bot API.", "outcome")
        self._webhook = self._counter("webhook_calls", "Calls of the webhook.", "status")
        self._age = self._gauge("poll_age_seconds", "Since updates could surely come in.")
        self._reading_seconds = self._histogram(
            "reading_seconds", "One photo in the process that reads it.", READING_BUCKETS
        )
        self._wait_seconds = self._histogram(
            "reading_wait_seconds", "Until a process was free for a photo.", READING_BUCKETS
        )
        self._digits = self._histogram(
            "reading_digits", "Digits read on one photo.", DIGITS_BUCKETS
        )
        self._readings = self._counter("readings", "Photos handed to a process.", "outcome")
        self._processes = self._gauge("reading_processes", "Processes that can read.")
        self._memory = self._gauge("reading_resident_memory_bytes", "Memory of all of them.")
        self._model = self._gauge("model_info", "Always 1.", "name", "trained_on", "sha256")

    def done_with(self, asked: Asked, num_updates: int, outcome: Outcome) -> None:
        """So many updates got one answer, or none."""
        self._updates.labels(_kind(asked), outcome).inc(num_updates)

    def replied(self, asked_at: datetime | None) -> None:
        """An answer has just been sent to what was asked then; None if that is not known."""
        if asked_at is not None:
            self._reply_seconds.observe(max((datetime.now(UTC) - asked_at).total_seconds(), 0))

    def called(self, call: Call) -> None:
        self._calls.labels(call).inc()

    def webhook_answered(self, status: int) -> None:
        self._webhook.labels(status).inc()

    def found_idle_process(self, seconds: float) -> None:
        self._wait_seconds.observe(seconds)

    @contextmanager
    def reading(self) -> Iterator[Callable[[Reading], None]]:
        """Measures the reading of a photo in the block, which tells what was read."""
        started = time.monotonic()
        outcome = "failed"
        try:
            yield lambda reading: self._digits.observe(len(reading.digits))
            outcome = "read"
        except PhotoError:
            outcome = "refused"
            raise
        finally:
            self._reading_seconds.observe(time.monotonic() - started)
            self._readings.labels(outcome).inc()

    def watch(
        self, card: ModelCard, num_lines: Callable[[], int], age_seconds: Callable[[], float]
    ) -> None:
        """Says from now on which model reads, how many chats wait, and how old the intake is."""
        self._model.labels(card.name, card.trained_on, card.weights_sha256[:12]).set(1)
        self._lines.set_function(num_lines)
        self._age.set_function(age_seconds)

    def watch_processes(self, process_ids: Callable[[], Collection[int]]) -> None:
        self._processes.set_function(lambda: len(process_ids()))
        self._memory.set_function(lambda: resident_bytes(process_ids()) or 0)

    def inbox_has(self, counts: InboxCounts | None) -> None:
        """How many updates it has by state; None if that can't be known now."""
        self._inbox.clear()
        if counts:
            self._inbox.labels("waiting").set(counts.num_waiting)
            self._inbox.labels("dead").set(counts.num_dead)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"digit_bot_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"digit_bot_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: Collection[float]) -> Histogram:
        return Histogram(
            f"digit_bot_{name}", meaning, buckets=tuple(buckets), registry=self.registry
        )


def _kind(asked: Asked) -> str:
    if isinstance(asked, Album):
        return "album_photo"
    if message := asked.message:
        return "photo" if picture_in(message) else "message"
    return "edited_message" if asked.edited_message else "callback_query"
