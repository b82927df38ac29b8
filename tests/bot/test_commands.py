"""Commands, buttons, and what is no photo."""

import re

import pytest

from bot import texts
from bot.handlers.everyone import Button
from fake_telegram import Person, World
from fake_telegram.faults import Refuse
from fake_telegram.refusals import bad_request
from tests.bot.conftest import plain
from tests.bot.pictures import photo

pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(
    ("command", "answer"),
    [("/start", texts.START), ("/help", texts.HELP), ("/privacy", texts.PRIVACY)],
)
async def test_a_command_is_answered(world: World, ann: Person, command: str, answer: str) -> None:
    ann.send_text(command)
    assert (await world.next_message(ann.user_id))["text"] == plain(answer)


async def test_start_offers_two_buttons(world: World, ann: Person) -> None:
    ann.send_text("/start")
    (row,) = (await world.next_message(ann.user_id))["reply_markup"]["inline_keyboard"]
    assert [button["text"] for button in row] == [texts.HOW_TO_BUTTON, texts.STATS_BUTTON]


async def test_the_command_menu_is_set_and_lists_what_help_lists(
    world: World, ann: Person
) -> None:
    ann.send_text("/help")
    help_text = (await world.next_message(ann.user_id))["text"]
    (menu,) = world.commands.values()
    assert [(entry["command"], entry["description"]) for entry in menu] == list(texts.COMMANDS)
    for entry in menu:
        assert f"/{entry['command']} – {entry['description']}" in help_text


async def test_stats_tell_how_well_and_how_fast_the_bot_reads(world: World, ann: Person) -> None:
    ann.send_text("/stats")
    before = (await world.next_message(ann.user_id))["text"]
    assert "Photos read: 0\nDigits read: 0\nReply time: none yet" in before
    ann.send_photo(photo("2024"))
    await world.next_message(ann.user_id)
    ann.send_text("/stats")
    after = (await world.next_message(ann.user_id))["text"]
    assert "Photos read: 1\nDigits read: 4\n" in after
    assert re.search(r"Reply time: \d\.\d\d s \(median of all\)", after)
    assert re.search(r"Model: cnn, trained on 20\d\d-\d\d-\d\d", after)
    assert re.search(
        r"Accuracy: 99\.\d\d % of 10,000 test digits \(95 % interval: 99\.\d\d to 99\.\d\d %\)",
        after,
    )
    assert re.search(r"Running for: \d+ s$", after)


async def test_the_how_to_button_explains_how_to_photograph(world: World, ann: Person) -> None:
    ann.send_text("/start")
    start = await world.next_message(ann.user_id)
    query_id = ann.press(start["message_id"], Button.HOW_TO)
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HOW_TO)
    (acknowledged,) = world.calls_of("answerCallbackQuery")
    assert acknowledged.parameters == {"callback_query_id": query_id}


async def test_the_statistics_button_answers_as_stats_does(world: World, ann: Person) -> None:
    ann.send_text("/start")
    start = await world.next_message(ann.user_id)
    ann.press(start["message_id"], Button.STATS)
    assert (await world.next_message(ann.user_id))["text"].startswith("Statistics\nModel: cnn")


@pytest.mark.parametrize("data", ["", "STATS", "stats ", "../../etc", "<b>", "🟦" * 16])
async def test_forged_button_data_gets_a_word_and_no_message(
    world: World, ann: Person, data: str
) -> None:
    ann.send_text("/start")
    start = await world.next_message(ann.user_id)
    ann.press(start["message_id"], data)
    await world.until(lambda: bool(world.calls_of("answerCallbackQuery")))
    (answer,) = world.calls_of("answerCallbackQuery")
    assert answer.parameters["text"] == texts.UNKNOWN_BUTTON
    assert len(world.sent(ann.user_id)) == 1


async def test_a_button_pressed_long_ago_is_still_answered(world: World, ann: Person) -> None:
    ann.send_text("/start")
    start = await world.next_message(ann.user_id)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    world.faults.add("answerCallbackQuery", Refuse(bad_request(too_old)))
    ann.press(start["message_id"], Button.HOW_TO)
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HOW_TO)


async def test_a_button_under_a_deleted_message_is_still_answered(
    world: World, ann: Person
) -> None:
    ann.send_text("/start")
    start = await world.next_message(ann.user_id)
    world.remove(ann.private_chat, start["message_id"])
    ann.press(start["message_id"], Button.HOW_TO)
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HOW_TO)


async def test_whatever_is_no_photo_gets_a_friendly_hint(world: World, ann: Person) -> None:
    sent = [
        ann.send_text("What can you do?"),
        ann.send_text("/unknown"),
        ann.send_sticker(),
        ann.send_voice(),
        ann.send_document(b"%PDF", file_name="7.pdf", mime_type="application/pdf"),
    ]
    for message in sent:
        answer = await world.next_message(ann.user_id)
        assert answer["text"] == plain(texts.HINT)
        assert answer["reply_to_message"]["message_id"] == message["message_id"]


async def test_an_edited_message_is_not_answered_again(world: World, ann: Person) -> None:
    sent = ann.send_text("/help")
    await world.next_message(ann.user_id)
    ann.edit_text(sent["message_id"], "/privacy")
    ann.send_text("/start")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.START)


async def test_a_pinned_message_is_not_answered(world: World, ann: Person) -> None:
    sent = ann.send_text("/help")
    await world.next_message(ann.user_id)
    pinned = world.post(ann.private_chat, ann.user, {"pinned_message": sent})
    world.updates.add("message", pinned, queue=ann.user_id)
    ann.send_text("/start")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.START)
