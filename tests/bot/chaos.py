"""Many people send photos while the bot is killed and Telegram misbehaves; then all is counted.

The bot is a process of its own, as `python -m bot` starts it, on the stand-in over a real socket.
"""

import asyncio
import os
import random
import re
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fake_telegram import BadGateway, Drop, Hang, Person, Refuse, Slow, World, serve
from fake_telegram.faults import FILE_DOWNLOAD, Fault
from fake_telegram.photos import SizedJpeg, photo_sizes
from fake_telegram.shapes import Json
from tests.bot.pictures import photo

NUMBERS = ("1", "2", "3", "7", "24")
"""What the photos show: mostly answered by a text, "24" by a photo with boxes."""

METHODS = ("getUpdates", "getFile", FILE_DOWNLOAD, "sendMessage", "sendPhoto")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    seed: int
    num_photos: int
    share_of_albums: float  # of what is sent
    num_chats: int
    num_kills: int
    seconds_between_photos: float
    seconds_to_kill: tuple[float, float]  # after the bot's first question of a life
    seconds_between_faults: float
    seconds_to_finish: float  # after the last photo and the last kill


@dataclass(frozen=True, slots=True)
class Question:
    """A photo or an album that somebody sent, and what it shows."""

    chat_id: int
    message_id: int  # of its first photo
    numbers: tuple[str, ...]  # one for each photo


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    questions: tuple[Question, ...]
    num_kills: int
    faults: Counter[str]  # by method and kind
    num_deleted: int  # second answers that the bot had to take back
    num_calls: int
    seconds: float


async def unleash(plan: Plan, world: World, folder: Path) -> Outcome:
    """Carries the plan out, and waits until each photo has an answer or the time is up."""
    dice = random.Random(plan.seed)  # noqa: S311 - no secret
    started = time.monotonic()
    questions: list[Question] = []
    faults: Counter[str] = Counter()
    async with serve(world) as address:
        sending = asyncio.create_task(_send(plan, world, dice, questions))
        harming = asyncio.create_task(_harm(plan, world, dice, faults))
        with (folder / "log.txt").open("wb") as log:
            for _ in range(plan.num_kills):
                async with bot_process(world, address, folder, log.fileno()) as bot:
                    await asyncio.sleep(dice.uniform(*plan.seconds_to_kill))
                    bot.kill()
            async with bot_process(world, address, folder, log.fileno()) as bot:
                await sending
                harming.cancel()
                with suppress(TimeoutError):
                    await world.until(
                        lambda: _all_answered(world, questions), plan.seconds_to_finish
                    )
                bot.terminate()
                async with asyncio.timeout(60):
                    assert await bot.wait() == 0
    return Outcome(
        tuple(questions),
        plan.num_kills,
        faults,
        len(world.calls_of("deleteMessage")),
        len(world.calls),
        time.monotonic() - started,
    )


@asynccontextmanager
async def bot_process(
    world: World, address: str, folder: Path, log: int
) -> AsyncIterator[Process]:
    """One life of the bot, from its first question for updates on."""
    num_polls = len(world.calls_of("getUpdates"))
    settings = {"TELEGRAM_BOT_TOKEN": world.token, "TELEGRAM_API_URL": address}
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=folder, env=os.environ | settings, stderr=log
    )
    try:
        await world.until(lambda: len(world.calls_of("getUpdates")) > num_polls, 90)
        yield bot
    finally:
        if bot.returncode is None:
            bot.kill()
        await bot.wait()


async def _send(plan: Plan, world: World, dice: random.Random, questions: list[Question]) -> None:
    pictures: dict[str, tuple[SizedJpeg, ...]] = {
        number: photo_sizes(photo(number)) for number in NUMBERS
    }
    people = [Person(world, 1001 + place) for place in range(plan.num_chats)]
    num_left = plan.num_photos
    while num_left > 0:
        person = people[len(questions) % len(people)]
        size = dice.randint(2, 4) if dice.random() < plan.share_of_albums else 1
        numbers = tuple(dice.choices(NUMBERS, k=size))
        if size == 1:
            first = person.send_photo_sizes(pictures[numbers[0]])
        else:
            first, *_ = person.send_album([photo(number) for number in numbers])
        questions.append(Question(person.user_id, first["message_id"], numbers))
        num_left -= size
        await asyncio.sleep(size * dice.expovariate(1 / plan.seconds_between_photos))


async def _harm(plan: Plan, world: World, dice: random.Random, faults: Counter[str]) -> None:
    while True:
        await asyncio.sleep(dice.expovariate(1 / plan.seconds_between_faults))
        method = dice.choice(METHODS)
        kinds: list[Fault] = [
            Refuse.flood(1),
            Refuse.server_error(dice.choice((500, 503))),
            BadGateway(),
            Hang(dice.choice((1, 1, 1, 25))),  # the bot waits for 20
            Drop(after_commit=False),
            Drop(after_commit=True),
        ]
        fault = dice.choice([*kinds, Slow(2)] if method == FILE_DOWNLOAD else kinds)
        faults[f"{method} {fault!r}"] += 1
        # One at a time: those of a method seldom called would pile up, and take it away for good.
        world.faults.clear()
        world.faults.add(method, fault)


def _all_answered(world: World, questions: list[Question]) -> bool:
    return all(answers_to(world, question) for question in questions)


def answers_to(world: World, question: Question) -> list[Json]:
    """The bot's messages that quote this photo or album, as they now read."""
    return [
        message
        for message in world.sent(question.chat_id)
        if message.get("reply_to_message", {}).get("message_id") == question.message_id
    ]


def faults_of(world: World, outcome: Outcome) -> list[str]:
    """A sentence for each photo or album that has not exactly one right answer in its place."""
    faults = []
    last_answer: dict[int, int] = {}
    for question in outcome.questions:
        answers = answers_to(world, question)
        if len(answers) != 1:
            faults.append(f"{question} has {len(answers)} answers.")
            continue
        said = answers[0].get("text") or answers[0]["caption"]
        if not _tells(said, question.numbers):
            faults.append(f"{question} was answered {said!r}.")
        answer_id = answers[0]["message_id"]
        if answer_id < last_answer.get(question.chat_id, 0):
            faults.append(f"{question} was answered after a later one.")
        last_answer[question.chat_id] = answer_id
    num_answers = sum(len(world.sent(chat_id)) for chat_id in last_answer)
    if num_answers > len(outcome.questions):
        faults.append(f"{num_answers} messages for {len(outcome.questions)} photos and albums.")
    return faults


def _tells(said: str, numbers: tuple[str, ...]) -> bool:
    heads = [f"Photo {place}: " for place in range(1, len(numbers) + 1)]
    return all(
        re.search(rf"^{head}(I read )?{number}( \(|$)", said, re.MULTILINE)
        for head, number in zip(heads if len(numbers) > 1 else [""], numbers, strict=True)
    )
