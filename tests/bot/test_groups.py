"""In a group the bot answers those who speak to it, and is silent otherwise."""

import pytest

from bot import texts
from bot.handlers.everyone import Button
from fake_telegram import Person, World
from fake_telegram.chats import Chat
from fake_telegram.shapes import Json
from tests.bot.conftest import plain
from tests.bot.pictures import photo

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def world() -> World:
    """A bot with privacy mode off, as in the groups that made it an admin: it hears everything."""
    world = World(strict=True)
    world.bot["can_read_all_group_messages"] = True
    return world


@pytest.fixture
def group(world: World) -> Chat:
    return world.group()


@pytest.fixture
def name(world: World) -> str:
    return f"@{world.bot['username']}"


async def only_answer(world: World, ann: Person, group: Chat) -> Json:
    """The bot's one message in the group, after it has handled all that was sent there."""
    # Updates of one chat are handled in order, so an answered command ends all before it.
    ann.send_text("/start", chat=group)
    await world.until(
        lambda: any(
            message.get("text") == plain(texts.START + texts.IN_GROUP)
            for message in sent(world, group)
        )
    )
    answers = sent(world, group)[:-1]
    assert len(answers) == 1
    return answers[0]


def sent(world: World, group: Chat) -> list[Json]:
    return world.sent(group.chat_id)


async def test_what_is_not_meant_for_the_bot_gets_no_answer(
    world: World, ann: Person, group: Chat
) -> None:
    ann.send_text("Hello all", chat=group)
    mine = ann.send_photo(photo("7"), chat=group)
    ann.send_text("@someone_else what is this?", chat=group, reply_to=mine["message_id"])
    ann.send_photo(photo("7"), caption="@digit_reader_bot2", chat=group)
    ann.send_text("/help@someone_elses_bot", chat=group)
    ann.send_sticker(chat=group)
    ann.send_text("/privacy", chat=group)
    answer = await only_answer(world, ann, group)
    assert answer["text"] == plain(texts.PRIVACY)
    assert not world.calls_of("getFile")


async def test_a_photo_with_the_bots_name_under_it_is_read(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    asked = ann.send_photo(photo("7"), caption=f"{name.upper()}, please", chat=group)
    answer = await only_answer(world, ann, group)
    assert answer["text"].startswith("I read 7 ")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]


async def test_an_album_is_read_when_the_bots_name_is_under_one_of_its_photos(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    ann.send_album([photo("1"), photo("2")], caption="for all of you", chat=group)
    first = ann.send_album([photo("3")] * 2, chat=group)
    ann.send_album([photo("7")], caption=name, chat=group, album_id=first[0]["media_group_id"])
    answer = await only_answer(world, ann, group)
    assert answer["text"].startswith("Photo 1: I read 3 (")
    assert "Photo 3: I read 7 (" in answer["text"]
    assert answer["reply_to_message"]["message_id"] == first[0]["message_id"]


async def test_a_photo_is_read_when_someone_replies_to_it_with_the_bots_name(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    bob = Person(world, 1002, "Bob")
    asked = bob.send_photo(photo("7"), chat=group)
    ann.send_text(f"{name} what is this?", chat=group, reply_to=asked["message_id"])
    answer = await only_answer(world, ann, group)
    assert answer["text"].startswith("I read 7 ")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]


async def test_a_photo_in_reply_to_the_bot_is_read(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    ann.send_text(name, chat=group)
    hint = await world.next_message(group.chat_id)
    assert hint["text"] == plain(texts.HINT + texts.IN_GROUP)
    ann.send_photo(photo("7"), chat=group, reply_to=hint["message_id"])
    assert (await world.next_message(group.chat_id))["text"].startswith("I read 7 ")


async def test_in_a_group_the_how_to_button_says_which_photos_are_answered(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    ann.send_text(f"/start{name}", chat=group)
    start = await world.next_message(group.chat_id)
    ann.press(start["message_id"], Button.HOW_TO, chat=group)
    told = await world.next_message(group.chat_id)
    assert told["text"] == plain(texts.HOW_TO + texts.IN_GROUP)


async def test_the_bot_does_not_read_what_it_drew_itself(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    ann.send_photo(photo("2024"), caption=name, chat=group)
    drawn = await world.next_message(group.chat_id)
    assert "photo" in drawn
    ann.send_text(f"{name} again", chat=group, reply_to=drawn["message_id"])
    assert (await world.next_message(group.chat_id))["text"] == plain(texts.HINT + texts.IN_GROUP)


async def test_a_command_with_the_bots_name_is_answered(
    world: World, ann: Person, group: Chat, name: str
) -> None:
    ann.send_text(f"/help{name}", chat=group)
    answer = await only_answer(world, ann, group)
    assert answer["text"] == plain(texts.HELP)


async def test_a_button_in_a_topic_is_answered_in_that_topic(
    world: World, ann: Person, group: Chat
) -> None:
    ann.send_text("/start", chat=group)
    welcome = await world.next_message(group.chat_id)
    world.revise(group, welcome | {"is_topic_message": True, "message_thread_id": 77})
    ann.press(welcome["message_id"], Button.HOW_TO, chat=group)
    await world.until(lambda: len(sent(world, group)) == 2)
    assert world.calls_of("sendMessage")[-1].parameters["message_thread_id"] == "77"


async def test_who_writes_in_the_name_of_the_group_is_told_where_to_ask_to_be_forgotten(
    world: World, ann: Person, group: Chat
) -> None:
    command = {"type": "bot_command", "offset": 0, "length": 7}
    content = {"text": "/forget", "entities": [command], "sender_chat": group.json}
    ann._send(content, group)
    answer = await world.next_message(group.chat_id)
    assert answer["text"] == plain(texts.FORGET_UNNAMED)
    assert "reply_markup" not in answer
