"""People who send photos at a rate, whether they get answers or not; each answer is timed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from fake_telegram import Person, World
from fake_telegram.shapes import Json
from load_test.photos import Photo

SECONDS_WITHOUT_ANSWER = 60.0
"""Once no answer has come for so long, none is waited for any more."""


@dataclass(slots=True)
class Asked:
    """A photo that somebody sent, and the answers that quote it."""

    photo: Photo
    time: float  # of the loop's clock, when Telegram had it
    answers: list[str] = field(default_factory=list)
    seconds: float | None = None  # from then to when Telegram had the first answer


class Crowd:
    """Takes turns, so that everybody sends equally often.

    Args:
        photos: what they send, again and again.
    """

    def __init__(self, world: World, photos: list[Photo], num_people: int) -> None:
        self._people = [Person(world, 1001 + place) for place in range(num_people)]
        self._photos = photos
        self._numbers = count()
        self._asked: dict[tuple[int, int], Asked] = {}  # by chat and message
        self._strays: list[str] = []  # what the bot said to no photo
        self._answered = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Inside the block answers are heard."""
        async with asyncio.TaskGroup() as group:
            ears = [group.create_task(self._listen(person)) for person in self._people]
            await asyncio.sleep(0)  # until they listen
            yield
            for ear in ears:
                ear.cancel()

    async def send(self, rate: float, seconds: float) -> list[Asked]:
        """Sends so many photos a second, evenly, for so long."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        sent = []
        for number in range(round(rate * seconds)):
            await asyncio.sleep(started + number / rate - loop.time())
            sent.append(self._send_one(loop.time()))
        return sent

    async def until_answered(self, sent: list[Asked]) -> None:
        """Waits until each has an answer, or none comes any more."""
        while any(not asked.answers for asked in sent):
            self._answered.clear()
            try:
                async with asyncio.timeout(SECONDS_WITHOUT_ANSWER):
                    await self._answered.wait()
            except TimeoutError:
                return

    def faults_of(self, sent: list[Asked]) -> list[str]:
        """A sentence for each photo that has not exactly one right answer, and for each message
        that answers none.
        """
        faults = list(self._strays)
        for asked in sent:
            shows = f"A photo of {asked.photo.rows}"
            if len(asked.answers) != 1:
                faults.append(f"{shows} has {len(asked.answers)} answers.")
            elif not all(row in asked.answers[0] for row in asked.photo.rows):
                faults.append(f"{shows} was answered {asked.answers[0]!r}.")
        return faults

    def _send_one(self, time: float) -> Asked:
        number = next(self._numbers)
        person = self._people[number % len(self._people)]
        photo = self._photos[number % len(self._photos)]
        message = person.send_photo_sizes(photo.sizes)
        asked = self._asked[person.user_id, message["message_id"]] = Asked(photo, time)
        return asked

    async def _listen(self, person: Person) -> None:
        loop = asyncio.get_running_loop()
        with person.world.events.of_chat(person.user_id) as events:
            while event := await events.get():
                message = event.get("message")
                if message and message["from"]["is_bot"]:
                    self._hear(person.user_id, message, loop.time())

    def _hear(self, chat_id: int, message: Json, time: float) -> None:
        quoted = message.get("reply_to_message", {}).get("message_id")
        said = message.get("text") or message.get("caption", "")
        asked = self._asked.get((chat_id, quoted))
        if asked is None:
            self._strays.append(f"The bot said {said!r} to no photo.")
            return
        asked.answers.append(said)
        if asked.seconds is None:
            asked.seconds = time - asked.time
        self._answered.set()
