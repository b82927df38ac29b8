"""Every file either side sent, found by its file_id or by the path that getFile answers with."""

import base64
import hashlib
from dataclasses import dataclass
from itertools import count
from typing import Literal

from fake_telegram.shapes import Json

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
"""What getFile serves to a bot on Telegram's own servers."""

Kind = Literal["photo", "document", "sticker", "voice"]

# Telegram's file_ids begin with the kind of file; so do these, to look familiar in a log.
_PREFIX: dict[Kind, str] = {
    "photo": "AgACAgIAAxkBAAI",
    "document": "BQACAgIAAxkBAAI",
    "sticker": "CAACAgIAAxkBAAI",
    "voice": "AwACAgIAAxkBAAI",
}
_FOLDER: dict[Kind, str] = {
    "photo": "photos",
    "document": "documents",
    "sticker": "stickers",
    "voice": "voice",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the server."""

    file_id: str  # this bot's handle; another upload of the same bytes has another
    file_unique_id: str  # the same for the same bytes, and no handle
    kind: Kind
    path: str  # below /file/bot<token>/
    mime_type: str
    content: bytes
    size: int  # bytes; more than `content` holds for a file that only pretends to be large

    def as_json(self) -> Json:
        """The three fields that every kind of file object has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": self.size,
        }


class FileStore:
    """Files by id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._shown_as: dict[str, Json] = {}
        self._numbers = count()

    def add(
        self, content: bytes, kind: Kind, mime_type: str, *, suffix: str, size: int | None = None
    ) -> StoredFile:
        number = next(self._numbers)
        digest = hashlib.sha256(content).digest()
        handle = base64.urlsafe_b64encode(number.to_bytes(3) + digest[:24]).decode()
        file = StoredFile(
            file_id=_PREFIX[kind] + handle,
            file_unique_id="AQAD" + base64.urlsafe_b64encode(digest[:9]).decode(),
            kind=kind,
            path=f"{_FOLDER[kind]}/file_{number}{suffix}",
            mime_type=mime_type,
            content=content,
            size=len(content) if size is None else size,
        )
        self._by_id[file.file_id] = file
        self._by_path[file.path] = file
        return file

    def by_id(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def show_as(self, content: Json, *file_ids: str) -> Json:
        """Keeps, and returns, the field of a message that shows these files."""
        for file_id in file_ids:
            self._shown_as[file_id] = content
        return content

    def shown_as(self, file_id: str) -> Json:
        """The field of a message that shows this file: what sending it again by its id gives."""
        return self._shown_as[file_id]

    def forget(self, file_id: str) -> None:
        """Makes a file unavailable, as Telegram's servers do now and then."""
        file = self._by_id[file_id]
        self._by_path.pop(file.path, None)
