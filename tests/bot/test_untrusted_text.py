"""What people call themselves and their files: no answer, log line or path has any of it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.logs import log_handler
from fake_telegram import BadGateway, Person, World
from fake_telegram.shapes import Json
from tests.bot.conftest import RunningBot
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo

MARK = "Mallory"
HOSTILE = [
    f"<b>{MARK}</i>&lt;",
    f"{MARK}\n2026-01-02T03:04:05Z CRITICAL bot: all is lost",
    f"{MARK}\r\x1b[2J\x00\u2028\u202e",
    f"{MARK} %s %(message)s {{0}} {{self.token}} ${{HOME}}",
    f"../../{MARK}/../etc/passwd\x00",
    f"{MARK}'; DROP TABLE inbox; --",
    f"{MARK}" * 50_000,
]


def called(person: Person, text: str) -> None:
    """Gives a person this name, user name and language, and their private chat this title."""
    fields = ("first_name", "last_name", "username", "language_code", "title")
    person.user.update(dict.fromkeys(fields, text))
    person.private_chat.json.update(dict.fromkeys(fields, text))


async def welcome_of(world: World, person: Person) -> Json:
    person.send_text("/start")
    return await world.next_message(person.user_id)


async def answers(world: World, person: Person, welcome: Json, text: str) -> list[Any]:
    """The welcome, and what the bot answers to one thing of each kind that can carry a text."""
    told = [welcome]
    sends: tuple[Callable[[], Json], ...] = (
        lambda: person.send_text(text),
        lambda: person.send_photo(photo("7"), caption=text),
        lambda: person.send_photo(photo("24"), caption=text),
        lambda: person.send_document(photo("3"), file_name=f"{text}.png", mime_type=text),
        lambda: person.send_document(
            b"no picture", file_name=f"{text}.png", mime_type="image/png"
        ),
        lambda: person.send_document(photo("3"), file_name=text, mime_type=text),
        lambda: person.send_text(f"/help {text}"),
        lambda: person.send_text("/forget"),
    )
    for send in sends:
        send()
        told.append(await world.next_message(person.user_id))
    query_id = person.press(welcome["message_id"], text)
    await world.until(lambda: _answer_to(world, query_id) is not None)
    return [_shown(message) for message in told] + [_answer_to(world, query_id)]


def _shown(message: Json) -> tuple[str, Any]:
    return message.get("text") or message["caption"], message.get("entities")


def _answer_to(world: World, query_id: str) -> str | None:
    calls = [call.parameters for call in world.calls_of("answerCallbackQuery")]
    return next((call["text"] for call in calls if call["callback_query_id"] == query_id), None)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
async def test_hostile_text_changes_no_answer_and_reaches_no_log(
    world: World,
    running_bot: RunningBot,
    reader: InProcessReader,
    hostile: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mallory, bob = Person(world, 1001, "?"), Person(world, 1002, "Bob")
    called(mallory, hostile)
    caplog.set_level(logging.INFO)
    async with running_bot(reader):
        world.faults.add("sendMessage", BadGateway())
        world.updates.add("message", {"message_id": hostile, "from": {"id": hostile}}, queue=1)
        # The fault is Mallory's: Bob says nothing before she is welcomed.
        welcomes = [await welcome_of(world, person) for person in (mallory, bob)]
        mallorys, bobs = await asyncio.gather(
            answers(world, mallory, welcomes[0], hostile), answers(world, bob, welcomes[1], "Bob")
        )
        assert mallorys == bobs
    handler = log_handler(world.token)
    lines = [line for record in caplog.records for line in handler.format(record).splitlines()]
    assert lines
    assert not [line for line in lines if MARK in line]
    assert not [line for line in lines if not line.startswith(("  ", "20"))]
