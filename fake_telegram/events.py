"""What happens in each chat, told to whoever listens: the chat page, and tests that wait."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from fake_telegram.shapes import Json


class Events:
    """Tells each listener of a chat what happened there, in order."""

    def __init__(self) -> None:
        self._listeners: dict[int, list[asyncio.Queue[Json | None]]] = {}
        self._changed: list[asyncio.Event] = []
        self._closed = False

    def publish(self, chat_id: int, event: Json) -> None:
        for queue in self._listeners.get(chat_id, []):
            queue.put_nowait(event)
        self.stir()

    def stir(self) -> None:
        """Something changed that no chat shows."""
        for changed in self._changed:
            changed.set()

    def publish_everywhere(self, event: Json) -> None:
        for chat_id in tuple(self._listeners):
            self.publish(chat_id, event)

    def are_heard(self, chat_id: int) -> bool:
        """Whether anybody listens to this chat."""
        return bool(self._listeners.get(chat_id))

    def open(self) -> None:
        self._closed = False

    def close(self) -> None:
        """Tells every listener of a chat that nothing more will come."""
        self._closed = True
        for queues in self._listeners.values():
            for queue in queues:
                queue.put_nowait(None)

    @contextmanager
    def of_chat(self, chat_id: int) -> Iterator[asyncio.Queue[Json | None]]:
        """Everything that happens in a chat from now on; None when the server closes."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        listeners = self._listeners.setdefault(chat_id, [])
        listeners.append(queue)
        if self._closed:
            queue.put_nowait(None)
        try:
            yield queue
        finally:
            listeners.remove(queue)

    @contextmanager
    def of_any_chat(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever anything happens anywhere; clear it before each wait."""
        changed = asyncio.Event()
        self._changed.append(changed)
        try:
            yield changed
        finally:
            self._changed.remove(changed)
