"""Admins hear how the bot is, and what is wrong; to others their commands do not exist."""

import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from bot import texts
from bot.handlers.everyone import BUTTONS
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from bot.resident_memory import resident_bytes, with_children
from fake_telegram import Person, World
from mnist_model import DEFAULT_MODEL_PATH
from mnist_model.model_card import card_path
from tests.bot.conftest import RunningBot, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_reading import PATIENT_SECONDS, children

ADMIN_ID = 2001


@pytest.fixture
def admin(world: World) -> Person:
    return Person(world, ADMIN_ID, "Ada")


async def test_an_admin_is_told_how_the_bot_does(
    world: World, admin: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, admin_ids={ADMIN_ID}):
        world.updates.add("message", {"message_id": 1, "chat": 7}, queue=1)  # can't be read
        admin.send_text("/health")
        told = (await world.next_message(ADMIN_ID))["text"]
    assert "wait for their answer, this one included: 1\n" in told
    assert "of the last 30 days: 1\n" in told
    assert "Reading: works\n" in told
    assert f"Model: {reader.card.name}, trained on {reader.card.trained_on}\n" in told
    assert re.search(r"Memory: \d{2,4} MB\n", told)
    assert re.search(r"Running for: \d+ s$", told)


async def test_to_others_and_in_groups_it_is_as_unknown_as_any_command(
    world: World, ann: Person, admin: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    group = world.group()
    async with running_bot(reader, admin_ids={ADMIN_ID}):
        ann.send_text("/no_such_command")
        unknown = await world.next_message(ann.user_id)
        ann.send_text("/health")
        told = await world.next_message(ann.user_id)
        admin.send_text(f"/health@{world.bot['username']}", chat=group)
        admin.send_text(f"/help@{world.bot['username']}", chat=group)
        in_group = await world.next_message(group.chat_id)
    assert told["text"] == unknown["text"] == plain(texts.HINT)
    assert in_group["text"] == plain(texts.HELP)


async def test_the_command_stands_in_the_menu_of_admins_alone(
    world: World, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, admin_ids={ADMIN_ID}):
        pass
    menus = {
        scope: [entry["command"] for entry in menu] for (scope, _), menu in world.commands.items()
    }
    everyones = [name for name, _ in texts.COMMANDS]
    assert menus == {
        '{"type": "default"}': everyones,
        f'{{"chat_id": {ADMIN_ID}, "type": "chat"}}': [*everyones, "health"],
    }
    assert "health" not in texts.HELP + texts.START + str(BUTTONS)


async def test_admins_hear_once_that_no_photo_can_be_read_and_photos_wait_for_it(
    world: World, ann: Person, admin: Person, running_bot: RunningBot, tmp_path: Path
) -> None:
    model_path = tmp_path / "model.keras"
    shutil.copy(card_path(DEFAULT_MODEL_PATH), card_path(model_path))
    shutil.copy(DEFAULT_MODEL_PATH, model_path)
    work = Work(model_path, PATIENT_SECONDS, 200)
    async with reading_pool(work, 1) as reader, running_bot(reader, admin_ids={ADMIN_ID}):
        assert reader.fault is None
        admin.send_text("/start")  # before that no bot can write to a person
        await world.next_message(ADMIN_ID)
        model_path.rename(tmp_path / "away.keras")
        (process,) = children()
        os.kill(process, signal.SIGKILL)
        told = await world.next_message(ADMIN_ID, PATIENT_SECONDS)
        assert reader.fault is not None
        ann.send_photo(photo("7"))
        await world.until(lambda: bool(world.calls_of("sendChatAction")))
        (tmp_path / "away.keras").rename(model_path)
        answer = await world.next_message(ann.user_id, PATIENT_SECONDS)
        assert reader.fault is None
    assert told["text"] == plain(texts.READER_DOWN)
    assert answer["text"].startswith("I read 7 ")
    assert len(world.sent(ADMIN_ID)) == 2


def test_the_memory_of_the_bot_is_that_of_its_processes_too() -> None:
    alone = resident_bytes(with_children())
    assert alone is not None
    reader, writer = os.pipe()
    child = os.fork()
    if not child:  # it holds what this one holds, until it is let go
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    both = resident_bytes(with_children())
    os.close(writer)
    os.waitpid(child, 0)
    os.close(reader)
    assert both is not None
    assert alone < both
