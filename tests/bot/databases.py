"""The databases that tests run on: SQLite, and a PostgreSQL of Debian's that they start."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, text

from bot.database import Database

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def postgres_programs() -> Path | None:
    """The folder of `initdb` and its like: Debian keeps them out of the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    newest_last = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return newest_last[-1].parent if newest_last else None


class PostgresServer:
    """A server of its own on a Unix socket, in a folder that goes with it."""

    def __init__(self, programs: Path, folder: Path, user: str) -> None:
        self._programs = programs
        self._folder = folder
        self._user = user
        self._numbers = count(1)

    def new_database(self) -> str:
        """The URL of another empty database."""
        name = f"test_{next(self._numbers)}"
        self.run("createdb", "--host", str(self._folder), "--username", "postgres", name)
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"

    def start(self) -> None:
        # No TCP, and no waiting for the disk: nothing here outlives a power cut.
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off"
        log = str(self._folder / "log")
        self.run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """As a crash: whoever is connected hears nothing more."""
        self.run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def make(self) -> None:
        self.run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        # PostgreSQL refuses to run as root; anybody else can't become another user.
        other: dict[str, Any] = {}
        if os.geteuid() == 0:
            other = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid}
            other["extra_groups"] = ()
        # S603: the command is spelled out above. Its output goes to a file: a server keeps a
        # pipe open, and who reads it would wait.
        with (self._folder / "output").open("a") as output:
            subprocess.run(  # noqa: S603
                command, check=True, stdout=output, stderr=output, cwd=self._folder, **other
            )


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    user = _unprivileged()
    # Not pytest's folder: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        if os.geteuid() == 0:
            shutil.chown(name, user)
        server = PostgresServer(programs, Path(name), user)
        server.make()
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # a test may have stopped it
                server.stop()


def _unprivileged() -> str:
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


async def rows(database: Database, statement: str, **values: Any) -> Sequence[Any]:
    """What a statement of SQL finds, past the code that is tested; [] if it only changes."""
    async with database.transaction() as session:
        found = await session.execute(text(statement), values)
        assert isinstance(found, CursorResult)
        return found.all() if found.returns_rows else []
