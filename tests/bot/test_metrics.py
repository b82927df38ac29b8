"""What happened can be read off /metrics, and nothing else can."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.database import Database
from bot.inbox import Inbox
from bot.metrics import Metrics
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from fake_telegram import Person, Refuse, World
from mnist_model import DEFAULT_MODEL_PATH
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_albums import all_answers
from tests.bot.test_errors import BrokenReader
from tests.bot.test_inbox import message
from tests.bot.webhook_bot import Asked, hooked

REPOSITORY = Path(__file__).parents[2]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def samples(bot: Asked) -> Samples:
    answer = await bot.get("/metrics", timeout=30)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(read: Samples, name: str, **labels: str) -> float | None:
    return read.get((f"digit_bot_{name}", frozenset(labels.items())))


async def test_what_happened_is_counted_and_measured(
    world: World, ann: Person, database: Database
) -> None:
    metrics = Metrics()
    work = Work(DEFAULT_MODEL_PATH, photo_seconds=30, photo_megabytes=200)
    world.faults.add("sendMessage", Refuse.flood(1))
    async with (
        reading_pool(work, 1, metrics) as pool,
        hooked(world, pool, database, metrics=metrics) as bot,
    ):
        ann.send_photo(photo("7"))
        ann.send_album([photo("1"), photo("24")])
        ann.send_document(b"no picture", file_name="7.png", mime_type="image/png")
        sent = await all_answers(world, ann)
        ann.press(sent[0]["message_id"], "how_to")
        await world.until(lambda: not world.updates.waiting())
        ann.send_text("Hello")
        await world.until(lambda: len(world.sent(ann.user_id)) == len(sent) + 3)
        read = await samples(bot)
        assert await bot.why("/readyz") is None
    for kind, number in (("photo", 2), ("album_photo", 2), ("callback_query", 1)):
        assert value(read, "updates_total", kind=kind, outcome="answered") == number
    assert value(read, "reply_seconds_count") == 5  # an album has one answer; a press no date
    assert 0 < (value(read, "reply_seconds_sum") or 0) < 600
    # The first is read again after Telegram had the bot wait.
    assert value(read, "readings_total", outcome="read") == 4
    assert value(read, "readings_total", outcome="refused") == 1
    assert value(read, "reading_seconds_count") == 5
    assert value(read, "reading_digits_sum") == 5
    assert (value(read, "reading_wait_seconds_count") or 0) >= 5
    assert value(read, "api_calls_total", outcome="flood") == 1
    assert value(read, "webhook_calls_total", status="200") == 7
    assert value(read, "inbox_updates", state="dead") == 0
    assert value(read, "reading_processes") == 1
    assert (value(read, "reading_resident_memory_bytes") or 0) > 50e6
    assert 0 <= (value(read, "poll_age_seconds") or 0) < 60
    card = pool.card
    labels = {"name": card.name, "trained_on": card.trained_on}
    labels["sha256"] = card.weights_sha256[:12]
    assert read[("digit_bot_model_info", frozenset(labels.items()))] == 1
    assert read[("process_resident_memory_bytes", frozenset())] > 20e6


async def test_what_failed_for_good_is_counted_with_the_dead_letters(
    world: World, ann: Person, reader: InProcessReader, database: Database
) -> None:
    settings: dict[str, Any] = {"webhook_url": "", "photos_waiting": 1}
    async with hooked(world, BrokenReader(reader.card, "x"), database, **settings) as bot:
        ann.send_photo(photo("7"))
        ann.send_photo(photo("8"))
        await all_answers(world, ann)
        read = await samples(bot)
    assert value(read, "updates_total", kind="photo", outcome="given_up") == 1
    assert value(read, "updates_total", kind="photo", outcome="turned_away") == 1
    assert value(read, "inbox_updates", state="dead") == 1


async def test_a_call_of_the_webhook_that_ends_by_an_error_is_counted(
    world: World, reader: InProcessReader, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Inbox, "accept", fail)
    async with hooked(world, reader, database) as bot:
        await bot.green("/readyz")
        assert (await bot.bring(message(5))).status_code == 500
        read = await samples(bot)
    assert value(read, "webhook_calls_total", status="500") == 1


async def test_while_the_database_hangs_the_rest_is_told(
    world: World,
    reader: InProcessReader,
    database: Database,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.exposition.COUNT_SECONDS", 0.2)
    monkeypatch.setattr("bot.web.health.PROBE_SECONDS", 0.2)
    async with hooked(world, reader, database) as bot:
        await bot.green("/readyz")
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert "has not answered" in await bot.red("/healthz")
            read = await samples(bot)
            other.rollback()
    assert value(read, "inbox_updates", state="waiting") is None
    assert value(read, "lines") == 0


async def test_each_metric_is_described_and_no_other(
    world: World, reader: InProcessReader, database: Database
) -> None:
    async with hooked(world, reader, database) as bot:
        text = (await bot.get("/metrics")).text
    served = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(text)
        if not family.name.endswith("_created")
    }
    table = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(digit_bot_\w+)`", table, re.MULTILINE)
    assert sorted(described) == sorted(name for name in served if name.startswith("digit_bot_"))
    assert {"process_resident_memory_bytes", "process_open_fds"} <= served
