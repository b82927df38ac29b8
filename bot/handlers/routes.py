"""Which update reaches which answer.

An answer takes the message or the button press itself, so that it needs no Update with its
dozens of optional fields.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.pictures import Picture, asked_about, is_addressed

Answering = Coroutine[Any, Any, None]
Route = BaseHandler[Update, ContextTypes.DEFAULT_TYPE, Any]


class _Addressed(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return is_addressed(message)


class _AsksAboutPicture(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return asked_about(message) is not None


# Only new messages: an edited one has had its answer. Status updates ("Ann joined") ask nothing.
_ADDRESSED = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL & _Addressed()


def command(name: str, answer: Callable[[Message], Answering]) -> Route:
    """/name, privately or in a group; a group's /name@another_bot is not meant."""
    return CommandHandler(name, _with_message(answer), filters.UpdateType.MESSAGE)


def picture(answer: Callable[[Message, Picture], Answering]) -> Route:
    """A picture that the bot is asked to read, and the message that carries it."""

    async def answer_message(message: Message) -> None:
        if asked := asked_about(message):
            await answer(*asked)

    return MessageHandler(_ADDRESSED & _AsksAboutPicture(), _with_message(answer_message))


def anything_else(answer: Callable[[Message], Answering]) -> Route:
    """Whatever is said to the bot. Routes are tried in order, so this comes last."""
    return MessageHandler(_ADDRESSED, _with_message(answer))


def button(answer: Callable[[CallbackQuery], Answering], data: str | None = None) -> Route:
    """A press of an inline button whose data, as a whole, fit a regular expression; else any."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.callback_query:
            await answer(update.callback_query)

    return CallbackQueryHandler(callback, re.compile(rf"(?:{data})\Z") if data else None)


def _with_message(
    answer: Callable[[Message], Answering],
) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Answering]:
    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message:
            await answer(update.message)

    return callback
