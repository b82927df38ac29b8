import json

import pytest

from fake_telegram import ManualClock, Person, World
from tests.fake_telegram.calls import Api

NOBODY = 4711


async def test_a_text_arrives_in_the_chat_as_the_bots_message(
    api: Api, world: World, ann: Person, clock: ManualClock
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="  A 7.\n")
    assert message["text"] == "A 7."
    assert message["from"]["is_bot"]
    assert message["chat"]["type"] == "private"
    assert message["date"] == int(clock.time())
    assert world.sent(ann.user_id) == [message]


async def test_a_method_may_be_written_in_any_case(api: Api, ann: Person) -> None:
    assert (await api.result("SENDmessage", chat_id=ann.user_id, text="hi"))["text"] == "hi"


async def test_private_chats_share_one_count_of_messages_and_a_group_has_its_own(
    api: Api, world: World, ann: Person
) -> None:
    bob = Person(world, user_id=1002, first_name="Bob")
    group = world.group()
    ids = [
        ann.send_text("one")["message_id"],
        bob.send_text("two")["message_id"],
        (await api.result("sendMessage", chat_id=ann.user_id, text="three"))["message_id"],
    ]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    in_group = await api.result("sendMessage", chat_id=group.chat_id, text="one")
    assert in_group["message_id"] == 1


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"text": "hi"}, "400 Bad Request: chat_id is empty"),
        ({"chat_id": NOBODY, "text": "hi"}, "400 Bad Request: chat not found"),
        ({"chat_id": "ann", "text": "hi"}, "400 Bad Request: chat not found"),
        ({"chat_id": 1001}, "400 Bad Request: message text is empty"),
        ({"chat_id": 1001, "text": " \n "}, "400 Bad Request: message text is empty"),
        ({"chat_id": 1001, "text": "x" * 4097}, "400 Bad Request: message is too long"),
        # Limits count UTF-16 code units, of which an emoji has two.
        ({"chat_id": 1001, "text": "🙂" * 2049}, "400 Bad Request: message is too long"),
        (
            {"chat_id": 1001, "text": "hi", "reply_to_message_id": 99},
            "400 Bad Request: message to be replied not found",
        ),
        (
            {"chat_id": 1001, "text": "hi", "reply_parameters": '{"message_id": 99}'},
            "400 Bad Request: message to be replied not found",
        ),
        (
            {"chat_id": 1001, "text": "hi", "reply_parameters": "[99"},
            "400 Bad Request: can't parse reply parameters JSON object",
        ),
    ],
)
@pytest.mark.usefixtures("ann")
async def test_a_text_that_cannot_be_sent_is_refused_in_telegrams_words(
    api: Api, parameters: dict[str, str], refusal: str
) -> None:
    assert await api.refusal("sendMessage", **parameters) == refusal


@pytest.mark.parametrize("text", ["x" * 4096, "🙂" * 2048])
async def test_a_text_of_4096_units_is_sent(api: Api, ann: Person, text: str) -> None:
    assert (await api.result("sendMessage", chat_id=ann.user_id, text=text))["text"] == text


async def test_nobody_hears_from_the_bot_before_they_wrote_to_it(api: Api, world: World) -> None:
    bob = Person(world, user_id=1002)
    refusal = await api.refusal("sendMessage", chat_id=bob.user_id, text="hi")
    assert refusal == "403 Forbidden: bot can't initiate conversation with a user"
    bob.send_text("hello")
    assert await api.result("sendMessage", chat_id=bob.user_id, text="hi")


async def test_a_person_who_blocked_the_bot_gets_nothing_until_they_unblock_it(
    api: Api, ann: Person
) -> None:
    ann.block_bot()
    for method, content in (
        ("sendMessage", {"text": "hi"}),
        ("sendChatAction", {"action": "typing"}),
    ):
        refusal = await api.refusal(method, chat_id=ann.user_id, **content)
        assert refusal == "403 Forbidden: bot was blocked by the user"
    ann.unblock_bot()
    assert await api.result("sendMessage", chat_id=ann.user_id, text="hi")
    memberships = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in await api.result("getUpdates")
    ]
    assert memberships == ["kicked", "member"]


async def test_a_reply_carries_the_message_it_answers_without_that_ones_own_reply(
    api: Api, ann: Person
) -> None:
    first = ann.send_text("first")
    second = ann.send_text("second", reply_to=first["message_id"])
    reply = await api.result(
        "sendMessage",
        chat_id=ann.user_id,
        text="third",
        reply_parameters=json.dumps({"message_id": second["message_id"]}),
    )
    assert reply["reply_to_message"]["text"] == "second"
    assert "reply_to_message" not in reply["reply_to_message"]


async def test_a_reply_to_nothing_is_sent_plain_where_the_call_allows_it(
    api: Api, ann: Person
) -> None:
    allowed = json.dumps({"message_id": 99, "allow_sending_without_reply": True})
    message = await api.result(
        "sendMessage", chat_id=ann.user_id, text="hi", reply_parameters=allowed
    )
    assert "reply_to_message" not in message


async def test_a_deleted_message_is_gone_and_its_history_stays(
    api: Api, world: World, ann: Person
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="hi")
    address = {"chat_id": ann.user_id, "message_id": message["message_id"]}
    assert await api.result("deleteMessage", **address) is True
    assert world.sent(ann.user_id) == []
    assert world.history(ann.user_id, message["message_id"]) == (message,)
    refusal = await api.refusal("deleteMessage", **address)
    assert refusal == "400 Bad Request: message to delete not found"


async def test_a_message_older_than_48_hours_stays(
    api: Api, ann: Person, clock: ManualClock
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="hi")
    clock.advance(48 * 3600 + 1)
    refusal = await api.refusal(
        "deleteMessage", chat_id=ann.user_id, message_id=message["message_id"]
    )
    assert refusal == "400 Bad Request: message can't be deleted"


async def test_in_a_group_the_bot_deletes_only_its_own_messages(
    api: Api, world: World, ann: Person
) -> None:
    group = world.group()
    theirs = ann.send_text("/start", chat=group)
    refusal = await api.refusal(
        "deleteMessage", chat_id=group.chat_id, message_id=theirs["message_id"]
    )
    assert refusal == "400 Bad Request: message can't be deleted"


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"message_id": 1}, "400 Bad Request: chat identifier is not specified"),
        ({"chat_id": 1001}, "400 Bad Request: message identifier is not specified"),
    ],
)
async def test_deleting_needs_a_chat_and_a_message(
    api: Api, parameters: dict[str, str], refusal: str
) -> None:
    assert await api.refusal("deleteMessage", **parameters) == refusal


async def test_an_action_is_shown_in_the_chat(api: Api, world: World, ann: Person) -> None:
    with world.events.of_chat(ann.user_id) as happenings:
        await api.result("sendChatAction", chat_id=ann.user_id, action="typing")
        assert happenings.get_nowait() == {"type": "action", "action": "typing"}


async def test_an_unknown_action_is_refused(api: Api, ann: Person) -> None:
    refusal = await api.refusal("sendChatAction", chat_id=ann.user_id, action="thinking")
    assert refusal == "400 Bad Request: wrong parameter action in request"


async def test_a_reaction_is_shown_in_the_chat(api: Api, world: World, ann: Person) -> None:
    photo = ann.send_text("look")
    thumb = [{"type": "emoji", "emoji": "👍"}]
    with world.events.of_chat(ann.user_id) as happenings:
        await api.result(
            "setMessageReaction",
            chat_id=ann.user_id,
            message_id=photo["message_id"],
            reaction=json.dumps(thumb),
        )
        event = happenings.get_nowait()
    assert event == {
        "type": "reaction",
        "message_id": photo["message_id"],
        "reaction": thumb,
    }


@pytest.mark.parametrize(
    ("message_id", "emoji", "refusal"),
    [
        (1, "7️⃣", "400 Bad Request: REACTION_INVALID"),
        (99, "👍", "400 Bad Request: message to react not found"),
    ],
)
async def test_a_reaction_telegram_does_not_have_or_to_no_message_is_refused(
    api: Api, ann: Person, message_id: int, emoji: str, refusal: str
) -> None:
    reaction = json.dumps([{"type": "emoji", "emoji": emoji}])
    assert (
        await api.refusal(
            "setMessageReaction", chat_id=ann.user_id, message_id=message_id, reaction=reaction
        )
        == refusal
    )
