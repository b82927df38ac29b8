"""A photo comes in, what it shows goes out."""

import asyncio
import re

import pillow_heif
import pytest

from bot.storage import Storage
from bot.texts import readings
from fake_telegram import Person, World
from fake_telegram.faults import Hang, Refuse
from fake_telegram.refusals import bad_request
from fake_telegram.shapes import Json
from mnist_model import MAX_PHOTO_BYTES
from tests.bot.conftest import plain
from tests.bot.pictures import blank, bomb, photo, turned

pytestmark = pytest.mark.usefixtures("bot")

pillow_heif.register_heif_opener()


def codes(message: Json) -> list[str]:
    """What one can copy from a message with one tap."""
    text = message.get("text") or message["caption"]
    entities = message.get("entities") or message["caption_entities"]
    return [
        text[entity["offset"] : entity["offset"] + entity["length"]]
        for entity in entities
        if entity["type"] == "code"
    ]


@pytest.mark.parametrize("digit", "0123456789")
async def test_one_digit_is_answered_with_the_digit_and_how_sure(
    world: World, ann: Person, digit: str
) -> None:
    sent = ann.send_photo(photo(digit))
    answer = await world.next_message(ann.user_id)
    assert re.match(rf"I read {digit} \((over )?\d+ % sure\)\.", answer["text"])
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]


@pytest.mark.both_databases
async def test_several_digits_are_answered_with_the_number_and_the_photo_with_boxes(
    world: World, ann: Person
) -> None:
    sent = ann.send_photo(photo("2024"))
    answer = await world.next_message(ann.user_id)
    assert "photo" in answer
    assert codes(answer) == ["2024"]
    assert "I read 4 digits (" in answer["caption"]
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    assert len(world.sent(ann.user_id)) == 1


@pytest.mark.parametrize(
    ("degrees", "told"), [(90, "90° to the left"), (180, "180°"), (270, "90° to the right")]
)
async def test_a_photo_that_lies_wrong_is_read_turned_and_shown_upright(
    world: World, ann: Person, degrees: int, told: str
) -> None:
    ann.send_photo(turned(photo("2743"), degrees))
    answer = await world.next_message(ann.user_id)
    assert codes(answer) == ["2743"]
    assert f"I turned your photo by {told} to read it." in answer["caption"]
    assert answer["photo"][-1]["width"] > answer["photo"][-1]["height"]


async def test_nines_that_lie_on_their_side_may_be_sixes(world: World, ann: Person) -> None:
    ann.send_photo(turned(photo("99", hand=1), 90))
    answer = await world.next_message(ann.user_id)
    assert re.search("reads (66 or 99|99 or 66), depending on which way is up", answer["caption"])


@pytest.mark.parametrize("digits", ["6", "9", "66"])
async def test_nothing_is_said_of_which_way_an_upright_photo_lies(
    world: World, ann: Person, digits: str
) -> None:
    ann.send_photo(photo(digits))
    answer = await world.next_message(ann.user_id)
    told = answer.get("text") or answer["caption"]
    assert digits in told
    assert "turned" not in told
    assert "way is up" not in told


async def test_each_row_can_be_copied_by_itself(world: World, ann: Person) -> None:
    ann.send_photo(photo("12", "345"))
    assert codes(await world.next_message(ann.user_id)) == ["12", "345"]


async def test_a_picture_telegram_refuses_to_show_is_answered_in_words(
    world: World, ann: Person
) -> None:
    world.faults.add("sendPhoto", Refuse(bad_request("PHOTO_INVALID_DIMENSIONS")))
    ann.send_photo(photo("2024"))
    assert codes(await world.next_message(ann.user_id)) == ["2024"]


@pytest.mark.parametrize("grey", [0, 128, 255], ids=["black", "grey", "white"])
async def test_a_photo_without_a_digit_gets_a_hint_how_to_photograph(
    world: World, ann: Person, grey: int
) -> None:
    sent = ann.send_photo(blank(grey))
    answer = await world.next_message(ann.user_id)
    assert answer["text"] == plain(readings.NO_DIGIT)
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]


@pytest.mark.parametrize(
    ("picture_format", "file_name", "mime_type"),
    [
        ("PNG", "7.png", "image/png"),
        ("JPEG", "7.jpg", "image/jpeg"),
        ("WEBP", "7.webp", "image/webp"),
        ("BMP", "7.bmp", "image/bmp"),
        ("TIFF", "7.tif", "image/tiff"),
        ("GIF", "7.gif", "image/gif"),
        ("HEIF", "7.heic", "image/heic"),
        ("HEIF", "IMG_0007.HEIC", "application/octet-stream"),
        ("JPEG", "no suffix", "image/jpeg"),
    ],
)
async def test_an_image_sent_as_a_file_is_read(
    world: World, ann: Person, picture_format: str, file_name: str, mime_type: str
) -> None:
    picture = photo("7", picture_format=picture_format)
    ann.send_document(picture, file_name=file_name, mime_type=mime_type)
    assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")


@pytest.mark.parametrize(
    ("data", "file_name", "sentence"),
    [
        (b"", "empty.png", "This file is empty (0 bytes)."),
        (photo("7")[:2000], "half.jpg", "This picture is damaged or incomplete"),
        (b"seven", "text.png", "This file is no picture that I can open"),
        (bomb(), "bomb.png", "This picture is larger than I can open."),
        (blank(200, side=1), "dot.png", "I see no digit on this photo."),
    ],
    ids=["0 bytes", "truncated", "text", "20,000x20,000 pixels", "1x1 pixel"],
)
async def test_a_picture_that_cannot_be_read_is_answered_with_what_to_do(
    world: World, ann: Person, data: bytes, file_name: str, sentence: str
) -> None:
    sent = ann.send_document(data, file_name=file_name, mime_type="image/png")
    answer = await world.next_message(ann.user_id)
    assert answer["text"].startswith(sentence)
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]


async def test_a_file_over_20_mb_is_refused_without_fetching_it(world: World, ann: Person) -> None:
    ann.send_document(b"", file_name="7.png", mime_type="image/png", size=MAX_PHOTO_BYTES + 1)
    assert (await world.next_message(ann.user_id))["text"].startswith("This file is over 20 MB")
    assert not world.calls_of("getFile")


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ("file is too big", "This file is over 20 MB"),
        ("wrong file_id or the file is temporarily unavailable", "Telegram could not give me"),
    ],
)
async def test_a_file_telegram_does_not_give_is_answered_with_what_to_do(
    world: World, ann: Person, refusal: str, sentence: str
) -> None:
    world.faults.add("getFile", Refuse(bad_request(refusal)))
    ann.send_photo(photo("7"))
    assert (await world.next_message(ann.user_id))["text"].startswith(sentence)


async def test_the_largest_size_of_a_photo_is_fetched(world: World, ann: Person) -> None:
    sent = ann.send_photo(photo("2024"))
    await world.next_message(ann.user_id)
    largest = max(sent["photo"], key=lambda size: size["width"])
    assert [call.parameters["file_id"] for call in world.calls_of("getFile")] == [
        largest["file_id"]
    ]


async def test_the_bot_shows_that_it_is_typing_for_as_long_as_a_photo_takes(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AFTER_SECONDS", 0.1)
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AGAIN_SECONDS", 0.1)
    world.faults.add("getFile", Hang(2))
    ann.send_photo(photo("7"))
    await world.next_message(ann.user_id)
    await asyncio.sleep(0.5)  # one may be on its way while the bot hears that its answer came
    shown = world.calls_of("sendChatAction")
    assert len(shown) > 2
    assert {call.parameters["action"] for call in shown} == {"typing"}
    await asyncio.sleep(0.5)
    assert world.calls_of("sendChatAction") == shown


async def test_typing_is_not_shown_while_telegram_asks_to_wait(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AFTER_SECONDS", 0.1)
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AGAIN_SECONDS", 0.1)
    world.faults.add("getFile", Hang(1))
    world.faults.add("sendChatAction", Refuse.flood(30))
    ann.send_photo(photo("7"))
    await world.next_message(ann.user_id)
    assert len(world.calls_of("sendChatAction")) == 1


async def test_photos_of_an_album_that_take_long_together_are_seen_to_be_under_way(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AFTER_SECONDS", 1.5)
    world.faults.add("getFile", Hang(0.7), times=3)
    ann.send_album([photo("1"), photo("2"), photo("3")])
    await world.next_message(ann.user_id)
    assert world.calls_of("sendChatAction")


async def test_a_photo_that_is_read_at_once_is_answered_without_typing(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.chat_action.TYPING_AFTER_SECONDS", 60)
    ann.send_photo(photo("7"))
    await world.next_message(ann.user_id)
    assert not world.calls_of("sendChatAction")


async def test_a_photo_that_was_answered_is_counted(
    world: World, ann: Person, storage: Storage
) -> None:
    ann.send_photo(photo("2024"))
    ann.send_photo(blank(255))
    ann.send_document(b"", file_name="empty.png", mime_type="image/png")
    for _ in range(3):
        await world.next_message(ann.user_id)
    stats = await storage.reading_stats()
    assert (stats.num_photos, stats.num_digits) == (2, 4)
    assert stats.median_reply_seconds is not None
    assert 0 < stats.median_reply_seconds < 60


async def test_a_reply_still_comes_if_the_photo_was_deleted_meanwhile(
    world: World, ann: Person
) -> None:
    sent = ann.send_photo(photo("7"))
    world.remove(ann.private_chat, sent["message_id"])
    answer = await world.next_message(ann.user_id)
    assert answer["text"].startswith("I read 7 ")
    assert "reply_to_message" not in answer
