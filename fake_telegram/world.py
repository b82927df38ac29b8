"""All that the stand-in knows: chats, files, updates. Tests read and steer it here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from fake_telegram import shapes
from fake_telegram.callbacks import CallbackQueries
from fake_telegram.chats import Chat
from fake_telegram.clock import Clock, SystemClock, wait_at_most
from fake_telegram.events import Events
from fake_telegram.faults import Faults
from fake_telegram.files import FileStore
from fake_telegram.long_poll import LongPoll
from fake_telegram.shapes import Json
from fake_telegram.updates import UpdateQueue
from fake_telegram.webhook_settings import WebhookError, WebhookSettings

BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:stand-in-for-Telegram-not-a-secret"

PRIVATE_CHAT_SCOPES = ('{"type": "all_private_chats"}', '{"type": "default"}')


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot that reached a method."""

    method: str
    parameters: dict[str, str]  # as sent, without the bytes of files
    time: float  # of the server's clock, when it came


class World:
    """The state of the stand-in: one bot, the people who write to it, and what was said.

    Args:
        token: what the bot must present.
        strict: refuse parameters that the Bot API does not have, where Telegram ignores them.
        recompresses: make all sizes of a photo that the bot sends, as Telegram does. Without, it
            is kept as it is, for who measures the bot and not Telegram's work.
    """

    def __init__(  # noqa: PLR0913 - all may be left out
        self,
        *,
        token: str = TOKEN,
        username: str = "digit_reader_bot",
        name: str = "Digit Reader",
        clock: Clock | None = None,
        strict: bool = False,
        recompresses: bool = True,
    ) -> None:
        self.token = token
        self.strict = strict
        self.recompresses = recompresses
        self.bot = shapes.bot_user(int(token.partition(":")[0]), username, name)
        self.clock: Clock = clock or SystemClock()
        self.updates = UpdateQueue(self.clock)
        self.poll = LongPoll(self.clock)
        self.updates.on_arrival.append(self.poll.wake)
        self.files = FileStore()
        self.faults = Faults()
        self.events = Events()
        self.calls: list[Call] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}  # by scope (JSON) and language
        self.menu_buttons: dict[int | None, Json] = {}  # by private chat; None: everywhere else
        self.callback_queries = CallbackQueries(self.clock)
        self.webhook: WebhookSettings | None = None
        self.webhook_error: WebhookError | None = None
        self.closed = asyncio.Event()
        self._chats: dict[int, Chat] = {}
        # One count for all private chats, one for each group: Telegram numbers them so.
        self._message_ids: dict[int, count[int]] = {}
        self._album_ids = count(13_800_000_000_000_001)
        self._last_returned: dict[int, int] = {}

    def add_chat(self, chat: Json, *, started: bool = True) -> Chat:
        """The chat with this id; made if there is none yet."""
        return self._chats.setdefault(chat["id"], Chat(chat, started))

    def group(self, chat_id: int = -1001000000001, title: str = "Digits") -> Chat:
        """A group that the bot is a member of; the same one for the same id."""
        return self.add_chat(shapes.group_chat(chat_id, title))

    def chat(self, chat_id: int) -> Chat | None:
        return self._chats.get(chat_id)

    def post(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Puts a new message into a chat."""
        numbering = 0 if chat.json["type"] == "private" else chat.chat_id
        message_id = next(self._message_ids.setdefault(numbering, count(1)))
        message: Json = {
            "message_id": message_id,
            "from": sender,
            "chat": chat.json,
            "date": int(self.clock.time()),
            **content,
        }
        chat.put(message)
        self.events.publish(chat.chat_id, {"type": "message", "message": message})
        return message

    def revise(self, chat: Chat, message: Json) -> Json:
        """Puts a new version of a message in its place."""
        edited = {**message, "edit_date": int(self.clock.time())}
        chat.put(edited)
        self.events.publish(chat.chat_id, {"type": "edited", "message": edited})
        return edited

    def remove(self, chat: Chat, message_id: int) -> None:
        chat.delete(message_id)
        self.events.publish(chat.chat_id, {"type": "deleted", "message_id": message_id})

    def press(self, chat: Chat, presser: Json, message_id: int, data: str) -> str:
        """A person presses a button: queues a callback query, and returns its id."""
        query_id = self.callback_queries.add(chat.chat_id)
        deleted = {"chat": chat.json, "message_id": message_id, "date": 0}
        query = {
            "id": query_id,
            "from": presser,
            "message": chat.get(message_id) or deleted,
            "chat_instance": str(chat.chat_id * 7919),  # the same for all presses in one chat
            "data": data,
        }
        # Telegram's server keeps a person's button presses apart from the messages of a chat.
        self.updates.add("callback_query", query, queue=presser["id"] + (3 << 33))
        return query_id

    def note(self, call: Call) -> None:
        """Records a call of the bot, and wakes the tests that wait for one."""
        self.calls.append(call)
        self.events.stir()

    def set_webhook(self, settings: WebhookSettings | None) -> None:
        self.webhook = settings
        self.webhook_error = None
        self.updates.stir()

    def note_webhook_error(self, message: str) -> None:
        self.webhook_error = WebhookError(int(self.clock.time()), message)
        self.events.stir()

    def confirm(self, update_id: int) -> None:
        """The webhook took this update, or never will."""
        self.updates.confirm(update_id)
        self.events.stir()

    def set_commands(self, scope: tuple[str, str], commands: list[Json]) -> None:
        self.commands[scope] = commands
        self.events.publish_everywhere({"type": "commands", "commands": self.menu()})

    def menu(self) -> list[Json]:
        """The commands a person sees in a private chat: the narrowest scope's that has any."""
        for scope in PRIVATE_CHAT_SCOPES:
            if commands := self.commands.get((scope, "")):
                return commands
        return []

    def new_album_id(self) -> str:
        return str(next(self._album_ids))

    def sent(self, chat_id: int) -> list[Json]:
        """The bot's messages in a chat as they now read, oldest first; deleted ones are out."""
        chat = self._chats.get(chat_id)
        messages = chat.messages() if chat else ()
        return [message for message in messages if message["from"]["id"] == self.bot["id"]]

    def history(self, chat_id: int, message_id: int) -> tuple[Json, ...]:
        """Each version of a message, the first one first."""
        return self._chats[chat_id].history(message_id)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def next_message(self, chat_id: int, timeout_seconds: float = 20) -> Json:
        """The bot's oldest message in this chat that no earlier call returned; waits for one.

        Raises:
            TimeoutError: none came; the text says what the bot did instead.
        """
        seen = self._last_returned.get(chat_id, 0)

        def unseen() -> list[Json]:
            return [message for message in self.sent(chat_id) if message["message_id"] > seen]

        await self.until(lambda: bool(unseen()), timeout_seconds)
        message = unseen()[0]
        self._last_returned[chat_id] = message["message_id"]
        return message

    async def until(self, condition: Callable[[], bool], timeout_seconds: float = 20) -> None:
        """Waits (in real seconds, whatever the clock) until a condition on the world holds.

        Raises:
            TimeoutError: it does not hold in time.
        """
        with self.events.of_any_chat() as changed:
            try:
                async with asyncio.timeout(timeout_seconds):
                    while not condition():
                        changed.clear()
                        await changed.wait()
            except TimeoutError as error:
                last = ", ".join(call.method for call in self.calls[-5:]) or "none"
                raise TimeoutError(
                    f"What was waited for did not happen within {timeout_seconds} s. "
                    f"The bot made {len(self.calls)} calls; the last: {last}. "
                    f"{len(self.updates.waiting())} updates wait for it."
                ) from error

    async def pause(self, seconds: float) -> None:
        """Waits so many seconds of the clock, or until the server closes."""
        await wait_at_most(seconds, self.closed.wait(), self.clock)

    def open(self) -> None:
        """A server begins to serve this world, for the first time or after a break."""
        self.closed.clear()
        self.events.open()

    def close(self) -> None:
        """Ends all that waits: long polls, event streams, hanging answers."""
        self.closed.set()
        self.poll.wake()
        self.events.close()
