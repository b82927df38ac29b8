"""Fetching pictures and having them read, as far as one picture is concerned."""

import asyncio

import pytest
from telegram import Document

from bot.picture_reader import MAX_BYTES_IN_MEMORY, PictureReader
from bot.pictures import FileTooBig
from fake_telegram import Person, World
from mnist_model import PhotoTooLarge, Reading
from tests.bot.conftest import RunningBot
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo


async def test_what_can_not_be_drawn_is_told_in_words(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def too_large(_photo: bytes, _reading: Reading) -> bytes:
        raise PhotoTooLarge("It does not fit the memory.")

    monkeypatch.setattr(reader, "annotate", too_large)
    async with running_bot(reader):
        ann.send_photo(photo("2024"))
        answer = await world.next_message(ann.user_id)
    assert answer["text"].startswith("2024\nI read 4 digits")


async def test_a_file_that_is_too_big_waits_for_no_room(reader: InProcessReader) -> None:
    picture_reader = PictureReader(reader)
    huge = Document("file", "unique", file_size=2**30)
    async with picture_reader._memory.held(MAX_BYTES_IN_MEMORY), asyncio.timeout(5):
        with pytest.raises(FileTooBig):
            await picture_reader.read(huge, draws=False)
