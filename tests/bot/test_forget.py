"""/forget: what is kept of a person goes, if that person says so twice."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import texts
from bot.encryption import Encryption
from fake_telegram import Drop, Person, World
from fake_telegram.chats import Chat
from fake_telegram.shapes import Json
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_errors import BrokenReader


@pytest.fixture
def bob(world: World) -> Person:
    return Person(world, 1002, "Bob")


@pytest.fixture
def group(world: World) -> Chat:
    return world.group()


@pytest.fixture
async def broken_bot(
    world: World, running_bot: RunningBot, reader: InProcessReader, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The bot, and no photo that it can read."""
    monkeypatch.setattr("bot.answering.FIRST_PAUSE_SECONDS", 0.01)
    async with running_bot(BrokenReader(reader.card, world.token)):
        yield


def senders_kept(world: World, folder: Path) -> list[tuple[int, int]]:
    """Who sent what is still kept, and in which chat, as far as the bot has answered it."""
    encryption = Encryption([world.token])
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as connection:
        dead = connection.execute("SELECT raw FROM inbox WHERE state = 'dead' AND raw != ''")
        messages = [json.loads(encryption.decrypt(raw))["message"] for (raw,) in dead]
    return sorted((message["from"]["id"], message["chat"]["id"]) for message in messages)


async def fail(world: World, person: Person, chat: Chat) -> None:
    """Has the bot fail to answer a photo."""
    caption = f"@{world.bot['username']}"
    person.send_photo(photo("7"), caption=caption, chat=chat)
    assert (await world.next_message(chat.chat_id))["text"] == plain(texts.FAILED)


async def asked(world: World, person: Person, chat: Chat) -> Json:
    """The question that /forget is answered with."""
    sent = person.send_text("/forget", chat=chat)
    question = await world.next_message(chat.chat_id)
    assert question["text"] == plain(texts.FORGET)
    assert question["reply_to_message"]["message_id"] == sent["message_id"]
    return question


def data_of(question: Json) -> dict[str, str]:
    (row,) = question["reply_markup"]["inline_keyboard"]
    return {button["text"]: button["callback_data"] for button in row}


async def told_to_presser(world: World, query_id: str) -> str | None:
    """The word that whoever pressed the button saw."""

    def answers() -> list[dict[str, str]]:
        calls = [call.parameters for call in world.calls_of("answerCallbackQuery")]
        return [call for call in calls if call["callback_query_id"] == query_id]

    await world.until(lambda: bool(answers()))
    return answers()[0].get("text")


@pytest.mark.usefixtures("broken_bot")
async def test_a_person_who_confirms_is_forgotten_in_all_chats_and_nobody_else_is(
    world: World, ann: Person, bob: Person, group: Chat, tmp_path: Path
) -> None:
    for person in (ann, bob):
        await fail(world, person, person.private_chat)
        await fail(world, person, group)
    question = await asked(world, ann, group)
    both = [
        (person.user_id, chat) for person in (ann, bob) for chat in (group.chat_id, person.user_id)
    ]
    assert senders_kept(world, tmp_path) == both
    ann.press(question["message_id"], data_of(question)[texts.FORGET_BUTTON], chat=group)
    answer = await world.next_message(group.chat_id)
    assert answer["text"] == plain(texts.FORGOTTEN)
    assert answer["reply_to_message"]["message_id"] == question["message_id"]
    assert senders_kept(world, tmp_path) == both[2:]
    assert "reply_markup" not in (group.get(question["message_id"]) or {})


@pytest.mark.usefixtures("broken_bot")
async def test_a_person_who_does_not_confirm_is_not_forgotten(
    world: World, ann: Person, tmp_path: Path
) -> None:
    await fail(world, ann, ann.private_chat)
    question = await asked(world, ann, ann.private_chat)
    query_id = ann.press(question["message_id"], data_of(question)[texts.KEEP_BUTTON])
    assert await told_to_presser(world, query_id) == texts.NOT_FORGOTTEN
    await world.until(lambda: "reply_markup" not in world.sent(ann.user_id)[-1])
    assert senders_kept(world, tmp_path) == [(ann.user_id, ann.user_id)]


@pytest.mark.usefixtures("broken_bot")
@pytest.mark.parametrize("label", [texts.FORGET_BUTTON, texts.KEEP_BUTTON])
async def test_nobody_else_may_press(
    world: World, ann: Person, bob: Person, label: str, tmp_path: Path
) -> None:
    group = world.group()
    for person in (ann, bob):
        await fail(world, person, group)
    question = await asked(world, ann, group)
    query_id = bob.press(question["message_id"], data_of(question)[label], chat=group)
    assert await told_to_presser(world, query_id) == texts.NOT_YOUR_BUTTON
    bob.send_text("/help", chat=group)
    assert (await world.next_message(group.chat_id))["text"] == plain(texts.HELP)
    assert senders_kept(world, tmp_path) == [
        (ann.user_id, group.chat_id),
        (bob.user_id, group.chat_id),
    ]
    assert group.get(question["message_id"]) == question


@pytest.mark.usefixtures("broken_bot")
@pytest.mark.parametrize(
    "data",
    ["forget:1002", "forget:", "forget:1001\n", "forget:٧", "forget:-1", f"forget:{'9' * 57}"],
)
async def test_forged_data_forget_nobody(
    world: World, ann: Person, bob: Person, data: str, tmp_path: Path
) -> None:
    for person in (ann, bob):
        await fail(world, person, person.private_chat)
    question = await asked(world, ann, ann.private_chat)
    query_id = ann.press(question["message_id"], data)
    assert await told_to_presser(world, query_id) == texts.UNKNOWN_BUTTON
    assert len(senders_kept(world, tmp_path)) == 2


@pytest.mark.usefixtures("bot")
async def test_forged_data_under_another_message_leave_it_its_buttons(
    world: World, ann: Person, bob: Person, group: Chat
) -> None:
    ann.send_text("/start", chat=group)
    welcome = await world.next_message(group.chat_id)
    query_id = bob.press(welcome["message_id"], f"forget:{bob.user_id}", chat=group)
    assert await told_to_presser(world, query_id) == texts.UNKNOWN_BUTTON
    assert group.get(welcome["message_id"]) == welcome


@pytest.mark.usefixtures("broken_bot")
async def test_a_question_that_was_deleted_can_still_be_answered(
    world: World, ann: Person, tmp_path: Path
) -> None:
    await fail(world, ann, ann.private_chat)
    question = await asked(world, ann, ann.private_chat)
    world.remove(ann.private_chat, question["message_id"])
    ann.press(question["message_id"], data_of(question)[texts.FORGET_BUTTON])
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.FORGOTTEN)
    assert senders_kept(world, tmp_path) == []


async def test_a_photo_that_waits_is_answered_and_then_forgotten_too(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    slow: SlowDigitReader,
    tmp_path: Path,
) -> None:
    group = world.group()
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader):
            name = f"@{world.bot['username']}"
            ann.send_photo(photo("7"), caption=name, chat=group)
            await asyncio.to_thread(slow.has_begun.wait, 10)
            question = await asked(world, ann, ann.private_chat)
            ann.press(question["message_id"], data_of(question)[texts.FORGET_BUTTON])
            assert (await world.next_message(ann.user_id))["text"] == plain(texts.FORGOTTEN)
            slow.may_go_on.set()
            assert (await world.next_message(group.chat_id))["text"].startswith("I read 7 ")
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        assert connection.execute("SELECT DISTINCT state, raw FROM inbox").fetchall() == [
            ("done", "")
        ]


@pytest.mark.usefixtures("broken_bot")
async def test_a_confirmation_that_is_cut_off_is_finished_and_told_once(
    world: World, ann: Person, tmp_path: Path
) -> None:
    await fail(world, ann, ann.private_chat)
    question = await asked(world, ann, ann.private_chat)
    for method in ("answerCallbackQuery", "editMessageReplyMarkup", "sendMessage"):
        world.faults.add(method, Drop(after_commit=True))
    ann.press(question["message_id"], data_of(question)[texts.FORGET_BUTTON])
    ann.send_text("/help")  # answered next, so that the press is done by then
    told = [await world.next_message(ann.user_id) for _ in range(2)]
    assert [message["text"] for message in told] == [plain(texts.FORGOTTEN), plain(texts.HELP)]
    assert len(world.sent(ann.user_id)) == 4
    assert senders_kept(world, tmp_path) == []
