"""An update that came in, as the row that keeps it."""

import json
import logging
import operator
from datetime import UTC, datetime
from typing import Any

from telegram import Bot, Update

from bot.digests import digests
from bot.encryption import Encryption
from bot.inbox_row import InboxRow, State
from bot.logs import about_update
from bot.message_ids import numbering_of

logger = logging.getLogger(__name__)

GREATEST_ID = 2**63 - 1  # that a column holds


def is_update_id(value: object) -> bool:
    """Whether a row can have it as its key."""
    # type(), since True is an int, too.
    return type(value) is int and 0 <= value <= GREATEST_ID


def new_row(
    raw: dict[str, Any], bot: Bot, encryption: Encryption
) -> tuple[InboxRow, Update | None]:
    """The row of an update that waits, and what it says; of one that can't be read, dead and None.

    Args:
        raw: as Telegram sent it; its `update_id` is one.
    """
    row = InboxRow(
        update_id=raw["update_id"],
        state=State.WAITING,
        received_at=datetime.now(UTC),
        raw=encryption.encrypt(json.dumps(raw)),
        num_starts=0,
        num_failures=0,
        to_forget=False,
    )
    try:
        said = Update.de_json(raw, bot)
        _describe(row, said, encryption)
    except Exception:
        # Whatever the library trips over: this update alone is set aside, the rest flow.
        with about_update(row.update_id):
            logger.exception("Update %d can't be read, and is set aside.", row.update_id)
        row.state = State.DEAD
        return row, None
    return row, said


def _describe(row: InboxRow, said: Update, encryption: Encryption) -> None:
    """Fills the columns by which the row is found."""
    if chat := said.effective_chat:
        row.numbering = numbering_of(_id_in(chat.id))
    if message := said.message or said.edited_message:
        row.message_id = _id_in(message.message_id)
    for column, digest in digests(said, encryption).items():
        setattr(row, column, digest)


def _id_in(value: int) -> int:
    number = operator.index(value)
    if abs(number) > GREATEST_ID:
        raise OverflowError(f"An id of {number.bit_length()} bits, where 63 are expected.")
    return number
