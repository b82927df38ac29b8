import asyncio
import json

import pytest

from fake_telegram import ManualClock, Person, World
from fake_telegram.methods.edits import edit_message_media
from fake_telegram.params import Params, Upload
from fake_telegram.refusals import Refused
from tests.fake_telegram.calls import Api

BUTTON = json.dumps({"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]})
NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


async def test_an_edit_replaces_the_text_and_the_history_keeps_both(
    api: Api, world: World, ann: Person, clock: ManualClock
) -> None:
    before = await api.result("sendMessage", chat_id=ann.user_id, text="Reading…")
    clock.advance(2)
    after = await api.result(
        "editMessageText", chat_id=ann.user_id, message_id=before["message_id"], text="A 7."
    )
    assert after["text"] == "A 7."
    assert after["edit_date"] == before["date"] + 2
    assert world.sent(ann.user_id) == [after]
    assert world.history(ann.user_id, before["message_id"]) == (before, after)


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(api: Api, ann: Person) -> None:
    message = await api.result(
        "sendMessage", chat_id=ann.user_id, text="Right?", reply_markup=BUTTON
    )
    edited = await api.result(
        "editMessageText", chat_id=ann.user_id, message_id=message["message_id"], text="Thanks"
    )
    assert "reply_markup" not in edited


async def test_only_the_keyboard_can_be_changed(api: Api, ann: Person) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="Right?")
    address = {"chat_id": ann.user_id, "message_id": message["message_id"]}
    edited = await api.result("editMessageReplyMarkup", **address, reply_markup=BUTTON)
    assert edited["text"] == "Right?"
    assert edited["reply_markup"] == json.loads(BUTTON)
    assert "reply_markup" not in await api.result("editMessageReplyMarkup", **address)
    assert await api.refusal("editMessageReplyMarkup", **address) == NOT_MODIFIED


async def test_an_edit_that_changes_nothing_is_refused_also_the_second_time(
    api: Api, ann: Person
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="one")
    address = {"chat_id": ann.user_id, "message_id": message["message_id"]}
    assert await api.refusal("editMessageText", **address, text="one") == NOT_MODIFIED
    await api.result("editMessageText", **address, text="two")
    assert await api.refusal("editMessageText", **address, text=" two ") == NOT_MODIFIED


async def test_a_caption_is_changed_and_taken_away(api: Api, ann: Person, picture: bytes) -> None:
    photo = await api.http.post(
        f"{api.root}/sendPhoto",
        data={"chat_id": str(ann.user_id), "caption": "one"},
        files={"photo": picture},
    )
    message = photo.json()["result"]
    address = {"chat_id": ann.user_id, "message_id": message["message_id"]}
    edited = await api.result("editMessageCaption", **address, caption="two")
    assert edited["caption"] == "two"
    assert edited["photo"] == message["photo"]
    assert "caption" not in await api.result("editMessageCaption", **address)


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"chat_id": 1001}, "message text is empty"),
        ("editMessageText", {"chat_id": 1001, "text": "x"}, "message to edit not found"),
        (
            "editMessageText",
            {"chat_id": 1001, "message_id": 99, "text": "x"},
            "message to edit not found",
        ),
        # Message 1 is Ann's own.
        (
            "editMessageText",
            {"chat_id": 1001, "message_id": 1, "text": "x"},
            "message can't be edited",
        ),
        (
            "editMessageCaption",
            {"chat_id": 1001, "message_id": 2, "caption": "x"},
            "there is no caption in the message to edit",
        ),
        (
            "editMessageText",
            {"chat_id": 1001, "message_id": 3, "text": "x"},
            "there is no text in the message to edit",
        ),
        (
            "editMessageMedia",
            {"chat_id": 1001, "message_id": 3, "media": "{"},
            "can't parse media JSON object",
        ),
        (
            "editMessageMedia",
            {"chat_id": 1001, "message_id": 3, "media": "[]"},
            "can't parse media JSON object",
        ),
    ],
)
async def test_an_edit_that_is_impossible_is_refused(
    api: Api,
    ann: Person,
    method: str,
    parameters: dict[str, str],
    reason: str,
) -> None:
    text = await api.result("sendMessage", chat_id=ann.user_id, text="two")
    document = await api.http.post(
        f"{api.root}/sendDocument",
        data={"chat_id": str(ann.user_id)},
        files={"document": ("three.txt", b"three")},
    )
    assert (text["message_id"], document.json()["result"]["message_id"]) == (2, 3)
    assert await api.refusal(method, **parameters) == f"400 Bad Request: {reason}"


async def test_a_photo_takes_the_place_of_a_text_and_its_caption_comes_along(
    api: Api, ann: Person, picture: bytes
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="Reading…")
    media = {"type": "photo", "media": "attach://drawing", "caption": "A 7."}
    response = await api.http.post(
        f"{api.root}/editMessageMedia",
        data={
            "chat_id": str(ann.user_id),
            "message_id": str(message["message_id"]),
            "media": json.dumps(media),
        },
        files={"drawing": picture},
    )
    edited = response.json()["result"]
    assert edited["message_id"] == message["message_id"]
    assert edited["caption"] == "A 7."
    assert edited["photo"]
    assert "text" not in edited


async def test_a_message_deleted_while_its_new_photo_is_decoded_stays_deleted(
    api: Api, world: World, ann: Person, picture: bytes
) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="Reading…")
    address = {"chat_id": str(ann.user_id), "message_id": str(message["message_id"])}
    media = json.dumps({"type": "photo", "media": "attach://drawing"})
    upload = Upload("drawing.png", "image/png", picture)
    edit = asyncio.ensure_future(
        edit_message_media(world, Params({**address, "media": media}, {"drawing": upload}))
    )
    await asyncio.sleep(0)  # it decodes in a thread, and no result reaches the loop before…
    world.remove(ann.private_chat, message["message_id"])
    with pytest.raises(Refused, match="message to edit not found"):
        await edit
    assert world.sent(ann.user_id) == []
