"""Which update reaches which answer.

An answer takes the messages or the button press itself, so that it needs no Update with its
dozens of optional fields.
"""

import re
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, TypeVar

from telegram import CallbackQuery, Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.pictures import Carried, asked_about, is_addressed, picture_in
from bot.questions import Album

Answering = Coroutine[Any, Any, None]
Route = BaseHandler[Any, ContextTypes.DEFAULT_TYPE, Any]
Found = TypeVar("Found")


def command(name: str, answer: Callable[[Message], Answering]) -> Route:
    """/name, privately or in a group; a group's /name@another_bot is not meant."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message:
            await answer(update.message)

    return CommandHandler(name, callback, filters.UpdateType.MESSAGE)


def private_command(
    name: str, answer: Callable[[Message], Answering], user_ids: Collection[int]
) -> Route:
    """/name, to the bot alone from one of these users; from others it is no command at all."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message:
            await answer(update.message)

    meant = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & filters.User(user_ids)
    return CommandHandler(name, callback, meant)


def pictures(answer: Callable[[Sequence[Carried]], Answering]) -> Route:
    """The pictures that the bot is asked to read together: mostly one, or those of an album."""
    return _Route(lambda asked: asked_about(_addressed(asked)), answer)


def edited_picture(answer: Callable[[Sequence[Carried]], Answering]) -> Route:
    """The one picture of a message to the bot that was edited, be it the picture or not."""
    return _Route(_edited, answer)


def anything_else(answer: Callable[[Message], Answering]) -> Route:
    """Whatever is said to the bot. Routes are tried in order, so this comes last."""
    return _Route(_addressed, lambda messages: answer(messages[0]))


def button(answer: Callable[[CallbackQuery], Answering], data: str | None = None) -> Route:
    """A press of an inline button whose data, as a whole, fit a regular expression; else any."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.callback_query:
            await answer(update.callback_query)

    return CallbackQueryHandler(callback, re.compile(rf"(?:{data})\Z") if data else None)


class _Route(Route):
    """Has answered what `find` finds in an update; another route may take it if that is empty."""

    def __init__(
        self, find: Callable[[object], Found], answer: Callable[[Found], Answering]
    ) -> None:
        async def callback(asked: object, _context: ContextTypes.DEFAULT_TYPE) -> None:
            await answer(find(asked))

        super().__init__(callback)
        self._find: Callable[[object], object] = find

    def check_update(self, update: object) -> bool:
        return bool(self._find(update))


def _addressed(asked: object) -> Sequence[Message]:
    """New messages that speak to the bot: one, or a whole album if one of it does; else none.

    Status updates ("Ann joined") ask nothing.
    """
    messages: Sequence[Message] = ()
    if isinstance(asked, Album):
        messages = asked.messages
    elif isinstance(asked, Update) and asked.message:
        messages = () if filters.StatusUpdate.ALL.check_update(asked) else (asked.message,)
    return messages if any(map(is_addressed, messages)) else ()


def _edited(asked: object) -> Sequence[Carried]:
    message = asked.edited_message if isinstance(asked, Update) else None
    if message and is_addressed(message) and (picture := picture_in(message)):
        return [(message, picture)]
    return []
