"""What is kept of readings, and what it comes to."""

import re
import traceback
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from bot.database import Database, StorageError, opened
from bot.storage import ReadingRow, ReadingStats, Storage

pytestmark = pytest.mark.both_databases


async def test_nothing_has_been_read_at_first(storage: Storage) -> None:
    assert await storage.reading_stats() == ReadingStats(0, 0, None)


async def test_readings_are_summed_up(storage: Storage) -> None:
    for num_digits, reply_seconds in [(1, 0.5), (4, 0.1), (0, 0.3), (2, 0.2)]:
        await storage.add_reading(num_digits, reply_seconds)
    assert await storage.reading_stats() == ReadingStats(4, 7, 0.25)


async def test_the_median_is_of_the_latest_readings_only(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.NUM_RECENT", 3)
    for reply_seconds in [1000.0, 1000.0, 1000.0, 1000.0, 0.3, 0.5, 0.4]:
        await storage.add_reading(1, reply_seconds)
    assert await storage.reading_stats() == ReadingStats(7, 7, 0.4)


async def test_readings_outlive_a_restart(database_url: str) -> None:
    async with opened(database_url) as database:
        await Storage(database).add_reading(3, 0.5)
    async with opened(database_url) as database:
        assert await Storage(database).reading_stats() == ReadingStats(1, 3, 0.5)


async def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/folder/that/is/missing/bot.sqlite3"
    async with opened(url) as database:
        assert await Storage(database).reading_stats() == ReadingStats(0, 0, None)


def test_no_column_of_a_reading_tells_who_sent_a_photo_or_what_it_showed() -> None:
    columns = inspect(ReadingRow).columns.keys()
    assert columns == ["id", "read_at", "num_digits", "reply_seconds"]


async def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    url = f"sqlite+aiosqlite:///{tmp_path}/a file/bot.sqlite3"
    with pytest.raises(StorageError, match=r"can't be used \(.*DATABASE_URL is right"):
        async with opened(url):
            pass


async def test_a_damaged_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="file is not a database"):
        async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"):
            pass


async def test_an_error_of_the_database_does_not_quote_what_was_to_be_kept(
    database: Database, storage: Storage
) -> None:
    async with database.transaction() as session:
        await session.execute(text("DROP TABLE readings"))
    reply_seconds = 123 + 0.456  # a trace quotes lines of code
    with pytest.raises(StorageError) as raised:
        await storage.add_reading(1, reply_seconds)
    trace = "".join(traceback.format_exception(raised.value))
    assert re.search("no such table: readings|relation .readings. does not exist", trace)
    assert "123.456" not in trace


async def test_an_error_does_not_show_what_an_address_has_in_its_query(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"no database" * 1000)
    url = f"sqlite+aiosqlite:///file:{tmp_path}/bot.sqlite3?uri=true&password=hunter2"
    with pytest.raises(StorageError) as raised:
        async with opened(url):
            pass
    assert "bot.sqlite3" in str(raised.value)
    assert "hunter2" not in str(raised.value)
