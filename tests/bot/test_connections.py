"""The bot connects to its Bot API server and to nothing else, the model's libraries included."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fake_telegram import Person, World, serve
from tests.bot.chaos import bot_process
from tests.bot.pictures import photo

GUARD = Path(__file__).with_name("guard")
SECONDS_TO_ANSWER = 60.0

Note = tuple[int, str, Any]
"""A process, what it tried, and with whom."""


@pytest.fixture
def notes_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Has processes that are started from now on watched; where their notes are."""
    paths = [str(GUARD), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv("GUARD_NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


def read(notes_file: Path) -> list[Note]:
    return [tuple(json.loads(line)) for line in notes_file.read_text().splitlines()]


def about(notes: list[Note], *events: str) -> list[Any]:
    return [subject for _, event, subject in notes if event in events]


def sockets_of(process_id: int) -> list[str]:
    """The sockets that a process holds, native libraries' included."""
    files = Path(f"/proc/{process_id}/fd").iterdir()
    return [link for link in map(os.readlink, files) if link.startswith("socket:")]


async def test_the_bot_connects_to_its_server_alone(
    world: World, ann: Person, notes_file: Path, tmp_path: Path
) -> None:
    with (tmp_path / "log.txt").open("wb") as log:
        async with (
            serve(world) as address,
            bot_process(world, address, tmp_path, log.fileno()) as bot,
        ):
            ann.send_text("/stats")
            ann.send_photo(photo("7"))
            ann.send_photo(photo("2024"))
            for _ in range(3):
                await world.next_message(ann.user_id, SECONDS_TO_ANSWER)
            notes = read(notes_file)
            (reading,) = {pid for pid, event, _ in notes if event == "start"} - {bot.pid}
            assert sockets_of(reading) == []
            bot.terminate()
            await asyncio.wait_for(bot.wait(), SECONDS_TO_ANSWER)
    notes = read(notes_file)
    server = urlsplit(address)
    connections = about(notes, "socket.connect", "socket.sendto", "socket.sendmsg")
    assert connections
    assert all(place == [server.hostname, server.port] for place in connections)
    looked_up = about(notes, "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
    assert set(looked_up) <= {server.hostname}
    started = about(notes, "subprocess.Popen", "os.posix_spawn", "os.system", "os.fork")
    assert started[0][1:3] == ["-m", "bot.reading.worker"]
    assert started[1:] in ([], [["uname", "-p"]])  # Python's module `platform`, for some library


def test_the_guard_sees_what_a_process_tries(notes_file: Path) -> None:
    program = (
        "import contextlib, socket, urllib.request\n"
        "with contextlib.suppress(OSError):\n"
        "    urllib.request.urlopen('http://127.0.0.1:9/', timeout=1)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - ours
    notes = read(notes_file)
    assert about(notes, "socket.getaddrinfo") == ["127.0.0.1"]
    assert about(notes, "socket.connect") == [["127.0.0.1", 9]]
