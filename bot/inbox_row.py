"""What the database has of an update: what it said until it is answered, then only numbers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Case, DateTime, Index, String, Text, case
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base


class State(StrEnum):
    """How far an update is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"  # it could not be read as an update, or its answer failed too often


class InboxRow(Base):
    """One update, and how far its answer is."""

    __tablename__ = "inbox"
    # By this the next update of a chat is found at once, however many of it wait.
    __table_args__ = (Index("ix_inbox_chat_digest_update_id", "chat_digest", "update_id"),)

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # JSON as Telegram sent it, encrypted; emptied when it is done. Whose update it is stands
    # nowhere else.
    raw: Mapped[str] = mapped_column(Text)
    # With which chats its message ids are counted (bot/message_ids.py); none if it has no chat.
    numbering: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # of what someone sent
    # The same for all updates of a chat, and of an album; emptied with the text (bot/digests.py).
    chat_digest: Mapped[str | None] = mapped_column(Text)
    album_digest: Mapped[str | None] = mapped_column(Text, index=True)
    picture_digest: Mapped[str | None] = mapped_column(Text)  # another one for another picture
    num_starts: Mapped[int]  # handlers begun in a row that came to no end
    num_failures: Mapped[int]
    # An answer may have been sent, and has a greater message id than this, if so.
    sent_after: Mapped[int | None] = mapped_column(BigInteger)
    answer_id: Mapped[int | None] = mapped_column(BigInteger)  # the answer's message id
    to_forget: Mapped[bool]  # someone in it wants to be forgotten: it must not be kept when dead


def _unless_to_forget(value: Any, instead: str | None) -> Case[Any]:
    return case((InboxRow.to_forget, instead), else_=value)


DONE: dict[str, Any] = {
    "state": State.DONE,
    "raw": "",
    "chat_digest": None,
    "album_digest": None,
    "picture_digest": _unless_to_forget(InboxRow.picture_digest, None),
}
"""What a row becomes when nothing is left to do: what it said and whose it was is forgotten."""

DEAD: dict[str, Any] = DONE | {
    "state": _unless_to_forget(State.DEAD, State.DONE),
    "raw": _unless_to_forget(InboxRow.raw, ""),
}
"""What it becomes among the dead letters; what someone wants to be forgotten is not kept there."""
