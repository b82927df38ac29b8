"""Changing messages that the bot sent. An edit without a keyboard takes the keyboard away."""

from fake_telegram import refusals
from fake_telegram.chats import Chat
from fake_telegram.methods import contents, inputs
from fake_telegram.methods.registry import Methods
from fake_telegram.methods.targets import addressed_message, readable_chat
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json
from fake_telegram.world import World

METHODS = Methods()

ADDRESS = "business_connection_id chat_id message_id inline_message_id reply_markup "
FILE_FIELDS = ("photo", "document")
CONTENT_FIELDS = ("text", "entities", "caption", "caption_entities", *FILE_FIELDS)


@METHODS.method(
    "editMessageText",
    ADDRESS + "text parse_mode entities link_preview_options disable_web_page_preview",
)
async def edit_message_text(world: World, params: Params) -> Json:
    content = contents.text(params) | contents.inline_keyboard(params)
    chat, message = _own_message(world, params)
    if "text" not in message:
        raise Refused(refusals.NO_TEXT_TO_EDIT)
    kept = _without(message, "text", "entities", "reply_markup")
    return _revise(world, chat, message, kept | content)


@METHODS.method(
    "editMessageCaption",
    ADDRESS + "caption parse_mode caption_entities show_caption_above_media",
)
async def edit_message_caption(world: World, params: Params) -> Json:
    content = contents.caption(params) | contents.inline_keyboard(params)
    chat, message = _own_message(world, params)
    if not any(name in message for name in FILE_FIELDS):
        raise Refused(refusals.NO_CAPTION_TO_EDIT)
    kept = _without(message, "caption", "caption_entities", "reply_markup")
    return _revise(world, chat, message, kept | content)


@METHODS.method("editMessageMedia", ADDRESS + "media")
async def edit_message_media(world: World, params: Params) -> Json:
    keyboard = contents.inline_keyboard(params)
    media = params.object("media", refusals.MEDIA_NOT_JSON) or {}
    content = await inputs.media(world, params, media)
    # Not before: another call may change or delete the message while a photo is decoded.
    chat, message = _own_message(world, params)
    kept = _without(message, *CONTENT_FIELDS, "reply_markup")
    return _revise(world, chat, message, kept | content | keyboard)


@METHODS.method("editMessageReplyMarkup", ADDRESS)
async def edit_message_reply_markup(world: World, params: Params) -> Json:
    keyboard = contents.inline_keyboard(params)
    chat, message = _own_message(world, params)
    return _revise(world, chat, message, _without(message, "reply_markup") | keyboard)


def _own_message(world: World, params: Params) -> tuple[Chat, Json]:
    if not params.text("chat_id") and not params.integer("message_id"):
        raise Refused(refusals.MESSAGE_ID_MISSING)
    chat = readable_chat(world, params)
    message = addressed_message(chat, params, refusals.EDIT_NOT_FOUND)
    if message["from"]["id"] != world.bot["id"]:
        raise Refused(refusals.CANNOT_EDIT)
    return chat, message


def _without(message: Json, *names: str) -> Json:
    return {key: value for key, value in message.items() if key not in names}


def _revise(world: World, chat: Chat, before: Json, after: Json) -> Json:
    """Puts the new version in place.

    Raises:
        Refused: nothing would change.
    """
    if _without(after, "edit_date") == _without(before, "edit_date"):
        raise Refused(refusals.NOT_MODIFIED)
    return world.revise(chat, after)
