"""However many ask, the database is asked once in a while, and nobody waits for it for ever."""

import asyncio

import pytest

from bot.web.shared_answer import SharedAnswer


async def test_all_who_ask_meanwhile_get_one_answer_and_nobody_waits_longer_than_they_like() -> (
    None
):
    num_asked = 0
    may_answer = asyncio.Event()

    async def ask() -> int:
        nonlocal num_asked
        num_asked += 1
        await may_answer.wait()
        return num_asked

    answer = SharedAnswer(ask)
    with pytest.raises(TimeoutError):
        await answer.within(0.01, held_seconds=0)
    may_answer.set()
    assert await asyncio.gather(*(answer.within(20, held_seconds=60) for _ in range(3))) == [1] * 3
    assert await answer.within(20, held_seconds=60) == 1
    assert await answer.within(20, held_seconds=0) == 2
