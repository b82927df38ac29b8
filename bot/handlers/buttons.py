"""What all presses of buttons have in common."""

from contextlib import suppress

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message
from telegram.error import BadRequest


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Ends the press's waiting sign, with a word for the one who pressed if there is one.

    Raises:
        TelegramError: it may be done later.
    """
    # Telegram refuses once the press is too old; the answer itself can still be sent.
    with suppress(BadRequest):
        await query.answer(text)


def topic_of(message: MaybeInaccessibleMessage) -> int | None:
    """The topic of a forum that a message stands in, as far as that can be seen; else None."""
    if isinstance(message, Message) and message.is_topic_message:
        return message.message_thread_id
    return None
