"""Chats are answered side by side, and each in its order; a slow photo holds nobody else up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import pytest

from bot import texts
from fake_telegram import Person, Refuse, World
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo

SlowBot = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def slow_bot(running_bot: RunningBot, slow: SlowDigitReader) -> SlowBot:
    """The bot, with one thread that waits at each photo until it may go on."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        with closing(InProcessReader(slow, num_threads=1)) as reader:
            async with running_bot(reader):
                yield

    return run


async def test_another_chat_is_answered_while_a_photo_is_being_read(
    world: World, ann: Person, slow_bot: SlowBot, slow: SlowDigitReader
) -> None:
    bob = Person(world, 1002, "Bob")
    async with slow_bot():
        ann.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        bob.send_text("/help")
        assert (await world.next_message(bob.user_id))["text"] == plain(texts.HELP)
        assert not world.sent(ann.user_id)
        slow.may_go_on.set()
        assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")


async def test_a_photo_beyond_the_memory_for_them_is_not_even_fetched_and_holds_up_nothing_else(
    world: World,
    ann: Person,
    slow_bot: SlowBot,
    slow: SlowDigitReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob, carol = Person(world, 1002, "Bob"), Person(world, 1003, "Carol")
    monkeypatch.setattr("bot.picture_reader.MAX_BYTES_IN_MEMORY", len(photo("7")))
    async with slow_bot():
        ann.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        bob.send_photo(photo("3"))
        carol.send_text("/help")
        assert (await world.next_message(carol.user_id))["text"] == plain(texts.HELP)
        assert len(world.calls_of("getFile")) == 1
        slow.may_go_on.set()
        assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
        assert (await world.next_message(bob.user_id))["text"].startswith("I read 3 ")


async def test_a_chat_gets_its_answers_in_the_order_it_asked(
    world: World, ann: Person, slow_bot: SlowBot, slow: SlowDigitReader
) -> None:
    async with slow_bot():
        ann.send_photo(photo("7"))
        ann.send_text("/help")
        await asyncio.to_thread(slow.has_begun.wait, 10)
        slow.may_go_on.set()
        assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)


async def test_what_was_begun_is_finished_before_the_bot_stops(
    world: World, ann: Person, slow_bot: SlowBot, slow: SlowDigitReader
) -> None:
    async with slow_bot():
        ann.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        asyncio.get_running_loop().call_later(0.1, slow.may_go_on.set)
    (answer,) = world.sent(ann.user_id)
    assert answer["text"].startswith("I read 7 ")


async def test_a_chat_with_a_backlog_leaves_room_for_others(
    world: World,
    ann: Person,
    slow_bot: SlowBot,
    slow: SlowDigitReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.answering.MAX_RUNNING", 2)
    bob = Person(world, 1002, "Bob")
    async with slow_bot():
        for _ in range(10):
            ann.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        bob.send_text("/help")
        assert (await world.next_message(bob.user_id))["text"] == plain(texts.HELP)
        slow.may_go_on.set()


async def test_beyond_so_many_chats_the_rest_stay_with_telegram(
    world: World,
    ann: Person,
    slow_bot: SlowBot,
    slow: SlowDigitReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.lines.MAX_LINES", 2)
    bob, cem, dan = (Person(world, 1002 + place) for place in range(3))
    async with slow_bot():
        for person in (ann, bob):
            person.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        # The third is fetched but finds no room, so that no later one is asked for.
        cem.send_text("/help")
        await world.until(lambda: len(world.calls_of("getUpdates")) >= 2)
        await asyncio.sleep(0.5)
        dan.send_text("/privacy")
        await asyncio.sleep(0.5)
        assert world.updates.waiting()[-1].content["text"] == "/privacy"
        slow.may_go_on.set()
        for person, begins in ((ann, "I read 7"), (bob, "I read 7"), (cem, "How"), (dan, "Priv")):
            assert (await world.next_message(person.user_id))["text"].startswith(begins)


async def test_one_chats_flood_takes_no_more_room_than_a_message(
    world: World, ann: Person, slow_bot: SlowBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.lines.MAX_LINES", 2)
    bob = Person(world, 1002, "Bob")
    async with slow_bot():
        await world.until(lambda: bool(world.calls_of("getUpdates")))
        num_tasks = len(asyncio.all_tasks())
        for _ in range(300):
            ann.send_text("Hello")
        bob.send_text("/help")
        assert (await world.next_message(bob.user_id))["text"] == plain(texts.HELP)
        assert len(world.sent(ann.user_id)) < 20
        assert len(asyncio.all_tasks()) < num_tasks + 20


async def test_a_long_line_is_answered_in_its_order(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    asked = [texts.HELP, texts.PRIVACY, texts.HELP, texts.HINT, texts.PRIVACY]
    async with running_bot(reader):
        for command in ("/help", "/privacy", "/help", "Hello", "/privacy"):
            ann.send_text(command)
        answers = [(await world.next_message(ann.user_id))["text"] for _ in asked]
    assert answers == [plain(text) for text in asked]


async def test_what_follows_an_answer_left_for_the_next_start_is_left_too(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    world.faults.add("sendMessage", Refuse.flood(60))
    async with running_bot(reader):
        ann.send_photo(photo("7"))
        ann.send_text("/help")
        await world.until(lambda: bool(world.calls_of("sendMessage")))
        await world.until(lambda: not world.updates.waiting())
    assert not world.sent(ann.user_id)
    async with running_bot(reader):
        assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
