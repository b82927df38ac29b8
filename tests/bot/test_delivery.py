"""One answer to each update, whatever is cut off, dropped or refused in between."""

import asyncio
import time
from typing import Any

import pytest

from bot import texts
from bot.database import Database
from bot.delivery import SEARCH_AHEAD
from bot.handlers.everyone import Button
from fake_telegram import Drop, Hang, Person, Refuse, World
from fake_telegram.faults import BadGateway, Fault
from fake_telegram.refusals import (
    NO_RIGHT_TO_SEND,
    NO_RIGHT_TO_WRITE,
    RESTRICTED,
    TOPIC_CLOSED,
    Refusal,
    upgraded_to,
)
from fake_telegram.world import Call
from tests.bot.conftest import RunningBot, plain
from tests.bot.databases import rows
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo

UNSURE: list[Fault] = [
    Drop(after_commit=True),
    Drop(after_commit=False),
    BadGateway(),
    Refuse.server_error(),
]
"""After these the bot can't know whether its answer was sent."""


def never_two(world: World, chat_id: int) -> bool:
    """Whether the bot never deleted anything there: so nobody saw a second answer."""
    return str(chat_id) not in {
        call.parameters["chat_id"] for call in world.calls_of("deleteMessage")
    }


@pytest.mark.parametrize("fault", UNSURE, ids=repr)
@pytest.mark.parametrize(
    ("digits", "method"), [("7", "sendMessage"), ("2024", "sendPhoto")], ids=["text", "photo"]
)
@pytest.mark.usefixtures("bot")
async def test_a_send_in_doubt_makes_one_answer(
    world: World, ann: Person, fault: Fault, digits: str, method: str
) -> None:
    world.faults.add(method, fault)
    sent = ann.send_photo(photo(digits))
    ann.send_text("/help")  # answered next, so that the first is done by then
    await world.until(lambda: bool(helped(world, ann)))
    answer, help_text = world.sent(ann.user_id)
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    assert digits in (answer["text"] if method == "sendMessage" else answer["caption"])
    assert help_text["text"] == plain(texts.HELP)
    assert never_two(world, ann.user_id)


def helped(world: World, person: Person) -> list[Any]:
    return [
        answer for answer in world.sent(person.user_id) if answer.get("text") == plain(texts.HELP)
    ]


@pytest.mark.usefixtures("bot")
async def test_an_answer_with_buttons_keeps_them_and_is_there_once(
    world: World, ann: Person
) -> None:
    world.faults.add("sendMessage", Drop(after_commit=True))
    ann.send_text("/start")
    ann.send_text("/help")
    await world.until(lambda: bool(helped(world, ann)))
    welcome, _ = world.sent(ann.user_id)
    assert welcome["text"] == plain(texts.START)
    assert "reply_markup" in welcome


@pytest.mark.parametrize("num_strangers", [0, SEARCH_AHEAD - 1, SEARCH_AHEAD + 10])
async def test_an_answer_that_was_sent_as_the_bot_ended_is_found_again(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader, num_strangers: int
) -> None:
    ann.send_photo(photo("7"))
    strangers = Person(world, 1002, "Bob").private_chat
    for _ in range(num_strangers):  # messages whose updates never reach the bot
        world.post(strangers, {"id": 1002}, {"text": "Hello"})
    world.faults.add("sendMessage", Hang(60))
    async with running_bot(reader, drain_seconds=0):
        await world.until(lambda: bool(world.sent(ann.user_id)))
    # So far off it is not found beforehand: it is sent again, and the first one taken away.
    is_far = num_strangers > SEARCH_AHEAD
    async with running_bot(reader):
        last_step = "deleteMessage" if is_far else "editMessageReplyMarkup"
        await world.until(lambda: bool(world.calls_of(last_step)))
        ann.send_text("/help")
        await world.until(lambda: bool(helped(world, ann)))
    answer, _ = world.sent(ann.user_id)
    assert answer["text"].startswith("I read 7 ")
    assert never_two(world, ann.user_id) == (not is_far)


async def test_a_press_after_a_quiet_day_takes_no_older_message_for_its_answer(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader, database: Database
) -> None:
    ann.send_text("/start")
    ann.send_text("/help")
    async with running_bot(reader):
        before = [await world.next_message(ann.user_id) for _ in range(2)]
    await rows(database, "DELETE FROM inbox")  # as a day later
    async with running_bot(reader):
        world.faults.add("sendMessage", BadGateway())
        ann.press(before[0]["message_id"], Button.HOW_TO)
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HOW_TO)
    assert world.sent(ann.user_id)[:2] == before
    assert never_two(world, ann.user_id)


@pytest.mark.usefixtures("bot")
async def test_a_flooded_chat_waits_as_long_as_told_and_holds_up_no_other(
    world: World, ann: Person
) -> None:
    bob = Person(world, 1002, "Bob")
    world.faults.add("sendMessage", Refuse.flood(2))
    began = time.monotonic()
    ann.send_photo(photo("7"))
    await world.until(lambda: bool(world.calls_of("sendMessage")))
    bob.send_text("/help")
    await world.until(lambda: bool(helped(world, bob)))
    assert time.monotonic() - began < 2
    assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
    assert time.monotonic() - began >= 2
    # Telegram said that nothing was sent, so there was nothing to look for.
    assert not world.calls_of("editMessageReplyMarkup")


async def test_answers_in_a_group_are_counted_apart_from_private_ones(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    group = world.group()
    for _ in range(30):
        ann.send_text("/privacy@nobody")
    world.faults.add("sendMessage", Hang(60))
    question = ann.send_text("/help", chat=group)
    async with running_bot(reader, drain_seconds=0):
        await world.until(lambda: bool(world.sent(group.chat_id)))
        await asyncio.sleep(0.1)
    async with running_bot(reader):
        ann.send_text("/privacy", chat=group)
        await world.until(lambda: len(world.sent(group.chat_id)) == 2)
    helped_once, privacy = world.sent(group.chat_id)
    assert helped_once["message_id"] == question["message_id"] + 1
    assert (helped_once["text"], privacy["text"]) == (plain(texts.HELP), plain(texts.PRIVACY))


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto"])
@pytest.mark.parametrize(
    "refusal",
    [NO_RIGHT_TO_SEND, NO_RIGHT_TO_WRITE, RESTRICTED, TOPIC_CLOSED, upgraded_to(-1001000000002)],
    ids=["no right to send", "no right to write", "restricted", "topic", "now a supergroup"],
)
async def test_a_chat_that_takes_no_answer_is_asked_once_and_nobody_is_told(
    world: World,
    running_bot: RunningBot,
    reader: InProcessReader,
    refusal: Refusal,
    method: str,
) -> None:
    digits = "7" if method == "sendMessage" else "2024"
    ann = Person(world)
    group = world.group()
    ann.send_text("/start")
    async with running_bot(reader, admin_ids={ann.user_id}):
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.START)
        world.faults.add(method, Refuse(refusal))
        ann.send_photo(photo(digits), caption=f"@{world.bot['username']}", chat=group)
        await world.until(lambda: "-" in [call.parameters["chat_id"][0] for call in calls(world)])
        ann.send_text("/help", chat=group)  # answered once the photo is done with
        await world.until(lambda: bool(world.sent(group.chat_id)))
        ann.send_text("/help")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    in_group = [call for call in calls(world) if call.parameters["chat_id"][0] == "-"]
    assert len(in_group) == 2
    (helped,) = world.sent(group.chat_id)
    assert helped["text"] == plain(texts.HELP)


def calls(world: World) -> list[Call]:
    return world.calls_of("sendMessage") + world.calls_of("sendPhoto")
