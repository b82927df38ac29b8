"""A photo that ends its reader, or holds it up, ends and holds up nothing else."""

import asyncio
import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot import texts
from bot.inference import ReaderDied, ReadingFailed, ReadingTooSlow
from bot.logs import about_update, log_handler
from bot.reading.pool import ReadingPool, reading_pool
from bot.reading.process import Work
from fake_telegram import Person, World
from mnist_model import (
    DEFAULT_MODEL_PATH,
    DamagedPhoto,
    ModelFileError,
    PhotoTooLarge,
    draw_reading,
    load_reader,
)
from tests.bot.conftest import RunningBot, plain
from tests.bot.hostile_worker import BUGGY, CHATTY, CRASH, ENDLESS, HUNGRY, NATIVE
from tests.bot.pictures import blank, photo

HOSTILE = "tests.bot.hostile_worker"
PATIENT_SECONDS = 60.0  # on a machine that does much else

Pool = Callable[..., AbstractAsyncContextManager[ReadingPool]]


@pytest.fixture
def pool() -> Pool:
    """Starts processes on the reader that does what a photo's last bytes say."""

    @asynccontextmanager
    async def started(
        *, num_processes: int = 1, photo_seconds: float = PATIENT_SECONDS, megabytes: int = 200
    ) -> AsyncIterator[ReadingPool]:
        work = Work(DEFAULT_MODEL_PATH, photo_seconds, megabytes, HOSTILE)
        async with reading_pool(work, num_processes) as pool:
            yield pool

    return started


def children() -> list[int]:
    """The processes that this one has started and that have not ended."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(number) for number in path.read_text().split()]


def is_running(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # which nobody has waited for yet


def told_to(process_id: int) -> tuple[bytes, bytes]:
    """The environment of a process, and its command line."""
    folder = Path(f"/proc/{process_id}")
    return (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()


def num_threads(process_id: int) -> int:
    return len(list(Path(f"/proc/{process_id}/task").iterdir()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT_SECONDS):
        while not condition():  # noqa: ASYNC110 - other processes set no Event
            await asyncio.sleep(0.02)


async def test_it_reads_and_draws_as_the_model_does_and_has_its_card(pool: Pool) -> None:
    digit_reader = load_reader()
    async with pool() as reader:
        reading = await reader.read(photo("12", "345"))
        drawing = await reader.annotate(photo("12", "345"), reading)
    assert reading == digit_reader.read(photo("12", "345"))
    assert drawing == draw_reading(photo("12", "345"), reading)
    assert reader.card == digit_reader.card


async def test_a_process_has_as_few_threads_as_the_unit_and_compose_allow(pool: Pool) -> None:
    async with pool() as reader:
        await reader.read(photo("7"))
        (process,) = children()
        assert num_threads(process) <= 6


async def test_a_picture_that_cannot_be_read_is_refused_as_by_the_reader_itself(
    pool: Pool,
) -> None:
    async with pool() as reader:
        process = children()
        with pytest.raises(DamagedPhoto, match="Send it again"):
            await reader.read(photo("7")[:2000])
        assert (await reader.read(photo("7"))).text == "7"
        assert children() == process


async def test_a_photo_that_crashes_its_process_leaves_the_ones_beside_and_after_it(
    pool: Pool,
) -> None:
    async with pool(num_processes=2) as reader:
        others = [photo(digit) for digit in "12345678"]
        crash, *readings = await asyncio.gather(
            reader.read(photo("7") + CRASH),
            *map(reader.read, others),
            return_exceptions=True,
        )
    assert isinstance(crash, ReaderDied)
    assert "SIGSEGV" in str(crash)
    assert [getattr(reading, "text", reading) for reading in readings] == list("12345678")


@pytest.mark.parametrize("deed", [ENDLESS, NATIVE])
async def test_a_photo_that_never_ends_is_given_up_and_its_process_replaced(
    pool: Pool, deed: bytes
) -> None:
    async with pool(photo_seconds=3) as reader:
        (first,) = children()
        with pytest.raises(ReadingTooSlow, match="Over 3 s"):
            await reader.read(photo("7") + deed)
        assert (await reader.read(photo("7"))).text == "7"
        assert first not in children()


async def test_a_process_that_is_stopped_counts_as_one_that_never_ends(pool: Pool) -> None:
    async with pool(photo_seconds=3) as reader:
        (first,) = children()
        os.kill(first, signal.SIGSTOP)
        with pytest.raises(ReadingTooSlow):
            await reader.read(photo("7"))
        assert (await reader.read(photo("7"))).text == "7"


@pytest.mark.parametrize(
    "hungry", [photo("7") + HUNGRY, blank(200, side=5600)], ids=["to read", "to decode"]
)
async def test_a_photo_that_takes_too_much_memory_is_refused_and_its_process_goes_on(
    pool: Pool, hungry: bytes
) -> None:
    async with pool(megabytes=100) as reader:
        process = children()
        with pytest.raises(PhotoTooLarge, match="more memory"):
            await reader.read(hungry)
        assert (await reader.read(photo("7"))).text == "7"
        assert children() == process


async def test_a_bug_is_told_with_its_trace_and_its_process_goes_on(pool: Pool) -> None:
    async with pool() as reader:
        process = children()
        with pytest.raises(ReadingFailed, match=r"(?s)Traceback.*ZeroDivisionError: a bug"):
            await reader.read(photo("7") + BUGGY)
        assert (await reader.read(photo("7"))).text == "7"
        assert children() == process


async def test_what_a_library_prints_is_no_answer_but_logged_with_the_update_it_was_about(
    pool: Pool,
) -> None:
    log = io.StringIO()
    handler = log_handler("1:token", log)
    logging.getLogger("bot.reading.process").addHandler(handler)
    async with pool() as reader:
        with about_update(7):
            assert (await reader.read(photo("7") + CHATTY)).text == "7"
        async with asyncio.timeout(PATIENT_SECONDS):
            while not log.getvalue():  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.01)
    logging.getLogger("bot.reading.process").removeHandler(handler)
    assert "[7]: The process that reads says: to whom it may concern\n" in log.getvalue()


async def test_a_photo_given_up_by_its_asker_leaves_no_answer_to_the_next_one(pool: Pool) -> None:
    async with pool() as reader:
        asking = asyncio.create_task(reader.read(photo("1") + ENDLESS))
        await asyncio.sleep(0.1)
        asking.cancel()
        assert (await reader.read(photo("2"))).text == "2"


async def test_a_process_that_ends_while_it_waits_is_replaced_before_the_next_photo(
    pool: Pool,
) -> None:
    async with pool() as reader:
        (first,) = children()
        os.kill(first, signal.SIGKILL)
        await until(lambda: children() not in ([first], []))
        assert (await reader.read(photo("7"))).text == "7"


async def test_no_process_is_left_behind(pool: Pool) -> None:
    async with pool(num_processes=2):
        await until(lambda: len(children()) == 2)
        started = children()
    assert not any(map(is_running, started))


async def test_a_missing_model_is_told_by_the_error_of_the_reader_itself(tmp_path: Path) -> None:
    work = Work(tmp_path / "none.keras", 5, 200)
    with pytest.raises(ModelFileError, match=r"none\.json is missing"):
        async with reading_pool(work, 1):
            pass


async def test_a_process_that_does_not_start_is_told_of() -> None:
    with pytest.raises(ReaderDied, match="ended with status 1"):
        async with reading_pool(Work(DEFAULT_MODEL_PATH, 5, 200, "tests.bot.no_such_worker"), 1):
            pass


ASKER = """
import asyncio, os, sys
from bot.reading.pool import reading_pool
from bot.reading.process import Work
from mnist_model import DEFAULT_MODEL_PATH

async def main():
    work = Work(DEFAULT_MODEL_PATH, 1, 200, "tests.bot.hostile_worker")
    async with reading_pool(work, 1) as pool:
        print(*open(f"/proc/self/task/{os.getpid()}/children").read().split(), flush=True)
        await pool.read(sys.stdin.buffer.read())

asyncio.run(main())
"""


@pytest.mark.parametrize("deed", [b"", NATIVE], ids=["while it waits", "while it reads"])
async def test_a_process_ends_when_the_bot_is_killed(deed: bytes) -> None:
    asker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert asker.stdin is not None
    assert asker.stdout is not None
    process_id = int(await asyncio.wait_for(asker.stdout.readline(), PATIENT_SECONDS))
    if deed:
        asker.stdin.write(photo("7") + deed)
        asker.stdin.write_eof()
        await asyncio.sleep(0.5)
    asker.kill()
    await asker.wait()
    await until(lambda: not is_running(process_id))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_only_the_bot_tells_the_process_to_stop(pool: Pool, number: signal.Signals) -> None:
    async with pool() as reader:
        (process,) = children()
        # A terminal sends Ctrl-C to the group of the program in its foreground.
        assert os.getpgid(process) != os.getpgid(0)
        os.kill(process, number)  # systemd sends its signal to all
        assert (await reader.read(photo("7"))).text == "7"
        assert children() == [process]


async def test_the_process_is_told_no_setting_of_the_bot(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "7:secret")
    monkeypatch.setenv("database_url", "postgresql+asyncpg://me:secret@db/bot")
    async with pool():
        (process,) = children()
        environment, command = told_to(process)
    assert b"PATH=" in environment
    assert b"secret" not in environment + command


async def send_hostile(person: Person, deed: bytes) -> None:
    person.send_document(photo("7") + deed, file_name="7.jpg", mime_type="image/jpeg")


async def test_a_photo_that_crashes_its_reader_each_time_is_told_and_set_aside(
    world: World, ann: Person, running_bot: RunningBot, pool: Pool
) -> None:
    bob = Person(world, 1002, "Bob")
    async with pool() as reader, running_bot(reader):
        await send_hostile(ann, CRASH)
        bob.send_photo(photo("3"))
        ann.send_photo(photo("5"))
        told = await world.next_message(ann.user_id, PATIENT_SECONDS)
        then = await world.next_message(ann.user_id, PATIENT_SECONDS)
        beside = await world.next_message(bob.user_id, PATIENT_SECONDS)
    assert told["text"] == plain(texts.FAILURES[ReaderDied])
    assert then["text"].startswith("I read 5 ")
    assert beside["text"].startswith("I read 3 ")


async def test_a_photo_of_an_album_that_crashes_its_reader_each_time_leaves_the_others(
    world: World, ann: Person, running_bot: RunningBot, pool: Pool
) -> None:
    async with pool() as reader, running_bot(reader):
        pictures = [photo("1"), photo("7") + CRASH, photo("2"), photo("8") + BUGGY]
        ann.send_album(pictures, as_files=True)
        told = await world.next_message(ann.user_id, PATIENT_SECONDS)
        ann.send_photo(photo("5"))
        then = await world.next_message(ann.user_id, PATIENT_SECONDS)
    first, second, third, fourth = told["text"].splitlines()
    assert first.startswith("Photo 1: I read 1 ")
    assert second == f"Photo 2: {plain(texts.FAILURES[ReaderDied])}"
    assert third.startswith("Photo 3: I read 2 ")
    assert fourth == f"Photo 4: {plain(texts.FAILED)}"
    assert then["text"].startswith("I read 5 ")


async def test_a_photo_whose_reader_is_killed_once_is_answered_all_the_same(
    world: World, ann: Person, running_bot: RunningBot, pool: Pool
) -> None:
    async with pool() as reader, running_bot(reader):
        (process,) = children()
        os.kill(process, signal.SIGSTOP)  # so that the photo is surely under way
        ann.send_photo(photo("7"))
        await world.until(lambda: bool(world.calls_of("sendChatAction")))
        await asyncio.sleep(0.5)
        os.kill(process, signal.SIGKILL)
        answer = await world.next_message(ann.user_id, PATIENT_SECONDS)
    assert answer["text"].startswith("I read 7 ")
    assert len(world.sent(ann.user_id)) == 1


async def test_a_photo_that_takes_too_long_is_told_what_to_do(
    world: World, ann: Person, running_bot: RunningBot, pool: Pool
) -> None:
    async with pool(photo_seconds=3) as reader, running_bot(reader):
        await send_hostile(ann, NATIVE)
        ann.send_photo(photo("5"))
        told = await world.next_message(ann.user_id, PATIENT_SECONDS)
        then = await world.next_message(ann.user_id, PATIENT_SECONDS)
    assert told["text"] == plain(texts.PICTURE_FAULTS[ReadingTooSlow])
    assert then["text"].startswith("I read 5 ")
