"""From a message to the bytes of the picture it asks about."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import PurePath

from telegram import Document, Message, MessageEntity, PhotoSize, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, InvalidToken

from mnist_model import MAX_PHOTO_BYTES

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif"}
)
"""Phones send HEIC, and some clients send any file, without a mime type that says image."""

Picture = PhotoSize | Document
Carried = tuple[Message, Picture]
"""A picture, and the message that carries it."""


class DownloadError(Exception):
    """Telegram does not give this file to a bot."""


class FileTooBig(DownloadError):
    """The file has more bytes than Telegram lets a bot download."""


class FileUnavailable(DownloadError):
    """Telegram does not have the file, or not at the moment."""


def picture_in(message: Message) -> Picture | None:
    """The picture that this message carries: a photo at its largest, or an image file."""
    if message.photo:
        # Telegram promises several sizes but no order, so measure instead of taking the last.
        return max(message.photo, key=lambda size: size.width * size.height)
    if message.document and _is_image(message.document):
        return message.document
    return None


def picture_digest(message: Message) -> str | None:
    """Tells whether a message still has the picture it had, and nothing else; None without one.

    It is another one for the same picture in another message, so that it links no two of them.
    """
    picture = picture_in(message)
    if picture is None:
        return None
    place = f"{message.chat.id}:{message.message_id}"
    return blake2b(picture.file_unique_id.encode(), key=place.encode(), digest_size=8).hexdigest()


def asked_about(messages: Sequence[Message]) -> list[Carried]:
    """The pictures that these messages want read, in their order.

    Those are their own ones, or else those of messages that they reply to with the bot's @name.
    """
    carriers = [message for message in messages if picture_in(message)]
    if not carriers:
        carriers = [original for message in messages if (original := _pointed_at(message))]
    return [(carrier, picture) for carrier in carriers if (picture := picture_in(carrier))]


def is_addressed(message: Message) -> bool:
    """Whether `message` speaks to the bot: privately, by its @name, or in reply to it."""
    if message.chat.type == ChatType.PRIVATE or _mentions_bot(message):
        return True
    return message.reply_to_message is not None and _is_from_bot(message.reply_to_message)


def photographer(update: Update) -> int | None:
    """Who asks with this update for a picture to be read: a user, or the chat in whose name one
    writes; None if nobody does.
    """
    message = update.message or update.edited_message
    if message and message.from_user and is_addressed(message) and asked_about([message]):
        # Of whoever writes in a chat's name, Telegram names the same stand-in for a user.
        return message.sender_chat.id if message.sender_chat else message.from_user.id
    return None


def most_bytes(picture: Picture) -> int:
    """How many bytes `picture` has, or may have: Telegram need not state it.

    Raises:
        FileTooBig: it has more than MAX_PHOTO_BYTES, so Telegram would refuse.
    """
    size = picture.file_size or MAX_PHOTO_BYTES
    if size > MAX_PHOTO_BYTES:
        raise FileTooBig(f"{size} bytes; at most {MAX_PHOTO_BYTES} can be fetched")
    return size


async def download(picture: Picture) -> bytes:
    """The bytes of `picture`.

    Raises:
        FileTooBig: Telegram did not state its size, and refuses since it is too large.
        FileUnavailable: Telegram refuses for another reason.
    """
    try:
        file = await picture.get_file()
        return bytes(await file.download_as_bytearray())
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise FileTooBig(error.message) from error
        raise FileUnavailable(error.message) from error
    except InvalidToken as error:
        # So the library calls a 404, too, which here means that the file is gone.
        if "not found" in error.message.lower():
            raise FileUnavailable(error.message) from error
        raise


def _is_image(document: Document) -> bool:
    if (document.mime_type or "").startswith("image/"):
        return True
    return PurePath(document.file_name or "").suffix.lower() in IMAGE_SUFFIXES


def _pointed_at(message: Message) -> Message | None:
    original = message.reply_to_message
    # Not what the bot itself drew: its boxes would be read as digits.
    if original and not _is_from_bot(original) and _mentions_bot(message):
        return original
    return None


def _is_from_bot(message: Message) -> bool:
    return message.from_user is not None and message.from_user.id == message.get_bot().id


def _mentions_bot(message: Message) -> bool:
    if message.text:
        mentions = message.parse_entities([MessageEntity.MENTION])
    elif message.caption:
        mentions = message.parse_caption_entities([MessageEntity.MENTION])
    else:
        return False
    name = f"@{message.get_bot().username}".casefold()
    return any(mention.casefold() == name for mention in mentions.values())
