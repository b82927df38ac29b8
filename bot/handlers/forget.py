"""/forget: deletes what is kept of a person, once that person has confirmed it."""

from contextlib import suppress
from enum import StrEnum

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
)
from telegram.error import BadRequest

from bot import texts
from bot.delivery import Delivery
from bot.handlers.buttons import acknowledge, topic_of
from bot.handlers.routes import Route, button, command
from bot.personal_data import PersonalData


class Choice(StrEnum):
    """What the callback data begin with; a colon and the id of whoever asked follow."""

    FORGET = "forget"
    KEEP = "keep"


CHOSEN = r"(forget|keep):[0-9]{1,16}"


class Forget:
    """Asks before it forgets, and lets nobody else answer."""

    def __init__(self, personal_data: PersonalData, delivery: Delivery) -> None:
        self._personal_data = personal_data
        self._delivery = delivery

    def routes(self) -> list[Route]:
        return [command("forget", self._ask), button(self._chosen, CHOSEN)]

    async def _ask(self, message: Message) -> None:
        if message.sender_chat:
            # Whoever presses the button would be somebody else than who seems to have asked.
            await self._delivery.once(message.reply_text, texts.FORGET_UNNAMED, do_quote=True)
        elif message.from_user:
            buttons = _buttons(message.from_user.id)
            await self._delivery.once(
                message.reply_text, texts.FORGET, reply_markup=buttons, do_quote=True
            )

    async def _chosen(self, query: CallbackQuery) -> None:
        question = query.message
        if question is None or not _may_offer(question, query.data):
            await acknowledge(query, texts.UNKNOWN_BUTTON)
            return
        choice, _, asker_id = (query.data or "").partition(":")
        if asker_id != str(query.from_user.id):
            await acknowledge(query, texts.NOT_YOUR_BUTTON)
            return
        if choice == Choice.FORGET:
            await self._personal_data.forget(query.from_user.id)
        await acknowledge(query, texts.NOT_FORGOTTEN if choice == Choice.KEEP else None)
        with suppress(BadRequest):  # they are gone already, or the message is
            await query.get_bot().edit_message_reply_markup(
                question.chat.id, question.message_id, api_kwargs={"parse_mode": None}
            )
        if choice == Choice.FORGET:
            await self._delivery.once(
                query.get_bot().send_message,
                question.chat.id,
                texts.FORGOTTEN,
                reply_to_message_id=question.message_id,
                message_thread_id=topic_of(question),
            )


def _buttons(asker_id: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup.from_row(
        [
            InlineKeyboardButton(label, callback_data=f"{choice}:{asker_id}")
            for label, choice in (
                (texts.FORGET_BUTTON, Choice.FORGET),
                (texts.KEEP_BUTTON, Choice.KEEP),
            )
        ]
    )


def _may_offer(question: MaybeInaccessibleMessage, data: str | None) -> bool:
    """Whether this button stands under this message, as far as that can be seen.

    A client may send any data under any message; nobody else's message must lose its buttons.
    """
    if not isinstance(question, Message) or not question.is_accessible:
        return True  # it is too old, or deleted: Telegram shows no more of it
    rows = question.reply_markup.inline_keyboard if question.reply_markup else ()
    return any(button.callback_data == data for row in rows for button in row)
