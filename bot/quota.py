"""How many photos of one person are read in a minute, and how many may wait.

Kept in memory only: a restart forgets it, in the people's favour, and what it takes up again
counts afresh. So no photo counts twice.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

MINUTE = 60.0
A_MOMENT = 0.05  # for the loop's timer, which may come a little later than it was set


class Arrival(Enum):
    """What becomes of an update."""

    LET_IN = auto()
    TURNED_AWAY = auto()  # in a sentence
    LEFT_OUT = auto()  # without one: the person has been told in this chat


@dataclass(slots=True)
class _Person:
    num_waiting: int = 0  # photos that were let in and have not ended
    begun: deque[float] = field(default_factory=deque)  # when, by the loop's clock, within MINUTE
    told: set[int | None] = field(default_factory=set)  # chats


class PhotoQuota:
    """Counts the photos of each person.

    Args:
        max_waiting: photos of one person that have no answer yet.
        exempt: user ids of those who may send what they like.
    """

    def __init__(self, *, per_minute: int, max_waiting: int, exempt: frozenset[int]) -> None:
        self.per_minute = per_minute
        self.max_waiting = max_waiting
        self._exempt = exempt
        self._people: dict[int, _Person] = {}  # with a photo that waits or was begun in MINUTE
        self._photographers: dict[int, int] = {}  # by update that was let in

    def arrived(self, update_id: int, photographer: int | None, chat_id: int | None) -> Arrival:
        """Counts an update, if it asks for a photo to be read.

        Who sent too many is let in again when all that wait are answered, not one by one: else
        every other photo of a flood would be told off.
        """
        if photographer is None or photographer in self._exempt:
            return Arrival.LET_IN
        if update_id in self._photographers:
            return Arrival.LET_IN  # Telegram brought it again; it is counted already
        person = self._people.setdefault(photographer, _Person())
        if chat_id in person.told:
            return Arrival.LEFT_OUT
        if person.told or person.num_waiting >= self.max_waiting:
            person.told.add(chat_id)
            return Arrival.TURNED_AWAY
        person.num_waiting += 1
        self._photographers[update_id] = photographer
        return Arrival.LET_IN

    def seconds_to_wait(self, update_id: int) -> float:
        """How long the update has to wait for its person's minute; 0 if it may begin."""
        photographer = self._photographers.get(update_id)
        if photographer is None:
            return 0
        begun = self._people[photographer].begun
        if len(begun) < self.per_minute:
            return 0
        return max(begun[0] + MINUTE - asyncio.get_running_loop().time(), A_MOMENT)

    def begin(self, update_id: int) -> None:
        """The photo is about to be read."""
        if (photographer := self._photographers.get(update_id)) is not None:
            loop = asyncio.get_running_loop()
            self._people[photographer].begun.append(loop.time())
            loop.call_later(MINUTE, self._forget_oldest, photographer)

    def end(self, update_id: int) -> None:
        """The photo has its answer."""
        if (photographer := self._photographers.pop(update_id, None)) is not None:
            person = self._people[photographer]
            person.num_waiting -= 1
            if not person.num_waiting:
                person.told.clear()
                self._forget_if_idle(photographer)

    def _forget_oldest(self, photographer: int) -> None:
        self._people[photographer].begun.popleft()
        self._forget_if_idle(photographer)

    def _forget_if_idle(self, photographer: int) -> None:
        person = self._people[photographer]
        if not person.num_waiting and not person.begun:
            del self._people[photographer]
