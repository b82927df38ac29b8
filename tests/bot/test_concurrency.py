"""Chats are answered side by side, and each in its order; a slow photo holds nobody else up."""

import asyncio
import threading
from contextlib import closing

import pytest
from telegram import Update

from bot import texts
from bot.chat_order import ChatOrder
from bot.inference import InProcessReader
from fake_telegram import Person, World
from mnist_model import DigitReader, Reading
from tests.bot.conftest import RunningBot, plain
from tests.bot.pictures import photo


class SlowDigitReader(DigitReader):
    """Reads as the real one does, but holds its thread until it is let go on."""

    def __init__(self, digit_reader: DigitReader) -> None:
        super().__init__(digit_reader._classifier)
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()

    def read(self, photo: bytes) -> Reading:
        self.has_begun.set()
        if not self.may_go_on.wait(timeout=10):
            raise TimeoutError("Nobody let this reader go on.")
        return super().read(photo)


@pytest.fixture
def slow(digit_reader: DigitReader) -> SlowDigitReader:
    return SlowDigitReader(digit_reader)


async def test_another_chat_is_answered_while_a_photo_is_being_read(
    world: World, ann: Person, running_bot: RunningBot, slow: SlowDigitReader
) -> None:
    bob = Person(world, 1002, "Bob")
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader):
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 10)
            bob.send_text("/help")
            assert (await world.next_message(bob.user_id))["text"] == plain(texts.HELP)
            assert not world.sent(ann.user_id)
            slow.may_go_on.set()
            assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")


async def test_a_chat_gets_its_answers_in_the_order_it_asked(
    world: World, ann: Person, running_bot: RunningBot, slow: SlowDigitReader
) -> None:
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader):
            ann.send_photo(photo("7"))
            ann.send_text("/help")
            await asyncio.to_thread(slow.has_begun.wait, 10)
            slow.may_go_on.set()
            assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
            assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)


async def test_what_was_begun_is_finished_before_the_bot_stops(
    world: World, ann: Person, running_bot: RunningBot, slow: SlowDigitReader
) -> None:
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with running_bot(reader):
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 10)
            asyncio.get_running_loop().call_later(0.1, slow.may_go_on.set)
        (answer,) = world.sent(ann.user_id)
        assert answer["text"].startswith("I read 7 ")


async def test_a_chat_with_a_backlog_leaves_room_for_others(world: World, ann: Person) -> None:
    bob = Person(world, 1002, "Bob")
    order = ChatOrder(max_running=2)
    anns_turn, bobs_turn = asyncio.Event(), asyncio.Event()

    def update(person: Person) -> Update:
        return Update.de_json({"update_id": 1, "message": person.send_text("Hello")}, bot=None)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(10):
            tasks.create_task(order.process_update(update(ann), anns_turn.wait()))
        await asyncio.sleep(0)

        async def answer_bob() -> None:
            bobs_turn.set()

        tasks.create_task(order.process_update(update(bob), answer_bob()))
        await asyncio.wait_for(bobs_turn.wait(), 5)
        anns_turn.set()
