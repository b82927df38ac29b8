"""One chat: its messages, with every version that each of them had."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fake_telegram.shapes import Json


@dataclass(slots=True)
class Chat:
    """A private chat or a group, and what was said there."""

    json: Json  # the Bot API's Chat
    started: bool  # whether the bot may write: not to a person who never wrote to it
    blocked: bool = False
    _versions: dict[int, list[Json]] = field(default_factory=dict)
    _deleted: set[int] = field(default_factory=set)

    @property
    def chat_id(self) -> int:
        chat_id: int = self.json["id"]
        return chat_id

    def put(self, message: Json) -> None:
        """Adds a message, or a new version of one."""
        self._versions.setdefault(message["message_id"], []).append(message)

    def get(self, message_id: int) -> Json | None:
        """A message as it now reads; None if there is none, or no longer."""
        if message_id in self._deleted or message_id not in self._versions:
            return None
        return self._versions[message_id][-1]

    def quoting(self, message_id: int) -> Json:
        """The field that makes a message a reply to another; {} where that is gone.

        The quoted message carries no reply of its own, as in the Bot API.
        """
        quoted = self.get(message_id)
        if quoted is None:
            return {}
        flat = {key: value for key, value in quoted.items() if key != "reply_to_message"}
        return {"reply_to_message": flat}

    def delete(self, message_id: int) -> None:
        self._deleted.add(message_id)

    def messages(self) -> Iterator[Json]:
        """All that is not deleted, as it now reads, the oldest first."""
        for message_id, versions in sorted(self._versions.items()):
            if message_id not in self._deleted:
                yield versions[-1]

    def history(self, message_id: int) -> tuple[Json, ...]:
        """Each version a message had, the first one first; kept after it is deleted."""
        return tuple(self._versions.get(message_id, ()))
