"""A page of digits: the answer is one message, however many there are."""

import pytest

from bot.texts import readings
from fake_telegram import Person, Refuse, World
from fake_telegram.refusals import bad_request
from mnist_model import Box, Digit, ModelCard, Reading
from tests.bot.conftest import RunningBot
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo

ROW = "1234567890" * 2


class PageReader:
    """Sees so many rows of digits on every photo."""

    fault: str | None = None

    def __init__(self, card: ModelCard, num_rows: int) -> None:
        self.card = card
        self._num_rows = num_rows

    async def read(self, photo: bytes) -> Reading:
        assert photo
        digits = [
            Digit(tuple(float(place == int(digit)) for place in range(10)), Box(0, 0, 9, 9), row)
            for row in range(self._num_rows)
            for digit in ROW
        ]
        return Reading(tuple(digits), photo_size=(640, 480))

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        assert reading.digits
        return photo


async def test_what_fits_under_a_photo_stands_there(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(PageReader(reader.card, num_rows=20)):
        ann.send_photo(photo("7"))
        answer = await world.next_message(ann.user_id)
    assert "photo" in answer
    assert answer["caption"].splitlines()[:-1] == [ROW] * 20


async def test_what_does_not_fit_there_comes_as_a_text_file(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(PageReader(reader.card, num_rows=60)):
        ann.send_photo(photo("7"))
        answer = await world.next_message(ann.user_id)
    assert answer["document"]["file_name"] == readings.DIGITS_FILENAME
    assert answer["caption"] == "1200 digits (over 99 % sure that all are right)"
    file = world.files.by_id(answer["document"]["file_id"])
    assert file is not None
    assert file.content.decode().splitlines() == [ROW] * 60
    assert len(world.sent(ann.user_id)) == 1


@pytest.mark.parametrize("num_rows", [60, 200])
async def test_where_a_group_takes_no_files_the_answer_is_what_fits_into_a_message(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader, num_rows: int
) -> None:
    group = world.group()
    async with running_bot(PageReader(reader.card, num_rows)):
        no_files = bad_request("not enough rights to send documents to the chat")
        world.faults.add("sendDocument", Refuse(no_files))
        ann.send_photo(photo("7"), caption=f"@{world.bot['username']}", chat=group)
        answer = await world.next_message(group.chat_id)
    *shown, last = answer["text"].splitlines()
    if num_rows == 60:
        assert shown == [ROW] * 60
        assert last == "I read 1200 digits (over 99 % sure that all are right)."
    else:
        assert shown == [ROW] * len(shown)
        assert len(shown) > 100
        assert last == readings.REST_ELSEWHERE
