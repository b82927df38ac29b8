"""What everyone may ask: the commands, the buttons under /start, and whatever is no photo."""

import time
from enum import StrEnum

from telegram import CallbackQuery, Chat, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ChatType

from bot import texts
from bot.delivery import Delivery
from bot.handlers.buttons import acknowledge, topic_of
from bot.handlers.routes import Route, anything_else, button, command
from bot.inference import Reader
from bot.storage import Storage


class Button(StrEnum):
    """The callback data of each button."""

    HOW_TO = "how_to"
    STATS = "stats"


BUTTONS = InlineKeyboardMarkup.from_row(
    [
        InlineKeyboardButton(texts.HOW_TO_BUTTON, callback_data=Button.HOW_TO),
        InlineKeyboardButton(texts.STATS_BUTTON, callback_data=Button.STATS),
    ]
)


class Everyone:
    """Answers all but photos."""

    def __init__(self, reader: Reader, storage: Storage, delivery: Delivery) -> None:
        self._reader = reader
        self._storage = storage
        self._delivery = delivery
        self._started = time.monotonic()

    def routes(self) -> list[Route]:
        return [
            command("start", self._start),
            command("help", self._help),
            command("stats", self._stats),
            command("privacy", self._privacy),
            button(self._pressed),
        ]

    async def _start(self, message: Message) -> None:
        text = _asking_in(message.chat, texts.START)
        await self._delivery.once(message.reply_text, text, reply_markup=BUTTONS)

    async def _help(self, message: Message) -> None:
        await self._delivery.once(message.reply_text, texts.HELP)

    async def _stats(self, message: Message) -> None:
        await self._delivery.once(message.reply_text, await self._stats_text())

    async def _privacy(self, message: Message) -> None:
        await self._delivery.once(message.reply_text, texts.PRIVACY)

    async def _pressed(self, query: CallbackQuery) -> None:
        # The data is whatever a client cared to send, so it only ever picks from these.
        match query.data:
            case Button.HOW_TO:
                text = texts.HOW_TO
                if query.message:
                    text = _asking_in(query.message.chat, text)
            case Button.STATS:
                text = await self._stats_text()
            case _:
                await acknowledge(query, texts.UNKNOWN_BUTTON)
                return
        await acknowledge(query)
        if query.message:
            await self._delivery.once(
                query.get_bot().send_message,
                query.message.chat.id,
                text,
                message_thread_id=topic_of(query.message),
            )

    async def _stats_text(self) -> str:
        readings = await self._storage.reading_stats()
        return texts.stats(self._reader.card, readings, time.monotonic() - self._started)


def hint(delivery: Delivery) -> Route:
    """A friendly word for what no other route took: text, stickers, voice, other files."""

    async def answer(message: Message) -> None:
        text = _asking_in(message.chat, texts.HINT)
        await delivery.once(message.reply_text, text, do_quote=True)

    return anything_else(answer)


def _asking_in(chat: Chat, text: str) -> str:
    """What asks for a photo, as it is true in that chat."""
    in_group = chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    return text + texts.IN_GROUP if in_group else text
