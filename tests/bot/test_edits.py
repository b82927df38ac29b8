"""A photo that was replaced by an edit is read again; what else an edit changes asks nothing."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import texts
from fake_telegram import Drop, Hang, Person, World
from fake_telegram.shapes import Json
from tests.bot.conftest import RunningBot, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_albums import all_answers, quoted
from tests.bot.test_delivery import never_two

NAME = "@digit_reader_bot"


def digits(answers: list[Json]) -> list[str]:
    """The digit that each answer tells of."""
    return re.findall(r"I read (\d) \(", "\n".join(answer["text"] for answer in answers))


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_was_replaced_is_read_again_each_time(
    world: World, ann: Person
) -> None:
    sent = ann.send_photo(photo("1"))
    for digit in ("7", "1"):
        await world.next_message(ann.user_id)
        ann.edit_photo(sent["message_id"], photo(digit))
    answers = await all_answers(world, ann)
    assert digits(answers) == ["1", "7", "1"]
    assert {quoted(answer) for answer in answers} == {sent["message_id"]}


@pytest.mark.usefixtures("bot")
async def test_a_photo_replaced_before_it_was_answered_is_answered_both_ways(
    world: World, ann: Person
) -> None:
    sent = ann.send_photo(photo("1"))
    ann.edit_photo(sent["message_id"], photo("7"))
    assert digits(await all_answers(world, ann)) == ["1", "7"]


@pytest.mark.usefixtures("bot")
async def test_an_edited_caption_is_not_answered(world: World, ann: Person) -> None:
    sent = ann.send_photo(photo("1"), caption="my 7")
    await world.next_message(ann.user_id)
    ann.edit_caption(sent["message_id"], "my 1")
    ann.edit_photo(sent["message_id"], photo("7"))
    ann.edit_caption(sent["message_id"], "my 7")
    assert digits(await all_answers(world, ann)) == ["1", "7"]


@pytest.mark.usefixtures("bot")
async def test_a_photo_replaced_in_an_album_is_read_by_itself(world: World, ann: Person) -> None:
    _, second = ann.send_album([photo("1"), photo("2")])
    await world.next_message(ann.user_id)
    ann.edit_caption(second["message_id"], "my 2")
    ann.edit_photo(second["message_id"], photo("3"))
    together, alone = await all_answers(world, ann)
    assert digits([together, alone]) == ["1", "2", "3"]
    assert quoted(alone) == second["message_id"]


@pytest.mark.usefixtures("bot")
async def test_a_photo_put_in_place_of_a_text_is_read(world: World, ann: Person) -> None:
    sent = ann.send_text("Wait, I have a photo")
    await world.next_message(ann.user_id)
    ann.edit_photo(sent["message_id"], photo("7"))
    hint, answer = await all_answers(world, ann)
    assert hint["text"] == plain(texts.HINT)
    assert digits([answer]) == ["7"]


@pytest.mark.usefixtures("bot")
async def test_an_edit_of_a_photo_too_old_to_be_remembered_is_not_answered(
    world: World, ann: Person
) -> None:
    sent = ann.send_photo(photo("1"))
    await world.next_message(ann.user_id)
    old = sent | {"message_id": 0, "date": sent["date"] - 25 * 3600, "edit_date": sent["date"]}
    world.updates.add("edited_message", old, queue=ann.user_id)
    assert digits(await all_answers(world, ann)) == ["1"]


async def test_in_a_group_an_edit_that_speaks_to_the_bot_is_heard(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    world.bot["can_read_all_group_messages"] = True
    group = world.group()
    async with running_bot(reader):
        sent = ann.send_photo(photo("1"), chat=group)
        for digit in "32":
            ann.edit_photo(sent["message_id"], photo(digit), chat=group)
        ann.edit_caption(sent["message_id"], f"{NAME}, what is it?", chat=group)
        ann.edit_caption(sent["message_id"], f"{NAME}, what is this?", chat=group)
        ann.send_text(f"/help{NAME}", chat=group)
        answers = [await world.next_message(group.chat_id) for _ in range(2)]
    assert digits(answers) == ["2"]
    assert answers[1]["text"] == plain(texts.HELP)


@pytest.mark.usefixtures("bot")
async def test_a_second_answer_in_doubt_is_there_once(world: World, ann: Person) -> None:
    sent = ann.send_photo(photo("1"))
    await world.next_message(ann.user_id)
    world.faults.add("sendMessage", Drop(after_commit=True))
    ann.edit_photo(sent["message_id"], photo("7"))
    assert digits(await all_answers(world, ann)) == ["1", "7"]
    assert never_two(world, ann.user_id)


async def test_a_second_answer_that_was_sent_as_the_bot_ended_is_found_again(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, drain_seconds=0):
        sent = ann.send_photo(photo("1"))
        await world.next_message(ann.user_id)
        world.faults.add("sendMessage", Hang(60))
        ann.edit_photo(sent["message_id"], photo("7"))
        await world.next_message(ann.user_id)
    async with running_bot(reader):
        answers = await all_answers(world, ann)
    assert digits(answers) == ["1", "7"]
    assert never_two(world, ann.user_id)


async def test_what_is_kept_of_an_answered_photo_names_no_file(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader, tmp_path: Path
) -> None:
    sent = [ann.send_photo(photo("7")) for _ in range(2)]
    async with running_bot(reader):
        await all_answers(world, ann)
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as connection:
        rows = connection.execute("SELECT * FROM inbox").fetchall()
        kept = connection.execute("SELECT picture_digest FROM inbox").fetchall()
    for size in sent[0]["photo"]:
        assert size["file_unique_id"] not in str(rows)
    assert len(set(kept)) == 3  # the same photo twice, and none
