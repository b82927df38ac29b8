"""Copies the bot's SQLite database, also while the bot writes to it: a plain `cp` would miss what
still is in the file beside it (-wal).

    python3 deploy/backup_sqlite.py var/bot.sqlite3 backups/

The copy is named after the time, in UTC. Of those in the folder the newest 14 are kept.
"""

import argparse
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

NUM_KEPT = 14


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    print(backed_up(options.database, options.folder))
    for older in sorted(options.folder.glob("bot-*Z.sqlite3"))[:-NUM_KEPT]:
        older.unlink()


def backed_up(database: Path, folder: Path) -> Path:
    """The copy; it gets its name only once it is whole."""
    copy = folder / f"bot-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}.sqlite3"
    part = folder / "bot-new.part"
    os.umask(0o077)  # it is for nobody else
    forget_parts(folder)  # of one that was killed
    try:
        # mode=rw: a database that is not there is an error, and no empty one to be made.
        uri = f"{database.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True)) as source:
            source.execute("VACUUM INTO ?", [str(part)])
        with closing(sqlite3.connect(part)) as written:
            (verdict,) = written.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise SystemExit(f"The copy of {database} is damaged: {verdict}.")
        return part.rename(copy)
    finally:
        # Of a disk that is full, the bot itself needs what this one took.
        forget_parts(folder)


def forget_parts(folder: Path) -> None:
    """Deletes what is left of copies that are not whole, and SQLite's files beside them."""
    for part in folder.glob("bot-*.part*"):
        part.unlink()


if __name__ == "__main__":
    main()
