"""docs/operations.md's own commands make a backup while the bot runs, and restore it."""

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest
from sqlalchemy import make_url
from telegram import Bot

from bot.application import running
from bot.database import Database, opened
from bot.encryption import Encryption
from bot.inbox import Inbox
from bot.message_ids import MessageIds
from bot.settings import Settings
from bot.storage import ReadingStats, Storage
from fake_telegram import Person, World, create_app
from tests.bot.databases import PostgresServer, postgres_programs
from tests.bot.in_process import InProcessReader

ROOT = Path(__file__).parents[2]
IN_COMPOSE = "docker compose -f deploy/compose.yaml exec -T database"
DOCUMENT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def settings_of(world: World) -> Settings:
    return Settings(telegram_bot_token=world.token, telegram_api_url="http://127.0.0.1")


async def leave_something(world: World, ann: Person, database: Database) -> None:
    """A reading that was counted, and an update that waits, of which Telegram knows no more."""
    ann.send_text("/help")
    (update,) = world.updates.waiting()
    world.updates.confirm(update.update_id)
    await Storage(database).add_reading(3, 0.5)
    encryption = Encryption(settings_of(world).encryption_secrets)
    inbox = Inbox(Bot(world.token), database, MessageIds(database), encryption)
    await inbox.accept([update.as_json()])


async def answers_what_waited(world: World, reader: InProcessReader, database_url: str) -> None:
    """Starts the bot on it, and sees that nothing is missing."""
    transport = httpx.ASGITransport(create_app(world))
    async with (
        opened(database_url) as restored,
        running(settings_of(world), reader, restored, transport=transport),
    ):
        assert (await world.next_message(1001))["text"]
        assert await Storage(restored).reading_stats() == ReadingStats(1, 3, 0.5)


async def test_a_backup_of_sqlite_is_restored_with_what_was_not_in_the_main_file_yet(
    world: World,
    ann: Person,
    reader: InProcessReader,
    tmp_path: Path,
) -> None:
    file = tmp_path / "var" / "bot.sqlite3"
    _python, *backup = documented("python3 deploy/backup_sqlite.py ")
    (_rm, _f, *left_over), (_cp, _copy, onto) = documented("rm -f var/"), documented("cp backups/")
    async with opened(f"sqlite+aiosqlite:///{file}") as database:
        await leave_something(world, ann, database)
        assert file.with_name("bot.sqlite3-wal").stat().st_size > 0
        copy = Path(run([sys.executable, str(ROOT / backup[0]), *backup[1:]], tmp_path))
        file.write_bytes(b"a disk that went bad")
        # As a kill leaves them: what else is beside the file belongs to the old one.
        kept = {name: (tmp_path / name).read_bytes() for name in left_over}
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    run(["rm", "-f", *left_over], tmp_path)
    shutil.copy(tmp_path / copy, tmp_path / onto)
    await answers_what_waited(world, reader, f"sqlite+aiosqlite:///{file}")
    assert (tmp_path / copy).stat().st_mode & 0o777 == 0o600


def test_the_newest_fourteen_copies_are_kept(tmp_path: Path) -> None:
    file, folder = tmp_path / "bot.sqlite3", tmp_path / "backups"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE kept (word)")
    folder.mkdir()
    nights = [f"bot-2026-01-{day:02}T03-00-00Z.sqlite3" for day in range(1, 21)]
    for name in [*nights, "bot-by-hand.sqlite3"]:
        (folder / name).touch()
    newest = Path(run(backup_of(file, folder), tmp_path)).name
    assert {path.name for path in folder.iterdir()} == {
        *nights[-13:],
        newest,
        "bot-by-hand.sqlite3",
    }


def test_of_a_database_that_is_not_there_no_copy_is_made(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(backup_of(tmp_path / "misspelt.sqlite3", tmp_path / "backups"), tmp_path)
    assert [*(tmp_path / "backups").iterdir()] == []
    assert not (tmp_path / "misspelt.sqlite3").exists()


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    file, folder = tmp_path / "bot.sqlite3", tmp_path / "backups"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE kept (words)")
        database.execute("INSERT INTO kept VALUES (zeroblob(2000000))")
    folder.mkdir()
    (folder / "bot-2026-01-01T03-00-00Z.part").touch()  # of one that was killed
    with_no_room = shlex.join(backup_of(file, folder))
    with pytest.raises(subprocess.CalledProcessError):
        run(["bash", "-c", f"ulimit -f 1000 && {with_no_room}"], tmp_path)
    assert [*folder.iterdir()] == []
    run(backup_of(file, folder), tmp_path)
    assert len([*folder.iterdir()]) == 1


def backup_of(database: Path, folder: Path) -> list[str]:
    return [sys.executable, str(ROOT / "deploy" / "backup_sqlite.py"), str(database), str(folder)]


async def test_a_dump_of_postgresql_is_restored(
    world: World,
    ann: Person,
    reader: InProcessReader,
    postgres: PostgresServer,
    tmp_path: Path,
) -> None:
    url = postgres.new_database()
    dump = tmp_path / "bot.dump"
    async with opened(url) as database:
        await leave_something(world, ann, database)
        run(here(documented(f"{IN_COMPOSE} pg_dump"), url), tmp_path, stdout=dump.open("wb"))
    restore = documented(f"{IN_COMPOSE} pg_restore")
    for database_url in (url, postgres.new_database()):  # over what is there, and into nothing
        run(here(restore, database_url), tmp_path, stdin=dump.open("rb"))
        await answers_what_waited(world, reader, database_url)


def documented(beginning: str) -> list[str]:
    """The one command of the document that begins so, in its words."""
    (line,) = set(re.findall(rf"^{re.escape(beginning)}.*$", DOCUMENT, re.MULTILINE))
    return shlex.split(line)


def here(in_compose: list[str], database_url: str) -> list[str]:
    """The same command for a database of the tests, without its redirection."""
    programs = postgres_programs()
    assert programs
    url = make_url(database_url)
    program, *arguments, _sign, _file = in_compose[len(IN_COMPOSE.split()) :]
    named = {
        "--username=bot": "--username=postgres",
        "--dbname=bot": f"--dbname={url.database}",
        "bot": str(url.database),
    }
    arguments = [named.get(argument, argument) for argument in arguments]
    return [str(programs / program), f"--host={url.query['host']}", *arguments]


def run(command: list[str], folder: Path, **streams: BinaryIO) -> str:
    """Runs it in the folder; returns what it printed, if that goes nowhere else."""
    chosen: dict[str, Any] = {"stdout": subprocess.PIPE} | streams
    done = subprocess.run(  # noqa: S603 - the document's own
        command, check=True, cwd=folder, **chosen
    )
    for stream in streams.values():
        stream.close()
    return (done.stdout or b"").decode().strip()
