"""What is kept of people: under the newest key, and gone when they ask.

That is the text of updates in the inbox: of those that wait for an answer, and of those that
could not be answered.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.database import Database
from bot.digests import digests
from bot.encryption import Encryption, WrongKey
from bot.inbox_row import DONE, InboxRow, State

PAGE = 200
SAYS_SOMETHING = InboxRow.raw != ""
HAS_DIGEST = InboxRow.picture_digest.is_not(None)

LOCKED_ADVICE = (
    "can't be decrypted, so nothing was started or changed. The secret that they were encrypted "
    "with is missing: append it to DATA_KEYS. If none was set then, it is the token that the bot "
    "had. To give them up, move the database away."
)


class PersonalData:
    """The personal data in a database. Each method raises StorageError if it can't be used."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self._database = database
        self._encryption = encryption

    async def encrypt_anew(self) -> None:
        """Encrypts with the newest key what an older version or another key left; all or nothing.

        Raises:
            WrongKey: something can't be decrypted; nothing was changed.
        """
        num_kept = num_locked = num_plain = 0
        last = -1
        async with self._database.transaction() as session:
            while page := await _page(session, last, or_(SAYS_SOMETHING, HAS_DIGEST)):
                num_kept += len(page)
                for row in page:
                    num_plain += _is_plain(row.raw)
                    try:
                        self._encrypt_row_anew(row)
                    except WrongKey:
                        num_locked += 1
                last = page[-1].update_id
            if num_locked:
                raise WrongKey(
                    f"{num_locked} of the {num_kept} updates that are kept {LOCKED_ADVICE}"
                )
        if num_plain:
            await self._database.write_anew()

    async def forget(self, person_id: int) -> None:
        """Forgets all updates that this person is in; what waits for an answer, once it has one.

        The rows stay until they are pruned: that they were there keeps Telegram's repetitions
        from being answered again, and their numbers bound the search for answers.
        """
        last = -1
        while True:
            # A transaction for each page: the rest of the bot goes on between them.
            async with self._database.transaction() as session:
                page = await _page(session, last, SAYS_SOMETHING)
                if not page:
                    break
                ids = [row.update_id for row in page if self._is_in(person_id, row.raw)]
                rows = update(InboxRow).where(InboxRow.update_id.in_(ids))
                await session.execute(rows.values(to_forget=True))
                dead = rows.where(InboxRow.state == State.DEAD)
                await session.execute(dead.values(DONE))
            last = page[-1].update_id
        await self._database.empty_log()

    def _encrypt_row_anew(self, row: InboxRow) -> None:
        if row.picture_digest:
            row.picture_digest = self._encrypted_anew(row.picture_digest)
        if not row.raw:
            return
        raw = self._encrypted_anew(row.raw)
        # Versions before the digests left none, however new the key is.
        if row.state == State.WAITING and (raw != row.raw or row.chat_digest is None):
            said = Update.de_json(json.loads(self._encryption.decrypt(raw)), None)
            for column, digest in digests(said, self._encryption).items():
                setattr(row, column, digest)
        row.raw = raw

    def _encrypted_anew(self, raw: str) -> str:
        if _is_plain(raw):
            return self._encryption.encrypt(raw)
        if self._encryption.is_newest(raw):
            return raw
        return self._encryption.encrypt(self._encryption.decrypt(raw))

    def _is_in(self, person_id: int, raw: str) -> bool:
        return _has_id(json.loads(self._encryption.decrypt(raw)), person_id)


def _is_plain(raw: str) -> bool:
    """Whether it is as versions before the encryption kept it."""
    return raw.startswith("{")


async def _page(
    session: AsyncSession, after: int, which: ColumnElement[bool]
) -> Sequence[InboxRow]:
    """The next rows of that kind."""
    rows = (
        select(InboxRow)
        .where(which, InboxRow.update_id > after)
        .order_by(InboxRow.update_id)
        .limit(PAGE)
        # Another process must not answer one meanwhile, and have its text come back.
        .with_for_update()
    )
    return (await session.scalars(rows)).all()


def _has_id(said: Any, person_id: int) -> bool:
    """Whether a user or chat with this id is in it: as the sender, quoted, forwarded, named, or
    shared as a contact, which has the id by another name.
    """
    if isinstance(said, list):
        return any(_has_id(part, person_id) for part in said)
    if not isinstance(said, dict):
        return False
    if person_id in (said.get("id"), said.get("user_id")):
        return True
    return _has_id(list(said.values()), person_id)
