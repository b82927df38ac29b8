"""The updates that wait for the bot, until an offset confirms them or they expire."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from fake_telegram.clock import Clock
from fake_telegram.shapes import Json

MESSAGE_LIFETIME = 24 * 60 * 60
CALLBACK_LIFETIME = 150
"""Seconds; a callback query that is older is worth nothing to anybody."""

OPT_IN_TYPES = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Telegram sends these only to a bot that names them in allowed_updates."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it waits."""

    update_id: int
    kind: str  # "message", "callback_query", …: the field of the Update object it fills
    content: Json
    queue: int  # updates of one queue are delivered to a webhook one after the other
    expires_at: float

    def as_json(self) -> Json:
        return {"update_id": self.update_id, self.kind: self.content}


class UpdateQueue:
    """Updates in the order they happened, with ids that rise by one."""

    def __init__(self, clock: Clock, first_id: int = 700_000_001) -> None:
        self._clock = clock
        self._next_id = first_id
        self._waiting: list[Update] = []
        self._allowed: frozenset[str] = frozenset()  # empty: all but the opt-in types
        self.on_arrival: list[Callable[[], None]] = []

    @property
    def allowed(self) -> tuple[str, ...]:
        """What allowed_updates last asked for; () for Telegram's default."""
        return tuple(sorted(self._allowed))

    def allow(self, kinds: Collection[str]) -> None:
        """From now on, only these kinds of update are queued; none named means the default."""
        self._allowed = frozenset(kinds)

    def add(self, kind: str, content: Json, *, queue: int) -> Update | None:
        """Queues an update, if the bot asked for its kind."""
        wanted = kind in self._allowed if self._allowed else kind not in OPT_IN_TYPES
        if not wanted:
            return None
        lifetime = CALLBACK_LIFETIME if kind == "callback_query" else MESSAGE_LIFETIME
        update = Update(self._next_id, kind, content, queue, self._clock.time() + lifetime)
        self._next_id += 1
        self._waiting.append(update)
        self.stir()
        return update

    def stir(self) -> None:
        """Tells whoever delivers updates to look again."""
        for tell in self.on_arrival:
            tell()

    def waiting(self) -> tuple[Update, ...]:
        """What is not confirmed and has not expired, the oldest first."""
        now = self._clock.time()
        self._waiting = [update for update in self._waiting if update.expires_at > now]
        return tuple(self._waiting)

    def read(self, offset: int, limit: int) -> tuple[Update, ...]:
        """What getUpdates hands out. An offset forgets every update below it.

        Args:
            offset: an update_id; negative counts from the end of the queue; 0 confirms nothing.
            limit: how many at most.
        """
        waiting = self.waiting()
        if offset < 0:
            offset = waiting[offset].update_id if -offset <= len(waiting) else 0
        self._waiting = [update for update in waiting if update.update_id >= offset]
        return tuple(self._waiting[:limit])

    def confirm(self, update_id: int) -> None:
        """Forgets one update."""
        self._waiting = [update for update in self._waiting if update.update_id != update_id]

    def clear(self) -> None:
        self._waiting = []
