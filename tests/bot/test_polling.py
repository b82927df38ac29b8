"""A bot that can fetch no updates does not go on as if all were well."""

import asyncio

import pytest
from telegram.error import InvalidToken

from bot import texts
from bot.polling import PollingStopped
from fake_telegram import Drop, Person, World
from fake_telegram.faults import BadGateway, Hang, Refuse
from fake_telegram.refusals import NOT_FOUND, UNAUTHORIZED, Refusal
from tests.bot.conftest import RunningBot, plain
from tests.bot.in_process import InProcessReader


@pytest.mark.parametrize("refusal", [UNAUTHORIZED, NOT_FOUND], ids=["401", "404"])
async def test_a_token_refused_while_it_polls_ends_the_bot(
    world: World, running_bot: RunningBot, reader: InProcessReader, refusal: Refusal
) -> None:
    async with running_bot(reader) as polling:
        await world.until(lambda: bool(world.calls_of("getUpdates")))
        world.faults.add("getUpdates", Refuse(refusal))
        world.poll.wake()
        with pytest.raises(InvalidToken):
            await polling


@pytest.mark.parametrize("fault", [BadGateway(), Hang(60)], ids=repr)
async def test_past_the_deadline_without_an_answer_the_bot_ends(
    world: World, running_bot: RunningBot, reader: InProcessReader, fault: BadGateway | Hang
) -> None:
    world.faults.add("getUpdates", fault, times=100)
    async with running_bot(reader, polling_deadline_seconds=2) as polling:
        with pytest.raises(PollingStopped, match=r"for 2 s \("):
            await polling


@pytest.mark.parametrize(
    "fault", [BadGateway(), Refuse.flood(1), Drop(after_commit=True)], ids=repr
)
async def test_a_fault_that_passes_is_waited_for(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    fault: BadGateway | Refuse | Drop,
) -> None:
    world.faults.add("getUpdates", fault, times=2)
    async with running_bot(reader, polling_deadline_seconds=15):
        ann.send_text("/help")
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert len(world.sent(ann.user_id)) == 1


@pytest.mark.usefixtures("bot")
async def test_after_a_fault_it_is_asked_at_once_whether_there_is_more(
    world: World, ann: Person
) -> None:
    await world.until(lambda: world.poll.is_waiting)
    world.faults.add("getUpdates", BadGateway())  # the next one
    ann.send_text("/help")
    await world.until(lambda: len(world.calls_of("getUpdates")) >= 5)
    waits = [call.parameters["timeout"] for call in world.calls_of("getUpdates")]
    assert waits[:5] == ["0", "10", "10", "0", "10"]  # the third met the fault


async def test_an_update_whose_id_no_row_can_have_is_passed_over(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    ann.send_text("/help")
    world.updates._next_id = 2**63
    ann.send_text("/privacy")
    async with running_bot(reader):
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
        await world.until(lambda: not world.updates.waiting())
        await world.until(lambda: world.poll.is_waiting)
    assert len(world.calls_of("getUpdates")) < 6


async def test_a_bot_that_nobody_writes_to_goes_on_however_short_the_deadline(
    world: World, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, polling_deadline_seconds=2) as polling:
        await asyncio.sleep(3)
        assert not polling.done()
    assert world.calls_of("getUpdates")[-1].parameters["timeout"] == "1"
