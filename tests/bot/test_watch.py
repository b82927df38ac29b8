"""Whether photos can be read at all is told to those who can mend it, and not too often."""

import asyncio
from contextlib import suppress

import pytest

from bot import texts
from bot.watch import watch
from fake_telegram import Drop, Person, World
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo


async def test_a_second_outage_is_told_once_the_hour_is_over(
    reader: InProcessReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.watch.LOOK_EVERY_SECONDS", 0)
    clock, told = [0.0], []
    monkeypatch.setattr("bot.watch.monotonic", lambda: clock[0])

    async def tell() -> None:
        told.append(clock[0])

    watching = asyncio.create_task(watch(reader, tell))
    for now, fault in ((0, "down"), (10, None), (20, "down"), (3599, "down"), (3601, "down")):
        clock[0], reader.fault = now, fault
        for _ in range(5):  # time enough to look
            await asyncio.sleep(0)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert told == [0, 3601]


async def test_an_admin_who_waits_for_an_answer_holds_up_no_other_and_loses_none(
    world: World, running_bot: RunningBot, slow: SlowDigitReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.watch.LOOK_EVERY_SECONDS", 0.01)
    ada, bob = Person(world, 2001, "Ada"), Person(world, 2002, "Bob")
    reader = InProcessReader(slow, num_threads=1)
    async with running_bot(reader, admin_ids={ada.user_id, bob.user_id}):
        for admin in (ada, bob):
            admin.send_text("/start")
            await world.next_message(admin.user_id)
        ada.send_photo(photo("7"))
        ada.send_photo(photo("8"))
        await world.until(slow.has_begun.is_set)
        reader.fault = "No process that reads can be started."
        assert (await world.next_message(bob.user_id))["text"] == plain(texts.READER_DOWN)
        # The answer to the second photo, which follows the notice, is sent in vain at first.
        world.faults.add("sendMessage", Drop(after_commit=False), skip=2)
        slow.may_go_on.set()
        told = [(await world.next_message(ada.user_id))["text"] for _ in range(3)]
    reader.close()
    assert told[0].startswith("I read 7 ")
    assert told[1] == plain(texts.READER_DOWN)
    assert told[2].startswith("I read 8 ")
