"""Sending text, deleting, reacting, and the line that says "typing…"."""

from fake_telegram import refusals
from fake_telegram.methods import contents
from fake_telegram.methods.reactions import REACTIONS
from fake_telegram.methods.registry import Methods
from fake_telegram.methods.targets import (
    REPLY_PARAMETERS,
    addressed_message,
    quoted,
    readable_chat,
    writable_chat,
)
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json, as_sender
from fake_telegram.world import World

METHODS = Methods()

SEND_PARAMETERS = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    + REPLY_PARAMETERS
)
"""What every method that sends has; those that send one message have ONE_MESSAGE besides."""

ONE_MESSAGE = "parse_mode suggested_post_parameters reply_markup " + SEND_PARAMETERS

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)

DELETABLE_SECONDS = 48 * 60 * 60


@METHODS.method(
    "sendMessage",
    "text entities link_preview_options disable_web_page_preview " + ONE_MESSAGE,
)
async def send_message(world: World, params: Params) -> Json:
    content = contents.text(params) | contents.inline_keyboard(params)
    chat = writable_chat(world, params)
    return world.post(chat, as_sender(world.bot), content | quoted(chat, params))


@METHODS.method("deleteMessage", "chat_id message_id")
async def delete_message(world: World, params: Params) -> bool:
    if not params.text("chat_id"):
        raise Refused(refusals.CHAT_ID_MISSING)
    if not params.integer("message_id"):
        raise Refused(refusals.MESSAGE_ID_MISSING)
    chat = readable_chat(world, params)
    message = addressed_message(chat, params, refusals.DELETE_NOT_FOUND)
    others_in_group = message["from"]["id"] != world.bot["id"] and chat.json["type"] != "private"
    too_old = world.clock.time() - message["date"] > DELETABLE_SECONDS
    if others_in_group or too_old:
        raise Refused(refusals.CANNOT_DELETE)
    world.remove(chat, message["message_id"])
    return True


@METHODS.method("sendChatAction", "business_connection_id chat_id message_thread_id action")
async def send_chat_action(world: World, params: Params) -> bool:
    action = params.text("action").lower()
    if action not in ACTIONS:
        raise Refused(refusals.ACTION_INVALID)
    chat = writable_chat(world, params)
    world.events.publish(chat.chat_id, {"type": "action", "action": action})
    return True


@METHODS.method("setMessageReaction", "chat_id message_id reaction is_big")
async def set_message_reaction(world: World, params: Params) -> bool:
    chat = readable_chat(world, params)
    message = addressed_message(chat, params, refusals.REACT_NOT_FOUND)
    reaction = params.objects("reaction", refusals.REACTIONS_NOT_JSON) or []
    if len(reaction) > 1 or any(kind.get("emoji") not in REACTIONS for kind in reaction):
        raise Refused(refusals.REACTION_INVALID)
    world.events.publish(
        chat.chat_id,
        {"type": "reaction", "message_id": message["message_id"], "reaction": reaction},
    )
    return True
