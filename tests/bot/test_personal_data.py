"""What is kept of people changes its key without loss, and goes when they ask."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, Message, Update

from bot.database import Database, opened
from bot.encryption import Encryption, WrongKey
from bot.inbox import Inbox, Waiting
from bot.message_ids import MessageIds
from bot.personal_data import PersonalData
from bot.questions import Questions
from tests.bot.databases import rows
from tests.bot.test_inbox import collected, message, photo_message, said

pytestmark = pytest.mark.both_databases

OLD, NEW = Encryption(["the secret of last year"]), Encryption(["the secret of this year"])
BOTH = Encryption(["the secret of this year", "the secret of last year"])
ANN, BOB = 1001, 1002
GROUP = -1001000000001
NOBODY = "1:token"
SET_RAW = "UPDATE inbox SET raw = :raw WHERE update_id = :update_id"


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return inbox_with(database, OLD)


def inbox_with(database: Database, encryption: Encryption) -> Inbox:
    return Inbox(Bot(NOBODY), database, MessageIds(database), encryption)


def sent(update_id: int, sender_id: int, chat_id: int, **content: Any) -> dict[str, Any]:
    """A message of someone, privately or in a group."""
    update = message(update_id, chat_id)
    update["message"] |= {"from": {"id": sender_id, "is_bot": False, "first_name": "?"}} | content
    return update


async def test_rows_of_a_version_that_did_not_encrypt_are_kept_and_encrypted(
    database: Database, inbox: Inbox
) -> None:
    await inbox.accept([message(5), message(6)])
    await rows(database, SET_RAW, raw=json.dumps(message(5)), update_id=5)
    await PersonalData(database, OLD).encrypt_anew()
    assert await said(database, OLD, 5) == [message(5)]
    assert "Hello" not in str(await rows(database, "SELECT raw FROM inbox"))
    assert await collected(inbox) == [Waiting(5, 1001), Waiting(6, 1001)]


async def test_nothing_of_what_was_not_encrypted_stays_in_the_files_of_sqlite(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"
    async with opened(url) as database:
        inbox = inbox_with(database, NEW)
        await inbox.accept([message(number) for number in range(1, 200)])
        plain = json.dumps(sent(7, ANN, ANN, text="my secret diary " * 300))
        await rows(database, "UPDATE inbox SET raw = :raw", raw=plain)
    assert b"my secret diary" in all_bytes(tmp_path)
    async with opened(url) as database:
        await PersonalData(database, NEW).encrypt_anew()
        assert b"my secret diary" not in all_bytes(tmp_path)  # while it is open, too


@pytest.mark.parametrize("gone_by", ["/forget", "the hour"])
async def test_nothing_of_what_was_forgotten_stays_in_the_files_of_sqlite(
    tmp_path: Path, gone_by: str
) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as database:
        inbox = inbox_with(database, NEW)
        await inbox.accept([message(5), message(6)])
        await inbox.bury([5])
        kept = dict(await rows(database, "SELECT update_id, raw FROM inbox"))
        assert kept[5].encode() in all_bytes(tmp_path)
        if gone_by == "/forget":
            await PersonalData(database, NEW).forget(ANN)
        else:
            await inbox.finish([5])
            await inbox.prune()
        assert kept[5].encode() not in all_bytes(tmp_path)
        assert kept[6].encode() in all_bytes(tmp_path)


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_new_secret_takes_the_place_of_the_old_one(
    database: Database, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.personal_data.PAGE", 3)
    await inbox.accept([message(number) for number in range(1, 9)])
    await PersonalData(database, BOTH).encrypt_anew()
    with_new_alone = inbox_with(database, NEW)
    assert len(await collected(with_new_alone)) == 8
    with pytest.raises(WrongKey):
        await said(database, OLD, 8)


async def test_a_new_secret_keeps_albums_together_and_answered_pictures_known(
    database: Database, inbox: Inbox
) -> None:
    album = [photo_message(number, media_group_id="7") for number in (1, 2, 3)]
    await inbox.accept([*album[:2], photo_message(8), photo_message(9)])
    await rows(database, "UPDATE inbox SET answer_id = update_id + 10 WHERE update_id > 7")
    await inbox.finish([8, 9])
    await rows(database, SET_RAW, raw=json.dumps(album[1]), update_id=2)
    await PersonalData(database, BOTH).encrypt_anew()
    await inbox_with(database, NEW).accept(album[2:])
    assert await said(database, NEW, 3) == album
    questions = Questions(Bot(NOBODY), database, NEW, asyncio.Event())
    assert await questions.is_answered(edited(8, file="a file"))
    assert not await questions.is_answered(edited(9, file="another file"))


def edited(message_id: int, file: str) -> Message:
    """A message of today, as an edit left it."""
    now = int(datetime.now(UTC).timestamp())
    update = Update.de_json(photo_message(message_id, file=file, date=now), None)
    assert update.message
    return update.message


async def test_a_wrong_secret_for_no_more_than_a_checksum_is_told_as_well(
    database: Database, inbox: Inbox
) -> None:
    await inbox.accept([photo_message(8)])
    await inbox.finish([8])
    with pytest.raises(WrongKey, match=r"^1 of the 1 updates"):
        await PersonalData(database, NEW).encrypt_anew()


async def test_the_checksums_of_a_persons_pictures_go_with_what_is_forgotten(
    database: Database, inbox: Inbox
) -> None:
    senders = {1: ANN, 2: ANN, 3: BOB, 4: BOB, 5: ANN}
    await inbox.accept(
        [
            photo_message(number, sender_id, media_group_id=f"{number}")
            for number, sender_id in senders.items()
        ]
    )
    await inbox.bury([1, 3])
    await PersonalData(database, OLD).forget(ANN)
    await inbox.finish([2, 4])
    await inbox.bury([5])
    kept = "SELECT update_id FROM inbox WHERE picture_digest IS NOT NULL ORDER BY 1"
    assert await rows(database, kept) == [(3,), (4,)]
    assert await rows(database, "SELECT * FROM inbox WHERE album_digest IS NOT NULL") == []


async def test_a_wrong_secret_is_told_in_a_sentence_and_changes_nothing(
    database: Database, inbox: Inbox
) -> None:
    await inbox_with(database, NEW).accept([message(4)])
    await inbox.accept([message(5), message(6)])
    await rows(database, SET_RAW, raw=json.dumps(message(5)), update_id=5)
    before = await rows(database, "SELECT * FROM inbox")
    with pytest.raises(WrongKey, match=r"^1 of the 3 updates .* append it to DATA_KEYS"):
        await PersonalData(database, NEW).encrypt_anew()
    assert await rows(database, "SELECT * FROM inbox") == before


async def test_all_dead_letters_that_a_person_is_in_are_forgotten_and_no_others(
    database: Database, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.personal_data.PAGE", 2)
    ann = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    mention = {"type": "text_mention", "offset": 0, "length": 5, "user": ann}
    quoted = sent(90, ANN, GROUP)["message"]
    of_ann = [
        sent(1, ANN, ANN),
        sent(2, ANN, GROUP),
        sent(3, BOB, GROUP, reply_to_message=quoted),
        sent(4, BOB, BOB, forward_origin={"type": "user", "date": 1, "sender_user": ann}),
        sent(5, BOB, GROUP, entities=[mention]),
        {"update_id": 6, "message": {"message_id": "no number", "from": ann}},
    ]
    contact = {"phone_number": "1", "first_name": "Ann", "user_id": ANN}
    of_ann.append(sent(9, BOB, BOB, contact=contact))
    of_others = [sent(7, BOB, BOB), sent(8, BOB, GROUP, text=f"{ANN}")]
    await inbox.accept([*of_ann, *of_others])
    for update in [*of_ann, *of_others]:
        await inbox.bury([update["update_id"]])
    await PersonalData(database, OLD).forget(ANN)
    states = await rows(
        database, "SELECT update_id, state, raw = '' FROM inbox ORDER BY update_id"
    )
    dead = [number for number, state, is_empty in states if (state, is_empty) == ("dead", 0)]
    done = [number for number, state, is_empty in states if (state, is_empty) == ("done", 1)]
    assert (done, dead) == ([1, 2, 3, 4, 5, 6, 9], [7, 8])


async def test_what_waits_is_forgotten_once_it_is_over_however_that_ends(
    database: Database, inbox: Inbox
) -> None:
    await inbox.accept([sent(1, ANN, ANN), sent(2, ANN, GROUP), sent(3, BOB, GROUP)])
    await PersonalData(database, OLD).forget(ANN)
    assert len(await collected(inbox)) == 3  # each still gets its answer
    await inbox.finish([1])
    await inbox.bury([2])
    await inbox.bury([3])
    states = await rows(
        database, "SELECT update_id, state, raw = '' FROM inbox ORDER BY update_id"
    )
    assert states == [(1, "done", 1), (2, "done", 1), (3, "dead", 0)]


async def test_forgetting_lets_nothing_be_answered_twice(database: Database, inbox: Inbox) -> None:
    await inbox.accept([sent(1, ANN, ANN), sent(2, ANN, ANN)])
    await inbox.finish([1])
    await inbox.bury([2])
    await PersonalData(database, OLD).forget(ANN)
    # Telegram may repeat them, and a search for an answer begins where messages end.
    assert await inbox.accept([sent(1, ANN, ANN), sent(2, ANN, ANN)]) == []
    message_ids = MessageIds(database)
    await message_ids.load()
    assert message_ids.greatest(ANN) == 2
    assert await message_ids.unknown(ANN, 0, 4) == [3]
