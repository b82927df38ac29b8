"""Pressed buttons that the bot may still answer."""

from dataclasses import dataclass
from itertools import count

from fake_telegram.clock import Clock
from fake_telegram.updates import CALLBACK_LIFETIME


@dataclass(frozen=True, slots=True)
class _Press:
    chat_id: int
    expires_at: float


class CallbackQueries:
    """The presses of the last minutes, by the id of their callback query."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._presses: dict[str, _Press] = {}
        self._ids = count(4_300_000_000_000_000_001)

    def add(self, chat_id: int) -> str:
        """Remembers a press in a chat; returns the id of its callback query."""
        query_id = str(next(self._ids))
        self._presses[query_id] = _Press(chat_id, self._clock.time() + CALLBACK_LIFETIME)
        return query_id

    def chat_of(self, query_id: str) -> int | None:
        """Where the button was pressed; None if it never was, or too long ago."""
        press = self._presses.get(query_id)
        return press.chat_id if press and press.expires_at >= self._clock.time() else None
