"""What a call is about: the chat, the message, and what it replies to."""

from fake_telegram import refusals
from fake_telegram.chats import Chat
from fake_telegram.params import Params, as_fields
from fake_telegram.refusals import Refusal, Refused
from fake_telegram.shapes import Json
from fake_telegram.world import World

REPLY_PARAMETERS = "reply_parameters reply_to_message_id allow_sending_without_reply"
"""How a reply is asked for, now and (the last two) before Bot API 7."""


def readable_chat(world: World, params: Params) -> Chat:
    """The chat that chat_id names, by number or by @username.

    Raises:
        Refused: none is named, or the bot knows no such chat.
    """
    chat_id = params.text("chat_id")
    if not chat_id:
        raise Refused(refusals.CHAT_ID_EMPTY)
    chat = world.chat(params.integer("chat_id"))
    if chat is None:
        raise Refused(refusals.CHAT_NOT_FOUND)
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    """The chat that chat_id names, where the bot may write.

    Raises:
        Refused: as readable_chat; or the person blocked the bot, or never wrote to it.
    """
    chat = readable_chat(world, params)
    if chat.blocked:
        raise Refused(refusals.BLOCKED)
    if not chat.started:
        raise Refused(refusals.NOT_STARTED)
    return chat


def addressed_message(chat: Chat, params: Params, not_found: Refusal) -> Json:
    """The message that message_id names.

    Raises:
        Refused: with `not_found`, where there is no such message in the chat.
    """
    message = chat.get(params.integer("message_id"))
    if message is None:
        raise Refused(not_found)
    return message


def quoted(chat: Chat, params: Params) -> Json:
    """The field that makes the message a reply, or {}.

    Raises:
        Refused: the message to reply to does not exist, and the call insists on it.
    """
    reply = params.object("reply_parameters", refusals.REPLY_NOT_JSON)
    asked = params if reply is None else Params(as_fields(reply))
    message_id = asked.integer("reply_to_message_id" if reply is None else "message_id")
    insists = not asked.flag("allow_sending_without_reply")
    if message_id <= 0:
        return {}
    quotation = chat.quoting(message_id)
    if not quotation and insists:
        raise Refused(refusals.REPLY_NOT_FOUND)
    return quotation
