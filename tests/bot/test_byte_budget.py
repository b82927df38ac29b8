"""What is held in memory stays within its bound, and whoever waits comes next."""

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.byte_budget import ByteBudget

TOTAL = 100
shares = st.lists(st.integers(0, 130), min_size=1, max_size=12)


class Holder:
    """Someone who takes their bytes, and holds them until told to let go."""

    def __init__(self, budget: ByteBudget, num_bytes: int, entered: list["Holder"]) -> None:
        self.num_bytes = num_bytes
        self.is_inside = False
        self._may_leave = asyncio.Event()
        self._task = asyncio.create_task(self._hold(budget, entered))

    async def _hold(self, budget: ByteBudget, entered: list["Holder"]) -> None:
        async with budget.held(self.num_bytes):
            self.is_inside = True
            entered.append(self)
            await self._may_leave.wait()
        self.is_inside = False

    def leave(self) -> None:
        self._may_leave.set()

    def give_up(self) -> None:
        self.is_inside = False
        self._task.cancel()


async def settled() -> None:
    """Lets all tasks go as far as they can: each of ours takes a few steps at most."""
    for _ in range(20):
        await asyncio.sleep(0)


def held_by(holders: list[Holder]) -> int:
    return sum(min(holder.num_bytes, TOTAL) for holder in holders if holder.is_inside)


async def play(
    sizes: list[int], data: st.DataObject, deed: Callable[[Holder], None]
) -> tuple[list[Holder], list[Holder]]:
    """Has holders come, and `deed` done to any of them until each has had it.

    Returns:
        All of them as they came, and as they got in.
    """
    entered: list[Holder] = []
    budget = ByteBudget(TOTAL)
    holders = [Holder(budget, size, entered) for size in sizes]
    await settled()
    left = list(holders)
    while left:
        assert held_by(holders) <= TOTAL
        chosen = data.draw(st.sampled_from([holder for holder in left if can_go(holder, deed)]))
        left.remove(chosen)
        deed(chosen)
        await settled()
    last = Holder(budget, TOTAL, entered)
    await settled()
    assert last.is_inside  # nothing is left over, and nothing was given back twice
    last.leave()
    await settled()
    return holders, entered[:-1]


def can_go(holder: Holder, deed: Callable[[Holder], None]) -> bool:
    return holder.is_inside or deed is not Holder.leave


@given(shares, st.data())
def test_all_get_in_within_the_bound_in_the_order_they_came(
    sizes: list[int], data: st.DataObject
) -> None:
    holders, entered = asyncio.run(play(sizes, data, Holder.leave))
    assert entered == holders


@given(shares, st.data())
def test_who_gives_up_inside_or_in_the_line_leaves_the_order_and_the_bound(
    sizes: list[int], data: st.DataObject
) -> None:
    holders, entered = asyncio.run(play(sizes, data, Holder.give_up))
    assert entered == [holder for holder in holders if holder in entered]


@given(shares)
def test_who_fits_in_does_not_wait(sizes: list[int]) -> None:
    async def inside_at_once() -> list[bool]:
        entered: list[Holder] = []
        budget = ByteBudget(sum(sizes))
        holders = [Holder(budget, size, entered) for size in sizes]
        await settled()
        found = [holder.is_inside for holder in holders]
        for holder in holders:
            holder.leave()
        await settled()
        return found

    assert all(asyncio.run(inside_at_once()))


async def test_a_turn_that_comes_in_the_moment_of_giving_up_is_passed_on() -> None:
    entered: list[Holder] = []
    budget = ByteBudget(TOTAL)
    first, second, third = (Holder(budget, TOTAL, entered) for _ in range(3))
    await settled()
    first.leave()
    await asyncio.sleep(0)  # `first` wakes; its block ends in this step, which calls `second` up
    second.give_up()
    await settled()
    assert entered == [first, third]
    third.leave()
    await settled()
