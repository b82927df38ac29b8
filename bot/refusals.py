"""What Telegram means where it refuses."""

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

NO_RIGHT = (
    "chat_restricted",
    "chat_write_forbidden",
    "have no rights to send",
    "have no write access",
    "need administrator rights",
    "not enough rights to send text",
    "topic_closed",
)
"""Told as bad requests, though nothing is wrong with the request: who is in a group may not write
there, or not the bot."""


def takes_no_answer(error: TelegramError) -> bool:
    """Whether the chat takes none, whatever it is: the bot may not write there, or no longer.

    A group that has become a supergroup has another id, and the old one leads nowhere.
    """
    if isinstance(error, Forbidden | ChatMigrated):
        return True
    return isinstance(error, BadRequest) and any(w in error.message.lower() for w in NO_RIGHT)


def sent_nothing(error: TelegramError) -> bool:
    """Whether Telegram says so; else the message may be there or not."""
    return isinstance(error, BadRequest | Forbidden | ChatMigrated | RetryAfter)


def will_pass(error: Exception) -> bool:
    """Whether the same may be taken later."""
    return isinstance(error, TelegramError) and not isinstance(error, BadRequest)


def wait_seconds(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    span = flood.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
