"""Readers of SQLite that wait for no writer, from the first moment on."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

from bot.database import log_ahead


def test_all_who_open_a_new_file_at_once_may_log_ahead(tmp_path: Path) -> None:
    num_bots = 8

    def mode(path: Path) -> str:
        with closing(sqlite3.connect(path)) as connection:
            start.wait()
            log_ahead(connection.cursor())
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    start = Barrier(num_bots)
    with ThreadPoolExecutor(num_bots) as threads:
        for number in range(30):
            path = tmp_path / f"{number}.sqlite3"
            assert set(threads.map(mode, [path] * num_bots)) == {"wal"}
