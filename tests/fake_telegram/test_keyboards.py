import json
from typing import Any

import pytest

from fake_telegram import ManualClock, Person, World
from tests.fake_telegram.calls import Api

YES = {"text": "Yes", "callback_data": "yes"}


async def send_with_button(api: Api, ann: Person) -> int:
    keyboard = json.dumps({"inline_keyboard": [[YES]]})
    message = await api.result(
        "sendMessage", chat_id=ann.user_id, text="Right?", reply_markup=keyboard
    )
    assert message["reply_markup"] == {"inline_keyboard": [[YES]]}
    message_id: int = message["message_id"]
    return message_id


async def test_a_pressed_button_becomes_a_callback_query_that_can_be_answered(
    api: Api, world: World, ann: Person
) -> None:
    message_id = await send_with_button(api, ann)
    query_id = ann.press(message_id, "yes")
    (update,) = await api.result("getUpdates")
    query = update["callback_query"]
    assert query["id"] == query_id
    assert query["data"] == "yes"
    assert query["message"]["message_id"] == message_id
    assert query["from"]["id"] == ann.user_id
    assert query["chat_instance"]
    with world.events.of_chat(ann.user_id) as happenings:
        await api.result("answerCallbackQuery", callback_query_id=query_id, text="Thanks")
        answer = happenings.get_nowait()
    assert answer == {"type": "callback_answer", "text": "Thanks", "show_alert": False}


async def test_a_client_may_press_what_stands_on_no_button(api: Api, ann: Person) -> None:
    message_id = await send_with_button(api, ann)
    ann.press(message_id, "'; drop table")
    (update,) = await api.result("getUpdates")
    assert update["callback_query"]["data"] == "'; drop table"


async def test_a_button_of_a_deleted_message_still_works_with_an_inaccessible_message(
    api: Api, ann: Person
) -> None:
    message_id = await send_with_button(api, ann)
    await api.result("deleteMessage", chat_id=ann.user_id, message_id=message_id)
    ann.press(message_id, "yes")
    (update,) = await api.result("getUpdates")
    assert update["callback_query"]["message"] == {
        "chat": ann.private_chat.json,
        "message_id": message_id,
        "date": 0,
    }


TOO_OLD = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_query_older_than_150_seconds_is_neither_delivered_nor_answerable(
    api: Api, ann: Person, clock: ManualClock
) -> None:
    query_id = ann.press(await send_with_button(api, ann), "yes")
    clock.advance(151)
    assert await api.result("getUpdates") == []
    assert await api.refusal("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD


async def test_a_query_that_never_was_cannot_be_answered(api: Api) -> None:
    assert await api.refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_an_answer_has_200_characters_at_most(api: Api, ann: Person) -> None:
    query_id = ann.press(await send_with_button(api, ann), "yes")
    refusal = await api.refusal("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    assert refusal == "400 Bad Request: MESSAGE_TOO_LONG"
    assert await api.result("answerCallbackQuery", callback_query_id=query_id, text="x" * 200)


UNPARSABLE = "can't parse inline keyboard button"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ([[{"text": "x", "callback_data": "7" * 65}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "x", "callback_data": "ü" * 33}]], "BUTTON_DATA_INVALID"),
        (
            [[{"text": "x"}]],
            f"{UNPARSABLE}: Text buttons are unallowed in the inline keyboard",
        ),
        ([[{"callback_data": "x"}]], f'{UNPARSABLE}: Can\'t find field "text"'),
        ([["x"]], f"{UNPARSABLE}: InlineKeyboardButton must be an Object"),
        (
            [YES],
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
    ],
)
async def test_a_malformed_keyboard_is_refused(
    api: Api, ann: Person, markup: list[Any], reason: str
) -> None:
    keyboard = json.dumps({"inline_keyboard": markup})
    refusal = await api.refusal(
        "sendMessage", chat_id=ann.user_id, text="hi", reply_markup=keyboard
    )
    assert refusal == f"400 Bad Request: {reason}"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
    ],
)
async def test_a_markup_that_is_no_object_is_refused(
    api: Api, ann: Person, markup: str, reason: str
) -> None:
    refusal = await api.refusal("sendMessage", chat_id=ann.user_id, text="hi", reply_markup=markup)
    assert refusal == f"400 Bad Request: {reason}"


async def test_callback_data_of_64_bytes_is_taken(api: Api, ann: Person) -> None:
    keyboard = json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": "ü" * 32}]]})
    assert await api.result("sendMessage", chat_id=ann.user_id, text="hi", reply_markup=keyboard)


async def test_a_keyboard_that_is_not_inline_is_taken_but_no_message_carries_it(
    api: Api, ann: Person
) -> None:
    keyboard = json.dumps({"keyboard": [["Yes"]]})
    message = await api.result(
        "sendMessage", chat_id=ann.user_id, text="hi", reply_markup=keyboard
    )
    assert "reply_markup" not in message
