"""What a person does in Telegram: writes, sends pictures, presses buttons, blocks the bot."""

from fake_telegram import attachments, shapes
from fake_telegram.chats import Chat
from fake_telegram.entities import found_entities
from fake_telegram.groups import is_meant_for_the_bot
from fake_telegram.photos import SizedJpeg, photo_sizes
from fake_telegram.shapes import Json
from fake_telegram.world import World

ALBUM_SIZES = range(2, 11)


class Person:
    """One user of Telegram. Each method does in their name what it says, and returns the message.

    Where `chat` is left out, it happens in the private chat with the bot; its id is the user's id.
    """

    def __init__(self, world: World, user_id: int = 1001, first_name: str = "Ann") -> None:
        self.world = world
        self.user_id = user_id
        self.user = shapes.person_user(user_id, first_name, f"user{user_id}", "en")
        self.private_chat = world.add_chat(shapes.private_chat(self.user), started=False)

    def send_text(
        self, text: str, *, chat: Chat | None = None, reply_to: int | None = None
    ) -> Json:
        content: Json = {"text": text}
        if entities := found_entities(text):
            content["entities"] = entities
        return self._send(content, chat, reply_to)

    def send_photo(
        self,
        picture: bytes,
        *,
        caption: str = "",
        chat: Chat | None = None,
        reply_to: int | None = None,
    ) -> Json:
        """Sends a picture as a photo: recompressed, in several sizes.

        Raises:
            UnreadablePicture, WrongDimensions: Telegram's app could not send it as a photo.
        """
        sizes = photo_sizes(picture)
        return self.send_photo_sizes(sizes, caption=caption, chat=chat, reply_to=reply_to)

    def send_photo_sizes(
        self,
        sizes: tuple[SizedJpeg, ...],
        *,
        caption: str = "",
        chat: Chat | None = None,
        reply_to: int | None = None,
        album_id: str | None = None,
    ) -> Json:
        """Sends a photo that photo_sizes has made already, by itself or as part of an album."""
        content = attachments.photo(self.world.files, sizes) | _caption(caption)
        if album_id:
            content["media_group_id"] = album_id
        return self._send(content, chat, reply_to)

    def send_document(  # noqa: PLR0913 - a document has as many fields
        self,
        data: bytes,
        *,
        file_name: str = "file.bin",
        mime_type: str = "application/octet-stream",
        size: int | None = None,
        caption: str = "",
        chat: Chat | None = None,
        reply_to: int | None = None,
    ) -> Json:
        """Sends bytes as a file, kept as they are.

        Args:
            size: what the file claims to have, where a test wants a large one without the bytes.
        """
        content = attachments.document(self.world.files, data, file_name, mime_type, size)
        return self._send(content | _caption(caption), chat, reply_to)

    def send_sticker(self, *, chat: Chat | None = None) -> Json:
        return self._send(attachments.sticker(self.world.files), chat)

    def send_voice(self, *, chat: Chat | None = None) -> Json:
        return self._send(attachments.voice(self.world.files), chat)

    def send_album(
        self,
        pictures: list[bytes],
        *,
        as_files: bool = False,
        caption: str = "",
        chat: Chat | None = None,
        album_id: str | None = None,
    ) -> list[Json]:
        """Sends two to ten pictures at once: as many messages with one media_group_id.

        Args:
            as_files: kept as they are, and not shown as photos.
            caption: stands under the first one.
            album_id: of an album sent before, whose rest this is. Messages of an album are
                messages of their own, and others may come between them.
        """
        if len(pictures) not in ALBUM_SIZES and album_id is None:
            raise ValueError(f"An album has 2 to 10 pictures, not {len(pictures)}.")
        group: Json = {"media_group_id": album_id or self.world.new_album_id()}
        captions = [caption] + [""] * (len(pictures) - 1)
        content = self._file if as_files else self._photo
        return [
            self._send(content(picture) | _caption(text) | group, chat)
            for picture, text in zip(pictures, captions, strict=True)
        ]

    def edit_text(self, message_id: int, text: str, *, chat: Chat | None = None) -> Json:
        """Changes the text of a message this person sent before."""
        content: Json = {"text": text, "entities": found_entities(text)}
        return self._edit(message_id, content, chat)

    def edit_photo(self, message_id: int, picture: bytes, *, chat: Chat | None = None) -> Json:
        """Puts another picture into a photo message this person sent before."""
        return self._edit(message_id, self._photo(picture), chat)

    def edit_caption(self, message_id: int, caption: str, *, chat: Chat | None = None) -> Json:
        """Puts another caption under a picture this person sent before."""
        content: Json = {"caption": caption, "caption_entities": found_entities(caption)}
        return self._edit(message_id, content, chat)

    def press(self, message_id: int, data: str, *, chat: Chat | None = None) -> str:
        """Presses a button under the bot's message; returns the id of the callback query.

        The data need not stand on any button: a client may send what it likes.
        """
        return self.world.press(chat or self.private_chat, self.user, message_id, data)

    def block_bot(self) -> None:
        self._set_membership(blocked=True)

    def unblock_bot(self) -> None:
        self._set_membership(blocked=False)

    def _photo(self, picture: bytes) -> Json:
        return attachments.photo(self.world.files, photo_sizes(picture))

    def _file(self, picture: bytes) -> Json:
        return attachments.document(self.world.files, picture, "picture.jpg", "image/jpeg")

    def _send(self, content: Json, chat: Chat | None, reply_to: int | None = None) -> Json:
        chat = chat or self.private_chat
        chat.started = True
        if reply_to is not None:
            content = content | chat.quoting(reply_to)
        message = self.world.post(chat, self.user, content)
        self._tell_bot("message", message, chat)
        return message

    def _edit(self, message_id: int, content: Json, chat: Chat | None) -> Json:
        chat = chat or self.private_chat
        message = chat.get(message_id)
        if message is None or message["from"]["id"] != self.user_id:
            raise ValueError(f"Message {message_id} is none that {self.user['first_name']} sent.")
        edited = self.world.revise(chat, message | content)
        self._tell_bot("edited_message", edited, chat)
        return edited

    def _tell_bot(self, kind: str, message: Json, chat: Chat) -> None:
        if is_meant_for_the_bot(message, self.world.bot):
            self.world.updates.add(kind, message, queue=chat.chat_id)

    def _set_membership(self, *, blocked: bool) -> None:
        chat = self.private_chat
        chat.blocked = blocked
        bot = {"user": shapes.as_sender(self.world.bot)}
        member: Json = bot | {"status": "member"}
        kicked: Json = bot | {"status": "kicked", "until_date": 0}
        change = {
            "chat": chat.json,
            "from": self.user,
            "date": int(self.world.clock.time()),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        self.world.updates.add("my_chat_member", change, queue=chat.chat_id)


def _caption(caption: str) -> Json:
    if not caption:
        return {}
    entities = found_entities(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})
