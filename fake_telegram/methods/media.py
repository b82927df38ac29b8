"""Sending photos, files and albums."""

from fake_telegram import refusals
from fake_telegram.methods import contents, inputs
from fake_telegram.methods.messages import ONE_MESSAGE, SEND_PARAMETERS
from fake_telegram.methods.registry import Methods
from fake_telegram.methods.targets import quoted, writable_chat
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json, as_sender
from fake_telegram.world import World

METHODS = Methods()

CAPTION_PARAMETERS = "caption caption_entities " + ONE_MESSAGE


@METHODS.method("sendPhoto", "photo show_caption_above_media has_spoiler " + CAPTION_PARAMETERS)
async def send_photo(world: World, params: Params) -> Json:
    around = contents.caption(params) | contents.inline_keyboard(params)
    chat = writable_chat(world, params)
    around |= quoted(chat, params)
    content = await inputs.photo(world, params, "photo", params.text("photo"))
    return world.post(chat, as_sender(world.bot), content | around)


@METHODS.method(
    "sendDocument", "document thumbnail disable_content_type_detection " + CAPTION_PARAMETERS
)
async def send_document(world: World, params: Params) -> Json:
    around = contents.caption(params) | contents.inline_keyboard(params)
    chat = writable_chat(world, params)
    around |= quoted(chat, params)
    content = await inputs.document(world, params, "document", params.text("document"))
    return world.post(chat, as_sender(world.bot), content | around)


@METHODS.method("sendMediaGroup", "media " + SEND_PARAMETERS)
async def send_media_group(world: World, params: Params) -> list[Json]:
    album = params.objects("media", refusals.MEDIA_NOT_JSON) or []
    if not 2 <= len(album) <= 10:
        raise Refused(refusals.ALBUM_SIZE)
    chat = writable_chat(world, params)
    around = {"media_group_id": world.new_album_id()} | quoted(chat, params)
    # All files first: an album with one bad picture is not sent at all.
    pictures = [await inputs.media(world, params, media) for media in album]
    return [world.post(chat, as_sender(world.bot), picture | around) for picture in pictures]
