"""Each photo or album gets exactly one right answer, in order within its chat, come what may."""

import os
import random
from pathlib import Path

import pytest

from fake_telegram import World
from tests.bot.chaos import Outcome, Plan, faults_of, unleash


def seed() -> int:
    return int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))  # noqa: S311 - no secret


def told(plan: Plan, outcome: Outcome) -> str:
    return (
        f"seed {plan.seed}: {sum(len(question.numbers) for question in outcome.questions)} photos "
        f"to be told in {len(outcome.questions)} answers, {plan.num_chats} chats, "
        f"{outcome.num_kills} kills, {outcome.faults.total()} faults planned, "
        f"{outcome.num_calls} calls, {outcome.num_deleted} doubles taken back, "
        f"{outcome.seconds:.0f} s"
    )


@pytest.fixture(autouse=True)
def bot_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bot keeps all, in each of its lives."""
    monkeypatch.setenv("DATABASE_URL", database_url)


async def carried_out(plan: Plan, tmp_path: Path) -> None:
    print(f"CHAOS_SEED={plan.seed}")  # noqa: T201 - shown by pytest where the test fails
    world = World(strict=True)
    outcome = await unleash(plan, world, tmp_path)
    print(told(plan, outcome))  # noqa: T201
    assert faults_of(world, outcome) == []


@pytest.mark.both_databases
async def test_short_chaos_leaves_each_photo_and_album_with_one_answer(tmp_path: Path) -> None:
    plan = Plan(
        seed=seed(),
        num_photos=60,
        share_of_albums=0.2,
        num_chats=8,
        num_kills=2,
        seconds_between_photos=0.1,
        seconds_to_kill=(0.2, 3),
        seconds_between_faults=0.4,
        seconds_to_finish=120,
    )
    await carried_out(plan, tmp_path)


@pytest.mark.chaos
@pytest.mark.both_databases
async def test_long_chaos_leaves_each_photo_and_album_with_one_answer(tmp_path: Path) -> None:
    plan = Plan(
        seed=seed(),
        num_photos=2000,
        share_of_albums=0.2,
        num_chats=50,
        num_kills=20,
        seconds_between_photos=0.1,
        seconds_to_kill=(0.5, 12),
        seconds_between_faults=0.3,
        seconds_to_finish=600,
    )
    await carried_out(plan, tmp_path)
