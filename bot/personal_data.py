"""What is kept of people: under the newest key, and gone when they ask.

That is the text of updates in the inbox: of those that wait for an answer, and of those that
could not be answered.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.encryption import Encryption, WrongKey
from bot.inbox_row import InboxRow, State

PAGE = 200

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
        num_kept = num_locked = 0
        last = -1
        async with self._database.transaction() as session:
            while page := await _page(session, last):
                num_kept += len(page)
                changed = []
                for update_id, raw in page:
                    try:
                        anew = self._encrypted_anew(raw)
                    except WrongKey:
                        num_locked += 1
                    else:
                        if anew != raw:
                            changed.append({"update_id": update_id, "raw": anew})
                if changed:
                    await session.execute(update(InboxRow), changed)
                last = page[-1].update_id
            if num_locked:
                raise WrongKey(
                    f"{num_locked} of the {num_kept} updates that are kept {LOCKED_ADVICE}"
                )

    async def forget(self, person_id: int) -> None:
        """Forgets all updates that this person is in; what waits for an answer, once it has one.

        The rows stay until they are pruned: that they were there keeps Telegram's repetitions
        from being answered again, and their numbers bound the search for answers.
        """
        last = -1
        while True:
            # A transaction for each page: the rest of the bot goes on between them.
            async with self._database.transaction() as session:
                page = await _page(session, last)
                if not page:
                    return
                ids = [update_id for update_id, raw in page if self._is_in(person_id, raw)]
                rows = update(InboxRow).where(InboxRow.update_id.in_(ids))
                await session.execute(rows.values(to_forget=True))
                dead = rows.where(InboxRow.state == State.DEAD)
                await session.execute(dead.values(state=State.DONE, raw=""))
            last = page[-1].update_id

    def _encrypted_anew(self, raw: str) -> str:
        if raw.startswith("{"):  # as versions before the encryption kept it
            return self._encryption.encrypt(raw)
        if self._encryption.is_newest(raw):
            return raw
        return self._encryption.encrypt(self._encryption.decrypt(raw))

    def _is_in(self, person_id: int, raw: str) -> bool:
        return _has_id(json.loads(self._encryption.decrypt(raw)), person_id)


async def _page(session: AsyncSession, after: int) -> Sequence[Row[int, str]]:
    """The next rows that still say something: each its update_id and raw."""
    rows = (
        select(InboxRow.update_id, InboxRow.raw)
        .where(InboxRow.raw != "", InboxRow.update_id > after)
        .order_by(InboxRow.update_id)
        .limit(PAGE)
    )
    return (await session.execute(rows)).all()


def _has_id(said: Any, person_id: int) -> bool:
    """Whether a user or chat with this id is in it: as the sender, quoted, forwarded, or named."""
    if isinstance(said, list):
        return any(_has_id(part, person_id) for part in said)
    if not isinstance(said, dict):
        return False
    return said.get("id") == person_id or _has_id(list(said.values()), person_id)
