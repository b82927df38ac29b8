"""What a bot hears in a group while its privacy mode is on."""

from fake_telegram.shapes import Json


def is_meant_for_the_bot(message: Json, bot: Json) -> bool:
    """Whether Telegram shows this message to the bot.

    In a group, that is: a command (unless it names another bot), a mention of the bot, or a reply
    to one of its messages. A plain photo in a group never reaches it.
    """
    if message["chat"]["type"] == "private" or bot["can_read_all_group_messages"]:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == bot["id"]:
        return True
    text = message.get("text") or message.get("caption") or ""
    entities = message.get("entities") or message.get("caption_entities") or []
    return any(_addresses(bot["username"], entity, text) for entity in entities)


def _addresses(username: str, entity: Json, text: str) -> bool:
    marked = marked_text(text, entity).lower()
    if entity["type"] == "mention":
        return marked == f"@{username.lower()}"
    if entity["type"] == "bot_command":
        return "@" not in marked or marked.endswith(f"@{username.lower()}")
    return False


def marked_text(text: str, entity: Json) -> str:
    """The part of a text that an entity marks; its offset and length are UTF-16 code units."""
    units = text.encode("utf-16-le")
    start = 2 * int(entity["offset"])
    return units[start : start + 2 * int(entity["length"])].decode("utf-16-le")
