"""Updates that Telegram brings: kept before it hears so, and from Telegram alone."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import texts
from bot.database import Database
from bot.inbox import Inbox
from bot.web.webhook import MAX_BODY_BYTES, RETRY_SECONDS, SECRET_HEADER
from fake_telegram import Person, World
from fake_telegram.faults import BadGateway, Refuse
from fake_telegram.refusals import bad_request
from fake_telegram.webhook_settings import WebhookSettings
from tests.bot.conftest import SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_albums import all_answers, lines
from tests.bot.test_inbox import message
from tests.bot.webhook_bot import SECRET, Hooked, hooked, sqlite_rows


@pytest.fixture
async def bot(world: World, reader: InProcessReader, database: Database) -> AsyncIterator[Hooked]:
    async with hooked(world, reader, database) as bot:
        await world.until(lambda: bool(world.calls_of("getWebhookInfo")))
        yield bot


def kept(file: Path) -> list[Any]:
    return sqlite_rows(file, "SELECT update_id, state FROM inbox ORDER BY update_id")


def command(update_id: int, person: Person, text: str) -> dict[str, Any]:
    """An update that the stand-in knows nothing of."""
    update = message(update_id, person.user_id)
    entity = {"type": "bot_command", "offset": 0, "length": len(text)}
    update["message"] |= {"text": text, "entities": [entity]}
    return update


@pytest.mark.usefixtures("bot")
async def test_what_telegram_brings_is_answered(world: World, ann: Person) -> None:
    ann.send_photo(photo("7"))
    assert (await world.next_message(ann.user_id))["text"].startswith("I read 7 ")
    ann.send_text("/help")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert not world.calls_of("getUpdates")
    (call,) = world.calls_of("setWebhook")
    assert call.parameters["secret_token"] == SECRET
    assert "callback_query" in call.parameters["allowed_updates"]
    assert "drop_pending_updates" not in call.parameters


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "ü"])
async def test_without_the_right_secret_nothing_is_taken(
    bot: Hooked, file: Path, secret: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    raw = None if secret is None else secret.encode()
    headers = {} if raw is None else {SECRET_HEADER.encode(): raw}
    for _ in range(5):
        answer = await bot.post("/telegram", json=message(5), headers=headers)
        assert answer.status_code == 401
    assert kept(file) == []
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.message for record in warnings] == [
        "Somebody without the right secret called the webhook."
    ]
    assert (await bot.bring(message(5))).status_code == 200


async def test_an_update_is_kept_before_it_is_said_to_be(bot: Hooked, file: Path) -> None:
    assert (await bot.bring(message(5))).status_code == 200
    assert [update_id for update_id, _ in kept(file)] == [5]


async def test_an_update_that_is_brought_several_times_is_answered_once(
    world: World, ann: Person, bot: Hooked
) -> None:
    ann.send_text("/start")
    await world.next_message(ann.user_id)
    answers = await asyncio.gather(*(bot.bring(command(5, ann, "/privacy")) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    told = [sent["text"] for sent in await all_answers(world, ann)]
    assert told == [plain(texts.START), plain(texts.PRIVACY)]


async def test_what_cannot_be_kept_stays_with_telegram_which_tries_again(
    world: World, ann: Person, bot: Hooked, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_rows(file, "ALTER TABLE inbox RENAME TO elsewhere")
    answer = await bot.bring(message(5))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_SECONDS))
    ann.send_text("/help")
    await world.until(lambda: world.webhook_error is not None)
    sqlite_rows(file, "ALTER TABLE elsewhere RENAME TO inbox")
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert "Updates are left with Telegram until they can be kept. The database" in caplog.text


async def test_a_database_that_hangs_holds_no_call_up_and_loses_nothing(
    world: World, ann: Person, bot: Hooked, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.send_text("/start")
    await world.next_message(ann.user_id)
    await world.until(lambda: not world.updates.waiting())
    monkeypatch.setattr("bot.web.webhook.ANSWER_SECONDS", 0.3)
    update = command(5, ann, "/help")
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await bot.bring(update)).status_code == 503
        other.rollback()
    # It is kept after all, so that the next call finds it there; and it got into its line.
    assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
    assert (await bot.bring(update)).status_code == 200
    assert [update_id for update_id, _ in kept(file)][:1] == [5]
    assert len(world.sent(ann.user_id)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"update_id": true}',
        b'{"update_id": "5"}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 5, "message": "' + b"x" * MAX_BODY_BYTES + b'"}',
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_what_is_no_update_is_refused(bot: Hooked, file: Path, body: bytes) -> None:
    answer = await bot.post("/telegram", content=body, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 400
    assert kept(file) == []


async def test_an_update_that_cannot_be_read_is_set_aside(bot: Hooked, file: Path) -> None:
    unreadable = {"update_id": 5, "message": {"message_id": "no number", "chat": 7}}
    assert (await bot.bring(unreadable)).status_code == 200
    assert kept(file) == [(5, "dead")]


async def test_a_message_that_a_press_overtook_is_answered(
    world: World, ann: Person, slow: SlowDigitReader, database: Database
) -> None:
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with hooked(world, reader, database) as bot:
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 20)
            for update_id, text in ((800_000_002, "/privacy"), (800_000_001, "/help")):
                assert (await bot.bring(command(update_id, ann, text))).status_code == 200
            slow.may_go_on.set()
            answers = [await world.next_message(ann.user_id) for _ in range(3)]
    assert [answer["text"] for answer in answers[1:]] == [plain(texts.HELP), plain(texts.PRIVACY)]


async def test_a_message_that_a_press_overtook_while_the_next_was_looked_for_is_answered(
    world: World,
    ann: Person,
    slow: SlowDigitReader,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = Inbox.next_waiting
    late = [command(800_000_001, ann, "/help")]

    async def find_without_the_late_one(inbox: Inbox, *where: int) -> int | None:
        found = await find(inbox, *where)
        if late:
            assert (await hook.bring(late.pop())).status_code == 200
        return found

    monkeypatch.setattr(Inbox, "next_waiting", find_without_the_late_one)
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with hooked(world, reader, database) as hook:
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 20)
            await hook.bring(command(800_000_002, ann, "/privacy"))
            slow.may_go_on.set()
            answers = [await world.next_message(ann.user_id) for _ in range(3)]
    assert {answer["text"] for answer in answers[1:]} == {plain(texts.HELP), plain(texts.PRIVACY)}


async def test_beyond_so_many_chats_the_rest_stay_with_telegram_until_there_is_room(
    world: World,
    ann: Person,
    slow: SlowDigitReader,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.lines.MAX_LINES", 1)
    bob = Person(world, 1002, "Bob")
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        async with hooked(world, reader, database):
            ann.send_photo(photo("7"))
            await asyncio.to_thread(slow.has_begun.wait, 20)
            bob.send_text("/help")
            await world.until(lambda: world.webhook_error is not None)
            assert [update.content["text"] for update in world.updates.waiting()] == ["/help"]
            slow.may_go_on.set()
            assert (await world.next_message(bob.user_id))["text"] == plain(texts.HELP)


@pytest.mark.usefixtures("bot")
async def test_an_album_is_answered_once(world: World, ann: Person) -> None:
    ann.send_album([photo("1"), photo("2"), photo("3")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [f"Photo {digit}: I read {digit}" for digit in "123"]


async def test_updates_that_came_before_a_switch_are_answered_after_it(
    world: World, ann: Person, reader: InProcessReader, database: Database
) -> None:
    fetching: dict[str, Any] = {"webhook_url": "", "web_port": None}
    ann.send_text("/help")
    async with hooked(world, reader, database, **fetching):
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.HELP)
        assert world.webhook is None
    ann.send_text("/privacy")
    async with hooked(world, reader, database):
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.PRIVACY)
        assert world.webhook is not None
    ann.send_text("/start")
    async with hooked(world, reader, database, **fetching):
        assert (await world.next_message(ann.user_id))["text"] == plain(texts.START)
        assert world.webhook is None
    assert len(world.sent(ann.user_id)) == 3


@pytest.mark.parametrize("other", [None, "https://other.example/path-of-another"])
@pytest.mark.usefixtures("bot")
async def test_a_webhook_that_telegram_forgot_is_set_again_and_told_of(
    world: World,
    ann: Person,
    other: str | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.web.registration.WATCH_SECONDS", 0.1)
    assert world.webhook
    before = world.webhook
    world.set_webhook(WebhookSettings(other) if other else None)
    ann.send_text("/help")
    assert (await world.next_message(ann.user_id, 60))["text"] == plain(texts.HELP)
    assert world.webhook == before
    assert "Telegram has no webhook, or another one (" in caplog.text
    assert "path-of-another" not in caplog.text


@pytest.mark.usefixtures("bot")
async def test_a_secret_that_another_process_changed_is_set_again(
    world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.registration.WATCH_SECONDS", 0.1)
    assert world.webhook
    before = world.webhook
    world.set_webhook(WebhookSettings(before.url, "another"))
    await asyncio.sleep(1)  # what failed before the first look is of no interest
    ann.send_text("/help")
    assert (await world.next_message(ann.user_id, 60))["text"] == plain(texts.HELP)
    assert world.webhook == before


async def test_a_webhook_that_could_not_be_set_again_is_set_later(
    world: World,
    ann: Person,
    reader: InProcessReader,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.web.registration.WATCH_SECONDS", 0.1)
    async with hooked(world, reader, database) as bot:
        await bot.green("/readyz")
        assert world.webhook
        world.set_webhook(WebhookSettings(world.webhook.url, "another"))
        world.faults.add("setWebhook", BadGateway())
        ann.send_text("/help")
        assert (await world.next_message(ann.user_id, 60))["text"] == plain(texts.HELP)
        await bot.green("/readyz")


@pytest.mark.parametrize(
    "fault", [BadGateway(), Refuse(bad_request("bad webhook: Failed to resolve host"))], ids=repr
)
async def test_a_webhook_that_is_not_taken_at_the_start_is_set_later(
    world: World,
    ann: Person,
    reader: InProcessReader,
    database: Database,
    fault: BadGateway | Refuse,
) -> None:
    world.faults.add("setWebhook", fault, times=2)
    async with hooked(world, reader, database) as bot:
        assert (await bot.why("/readyz") or "").startswith("Updates do not come in")
        assert await bot.why("/healthz") is None
        ann.send_text("/help")
        assert (await world.next_message(ann.user_id, 60))["text"] == plain(texts.HELP)
        await world.until(lambda: bool(world.calls_of("getWebhookInfo")))
        assert await bot.why("/readyz") is None
