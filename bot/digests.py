"""What is kept beside an update's encrypted text, to find those that belong together.

No digest tells anything to whoever lacks the key: ids are few enough to try them all, so a
checksum that anybody can make would tell whose an update is.
"""

from telegram import Update

from bot.encryption import Encryption
from bot.pictures import picture_digest


def chat_digest(chat_id: int, encryption: Encryption) -> str:
    """The same for all updates of a chat."""
    return encryption.digest(f"{chat_id}")


def digests(update: Update, encryption: Encryption) -> dict[str, str | None]:
    """The columns of `InboxRow` that are digests, for an update that waits for its answer."""
    said = update.message or update.edited_message
    picture = picture_digest(said) if said else None
    chat = update.effective_chat
    return {
        "chat_digest": chat_digest(chat.id, encryption) if chat else None,
        "album_digest": _album_digest(update, encryption),
        # Encrypted, since it is kept when the text is not: so it changes its key without it.
        "picture_digest": encryption.encrypt(picture) if picture else None,
    }


def _album_digest(update: Update, encryption: Encryption) -> str | None:
    if update.message is None or update.message.media_group_id is None:
        return None
    return encryption.digest(f"{update.message.chat.id}:{update.message.media_group_id}")
