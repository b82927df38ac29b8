"""The bot sends no faster than Telegram takes it, and no chat waits for another's sake."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from bot import texts
from bot.pacing import Limit, Pacing, Places
from fake_telegram import Hang, Person, World
from tests.bot.conftest import RunningBot, plain
from tests.bot.in_process import InProcessReader

MARGIN = 0.05
"""The stand-in's clock may differ so much from the bot's, in seconds."""


def times(world: World, chat_id: int) -> list[float]:
    """When the messages to a chat arrived."""
    return [
        call.time
        for call in world.calls_of("sendMessage")
        if call.parameters["chat_id"] == str(chat_id)
    ]


async def until_sent(world: World, chat_id: int, num_messages: int) -> list[float]:
    await world.until(lambda: len(world.sent(chat_id)) == num_messages, 60)
    return times(world, chat_id)


@pytest.mark.usefixtures("bot")
async def test_a_chat_gets_its_first_answer_at_once_and_then_one_a_second(
    world: World, ann: Person
) -> None:
    bob = Person(world, 1002, "Bob")
    for _ in range(4):
        ann.send_text("/help")
    bob.send_text("/help")
    anns = await until_sent(world, ann.user_id, 4)
    (bobs,) = times(world, bob.user_id)
    assert all(later - sooner > 1 - MARGIN for sooner, later in pairwise(anns))
    assert bobs < anns[2]


async def test_a_group_gets_so_many_messages_in_a_stretch_and_holds_nobody_else_up(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.IN_GROUP", Limit(2, 6.0))
    group = world.group()
    async with running_bot(reader):
        for _ in range(4):
            ann.send_text("/help", chat=group)
        await until_sent(world, group.chat_id, 2)
        ann.send_text("/help")
        (anns,) = await until_sent(world, ann.user_id, 1)
        groups = await until_sent(world, group.chat_id, 4)
    assert groups[2] - groups[0] > 6 - MARGIN
    assert groups[3] - groups[1] > 6 - MARGIN
    assert anns < groups[2]


async def test_all_chats_together_get_so_many_messages_a_second(
    world: World,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.OVER_ALL", Limit(5, 1.0))
    people = [Person(world, 1001 + place) for place in range(16)]
    async with running_bot(reader):
        for person in people:
            person.send_text("/help")
        await world.until(lambda: len(world.calls_of("sendMessage")) == len(people), 60)
    arrived = [call.time for call in world.calls_of("sendMessage")]
    assert all(
        later - sooner > 1 - MARGIN
        for sooner, later in zip(arrived, arrived[5:], strict=False)  # the fifth after each
    )


async def test_a_message_that_hangs_holds_up_no_other_chat(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.OVER_ALL", Limit(1, 0.1))
    monkeypatch.setattr("bot.pacing.LONGEST_CALL_SECONDS", 1.0)
    bob = Person(world, 1002, "Bob")
    async with running_bot(reader, drain_seconds=0):
        world.faults.add("sendMessage", Hang(5))
        ann.send_text("/help")
        (anns,) = await until_sent(world, ann.user_id, 1)
        bob.send_text("/privacy")
        assert (await world.next_message(bob.user_id))["text"] == plain(texts.PRIVACY)
        (bobs,) = times(world, bob.user_id)
    assert bobs - anns < 4


@pytest.mark.parametrize(("between_beginnings", "seconds"), [(True, 2.0), (False, 3.6)])
async def test_a_limit_counts_from_the_beginning_of_a_call_or_from_its_end(
    between_beginnings: bool, seconds: float
) -> None:
    places = Places(Limit(2, 0.5, between_beginnings=between_beginnings))
    loop = asyncio.get_running_loop()
    began = []

    async def call() -> None:
        async with places.taken() as begin:
            begin()
            began.append(loop.time())
            await asyncio.sleep(0.4)

    await asyncio.gather(*(call() for _ in range(10)))
    assert seconds - MARGIN < began[-1] - began[0]
    if between_beginnings:  # from the ends it would take 3.6 s
        assert began[-1] - began[0] < 3.4
    assert all(
        later - sooner > 0.5 - MARGIN for sooner, later in zip(began, began[2:], strict=False)
    )


@pytest.mark.parametrize("between_beginnings", [True, False])
async def test_a_call_that_hangs_gives_its_place_back_once(
    between_beginnings: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pacing.LONGEST_CALL_SECONDS", 0.1)
    places = Places(Limit(1, 0.2, between_beginnings=between_beginnings))
    async with places.taken() as begin:
        begin()
        await asyncio.sleep(0.5)
        assert not places.locked()
    await asyncio.sleep(0.5)
    async with places.taken():
        assert places.locked()


async def test_what_holds_messages_up_before_they_begin_makes_no_burst_of_them() -> None:
    places = Places(Limit(2, 0.5, between_beginnings=True))
    loop = asyncio.get_running_loop()
    began: list[float] = []

    async def call() -> None:
        async with places.taken() as begin:
            await asyncio.sleep(max(0.0, 1.2 - loop.time() + started))  # as a database that stalls
            begin()
            began.append(loop.time())

    started = loop.time()
    await asyncio.gather(*(call() for _ in range(6)))
    assert all(
        later - sooner > 0.5 - MARGIN for sooner, later in zip(began, began[2:], strict=False)
    )


async def test_a_chat_that_waits_long_for_the_others_keeps_its_own_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.OVER_ALL", Limit(1, 0.3, between_beginnings=True))
    monkeypatch.setattr("bot.pacing.LONGEST_CALL_SECONDS", 0.1)
    monkeypatch.setattr("bot.pacing.IN_CHAT", Limit(1, 0.6))
    pacing = Pacing()
    loop = asyncio.get_running_loop()
    began: dict[int, list[float]] = {chat_id: [] for chat_id in range(1001, 1006)}

    async def call(chat_id: int) -> None:
        async with pacing.place(chat_id) as begin:
            begin()
            began[chat_id].append(loop.time())

    # The last chat's first message waits longer than a call may take.
    await asyncio.gather(*(call(chat_id) for chat_id in (*began, 1005)))
    first, second = began[1005]
    assert second - first > 0.6 - MARGIN


async def test_a_message_that_is_cancelled_while_it_waits_or_before_it_begins_uses_no_place() -> (
    None
):
    places = Places(Limit(1, 60))
    async with places.taken():
        waiting = asyncio.create_task(places.taken().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), places.taken():
            await asyncio.sleep(1)
    async with asyncio.timeout(1), places.taken():
        assert places.locked()


async def test_only_messages_wait_and_in_their_order() -> None:
    pacing = Pacing()
    done = []

    async def call(endpoint: str, text: str = "") -> None:
        async def callback() -> bool:
            done.append(text or endpoint)
            return True

        data: dict[str, Any] = {"chat_id": 1001}
        await pacing.process_request(callback, (), {}, endpoint, data, None)

    await asyncio.gather(
        call("sendMessage", "first"),
        call("sendPhoto", "second"),
        call("sendMessage", "third"),
        call("sendChatAction"),
        call("editMessageReplyMarkup"),
        call("answerCallbackQuery"),
    )
    assert done[0] == "first"
    assert {*done[1:4]} == {"sendChatAction", "editMessageReplyMarkup", "answerCallbackQuery"}
    assert done[4:] == ["second", "third"]


async def test_a_chat_that_is_quiet_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.pacing.IN_CHAT", Limit(1, 0.5))
    monkeypatch.setattr("bot.pacing.IN_GROUP", Limit(20, 0.5))
    pacing = Pacing()

    async def call(chat_id: int) -> None:
        async with pacing.place(chat_id) as begin:
            begin()

    for chat_id in (1001, 1002, -1003):
        await call(chat_id)
    assert (len(pacing._chats), len(pacing._groups)) == (3, 1)
    await asyncio.sleep(1)
    assert not pacing._chats
    assert not pacing._groups
