"""One measurement of the bot under load: at one rate after the other, until it can't keep up."""

import asyncio
import math
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fake_telegram import World, serve
from load_test.bot_process import BotProgram, running_bot
from load_test.crowd import Asked, Crowd
from load_test.photos import Photo
from load_test.usage import CpuSeconds, Memory, cpu_seconds, memory

WARM_UP = (4.0, 5.0)
"""Photos a second, and seconds: the first photos of a process take longer."""

MOST_SECONDS_BEHIND = 2.0
"""The bot keeps up if no more photos wait at the end than come in so long."""


@dataclass(frozen=True, slots=True)
class Cores:
    """How many cores each kept busy, on average, while photos were sent."""

    bot: float
    readers: float
    stand_in: float
    others: float  # whatever else the machine did meanwhile


@dataclass(frozen=True, slots=True)
class Step:
    """What came of sending at one rate."""

    rate: float  # photos sent a second
    seconds: float  # for so long
    num_photos: int
    num_answered: int
    num_faults: int  # photos without exactly one right answer, and messages that answer none
    faults: tuple[str, ...]  # the first few of them
    num_waiting: int  # photos without an answer when the last one was sent
    median: float  # of the seconds to the answer
    percentile_95: float
    percentile_99: float
    slowest: float
    cores: Cores
    memory: Memory  # at the end

    @property
    def keeps_up(self) -> bool:
        """Whether it could go on like that."""
        return self.num_waiting <= max(1.0, MOST_SECONDS_BEHIND * self.rate)


async def measured(
    rates: Sequence[float],
    seconds: float,
    program: BotProgram,
    photos: list[Photo],
    num_people: int = 200,
) -> AsyncIterator[Step]:
    """A step for each rate, by one life of the bot; the first that it can't bear is the last.

    Raises:
        BotDidNotStart: it did not come up.
    """
    async with _crowd(program, photos, num_people) as (crowd, bot_id):
        await crowd.until_answered(await crowd.send(*WARM_UP))
        for rate in rates:
            step = await _measured(crowd, bot_id, rate, seconds)
            yield step
            if not step.keeps_up or step.faults:
                return


@asynccontextmanager
async def _crowd(
    program: BotProgram, photos: list[Photo], num_people: int
) -> AsyncIterator[tuple[Crowd, int]]:
    # Making small sizes of what the bot sends is Telegram's work, on machines of its own.
    world = World(strict=True, recompresses=False)
    crowd = Crowd(world, photos, num_people)
    async with (
        serve(world) as address,
        running_bot(program, world, address) as bot_id,
        crowd.listening(),
    ):
        yield crowd, bot_id


async def _measured(crowd: Crowd, bot_id: int, rate: float, seconds: float) -> Step:
    before = cpu_seconds(bot_id)
    sent = await crowd.send(rate, seconds)
    await asyncio.sleep(1 / rate)  # the last one has its turn as well
    after = cpu_seconds(bot_id)
    num_waiting = sum(not asked.answers for asked in sent)
    await crowd.until_answered(sent)
    faults = crowd.faults_of(sent)
    times = _times(sent)
    return Step(
        rate=rate,
        seconds=seconds,
        num_photos=len(sent),
        num_answered=sum(bool(asked.answers) for asked in sent),
        num_faults=len(faults),
        faults=tuple(faults[:5]),
        num_waiting=num_waiting,
        median=statistics.median(times),
        percentile_95=percentile(times, 0.95),
        percentile_99=percentile(times, 0.99),
        slowest=times[-1],
        cores=_cores(before, after),
        memory=memory(bot_id),
    )


def _times(sent: list[Asked]) -> list[float]:
    """To each answer, the quickest first; what has none took for ever."""
    return sorted(float("inf") if asked.seconds is None else asked.seconds for asked in sent)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1]


def _cores(before: CpuSeconds, after: CpuSeconds) -> Cores:
    seconds = after.clock - before.clock
    bot, readers = after.bot - before.bot, after.readers - before.readers
    stand_in = after.stand_in - before.stand_in
    others = after.machine - before.machine - bot - readers - stand_in
    return Cores(*(part / seconds for part in (bot, readers, stand_in, max(0.0, others))))
