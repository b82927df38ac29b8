"""Many people send photos without a pause, while what the bot's processes hold is watched."""

import asyncio
import re
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median

from fake_telegram import Person, World, serve
from fake_telegram.photos import photo_sizes
from tests.bot.chaos import bot_process
from tests.bot.pictures import photo

NUM_PEOPLE = 300
"""So many that nobody sends more than the bot takes from one person."""
NUM_UNDER_WAY = 40
"""Photos that have no answer yet, at any time: the bot always has the next one at hand."""
NUMBERS = ("1", "2", "3", "7", "24")

WARM_SECONDS = 60.0
SECONDS_BETWEEN_SAMPLES = 1.0
SECONDS_TO_ANSWER = 120.0
NUM_COMPARED = 20
"""Samples of the beginning and of the end, whose medians are compared."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the bot and the processes that read for it hold together at one moment."""

    megabytes: float  # resident; pages that several of them hold count several times
    num_files: float  # open file descriptors


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    num_answers: int
    seconds: float
    samples: tuple[Sample, ...]  # from the end of the first minute on

    @property
    def first(self) -> Sample:
        return _middle(self.samples[:NUM_COMPARED])

    @property
    def last(self) -> Sample:
        return _middle(self.samples[-NUM_COMPARED:])


async def soak(minutes: float, world: World, folder: Path) -> Outcome:
    """Keeps the bot busy for the first minute and so many more."""
    answered: list[Person] = []
    with (folder / "log.txt").open("wb") as log:
        async with (
            serve(world) as address,
            bot_process(world, address, folder, log.fileno()) as bot,
            asyncio.TaskGroup() as group,
        ):
            started = time.monotonic()
            people = [Person(world, 1001 + place) for place in range(NUM_PEOPLE)]
            asking = [
                group.create_task(_ask(people[place::NUM_UNDER_WAY], answered))
                for place in range(NUM_UNDER_WAY)
            ]
            await asyncio.sleep(WARM_SECONDS)
            samples = []
            while time.monotonic() - started < WARM_SECONDS + 60 * minutes:
                await asyncio.sleep(SECONDS_BETWEEN_SAMPLES)
                samples.append(_sample(bot.pid))
            for task in asking:
                task.cancel()
    return Outcome(len(answered), time.monotonic() - started, tuple(samples))


async def _ask(people: list[Person], answered: list[Person]) -> None:
    """Each of them sends a photo once the one before has its answer, again and again."""
    pictures = cycle([photo_sizes(photo(number)) for number in NUMBERS])
    for person in cycle(people):
        with person.world.events.of_chat(person.user_id) as events:
            person.send_photo_sizes(next(pictures))
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                while not _is_answer(await events.get()):
                    pass
        answered.append(person)


def _is_answer(event: dict[str, object] | None) -> bool:
    message = (event or {}).get("message")
    return isinstance(message, dict) and message["from"]["is_bot"]


def _sample(process_id: int) -> Sample:
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    folders = [Path(f"/proc/{number}") for number in (process_id, *children)]
    kilobytes = [
        int(number)
        for folder in folders
        for number in re.findall(r"^VmRSS:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)
    ]
    return Sample(
        sum(kilobytes) / 1024, sum(len(list((folder / "fd").iterdir())) for folder in folders)
    )


def _middle(samples: tuple[Sample, ...]) -> Sample:
    return Sample(
        median(sample.megabytes for sample in samples),
        median(sample.num_files for sample in samples),
    )
