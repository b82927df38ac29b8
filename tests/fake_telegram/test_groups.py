import pytest

from fake_telegram import Person, World
from tests.fake_telegram.calls import Api


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("hello everyone", False),
        ("@digit_reader_bot what is this?", True),
        ("and you, @Digit_Reader_Bot?", True),
        ("@other_bot what is this?", False),
        ("/stats", True),
        ("/stats@digit_reader_bot", True),
        ("/stats@other_bot", False),
    ],
)
async def test_in_a_group_the_bot_hears_commands_and_mentions_of_itself(
    api: Api, world: World, ann: Person, text: str, is_heard: bool
) -> None:
    ann.send_text(text, chat=world.group())
    updates = await api.result("getUpdates")
    assert [update["message"]["text"] for update in updates] == [text] * is_heard


async def test_in_a_group_the_bot_hears_replies_to_itself_but_no_plain_photo(
    api: Api, world: World, ann: Person, picture: bytes
) -> None:
    group = world.group()
    said = await api.result("sendMessage", chat_id=group.chat_id, text="Send me a digit.")
    ann.send_photo(picture, chat=group)
    ann.send_photo(picture, chat=group, caption="@digit_reader_bot")
    ann.send_photo(picture, chat=group, reply_to=said["message_id"])
    heard = [update["message"] for update in await api.result("getUpdates")]
    assert [message.get("caption") for message in heard] == ["@digit_reader_bot", None]
    assert heard[0]["chat"] == {"id": group.chat_id, "type": "supergroup", "title": "Digits"}


async def test_without_privacy_mode_the_bot_hears_everything(
    api: Api, world: World, ann: Person
) -> None:
    world.bot["can_read_all_group_messages"] = True
    ann.send_text("hello everyone", chat=world.group())
    assert len(await api.result("getUpdates")) == 1
