"""Chats are answered side by side, and each in its order; a slow photo holds nobody else up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import pytest

from bot import texts
from fake_telegram import Person, World
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


async def test_beyond_so_many_updates_the_rest_stay_with_telegram(
    world: World,
    ann: Person,
    slow_bot: SlowBot,
    slow: SlowDigitReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.answering.MAX_PENDING", 2)
    async with slow_bot():
        for _ in range(2):
            ann.send_photo(photo("7"))
        await asyncio.to_thread(slow.has_begun.wait, 10)
        # The third is fetched but finds no room, so that no later one is asked for.
        ann.send_text("/help")
        await world.until(lambda: len(world.calls_of("getUpdates")) >= 2)
        await asyncio.sleep(0.5)
        ann.send_text("/privacy")
        await asyncio.sleep(0.5)
        assert ann.world.updates.waiting()[-1].content["text"] == "/privacy"
        slow.may_go_on.set()
        answers = [await world.next_message(ann.user_id) for _ in range(4)]
    assert [answer["text"][:6] for answer in answers[:2]] == ["I read", "I read"]
    assert [answer["text"] for answer in answers[2:]] == [plain(texts.HELP), plain(texts.PRIVACY)]
