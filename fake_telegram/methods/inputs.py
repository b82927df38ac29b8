"""A file that a call sends: uploaded with it, or named by a file_id sent before."""

import asyncio

from fake_telegram import attachments, refusals
from fake_telegram.files import Kind
from fake_telegram.methods import contents
from fake_telegram.params import Params, Upload, as_fields
from fake_telegram.photos import (
    MAX_SIDES_SUM,
    UnreadablePicture,
    WrongDimensions,
    as_it_is,
    photo_sizes,
)
from fake_telegram.refusals import Refused, bad_request
from fake_telegram.shapes import Json
from fake_telegram.world import World

ATTACHED = "attach://"
MAX_PHOTO_BYTES = 10 * 1024 * 1024


async def photo(world: World, params: Params, name: str, value: str) -> Json:
    """{"photo": …} from an upload or a file_id.

    Raises:
        Refused: no such file, or it is no photo that Telegram takes.
    """
    upload = _upload(params, name, value, "photo")
    if upload is None:
        return _sent_before(world, value, "photo")
    if len(upload.content) > MAX_PHOTO_BYTES:
        raise Refused(
            bad_request(
                f"file of size {len(upload.content)} bytes is too big for a photo; "
                f"the maximum size is {MAX_PHOTO_BYTES} bytes"
            )
        )
    try:
        if world.recompresses:
            # Decoding takes a while; the server goes on answering.
            sizes = await asyncio.to_thread(photo_sizes, upload.content, MAX_SIDES_SUM)
        else:
            sizes = as_it_is(upload.content)
    except UnreadablePicture as error:
        raise Refused(refusals.PHOTO_UNREADABLE) from error
    except WrongDimensions as error:
        raise Refused(refusals.PHOTO_DIMENSIONS) from error
    return attachments.photo(world.files, sizes)


async def document(world: World, params: Params, name: str, value: str) -> Json:
    """{"document": …} from an upload or a file_id.

    Raises:
        Refused: no such file, or an empty one.
    """
    upload = _upload(params, name, value, "document")
    if upload is None:
        return _sent_before(world, value, "document")
    return attachments.document(world.files, upload.content, upload.file_name, upload.mime_type)


async def media(world: World, params: Params, media: Json) -> Json:
    """The content of one InputMediaPhoto or InputMediaDocument.

    Raises:
        Refused: of another type, malformed, or its file is refused.
    """
    value = str(media.get("media", ""))
    own = Params(as_fields(media))
    match media.get("type"):
        case "photo":
            return await photo(world, params, "media", value) | contents.caption(own)
        case "document":
            return await document(world, params, "media", value) | contents.caption(own)
        case other:
            raise Refused(bad_request(f"type {other} of media is none the stand-in knows"))


def _upload(params: Params, name: str, value: str, kind: Kind) -> Upload | None:
    """The file that came with the call; None if the call names one sent before.

    Raises:
        Refused: there is neither, or the file is empty.
    """
    if value.startswith(ATTACHED):
        name = value.removeprefix(ATTACHED)
    elif value:
        return None
    upload = params.uploads.get(name)
    if upload is None:
        raise Refused(bad_request(f"there is no {kind} in the request"))
    if not upload.content:
        raise Refused(refusals.FILE_EMPTY)
    return upload


def _sent_before(world: World, file_id: str, kind: Kind) -> Json:
    file = world.files.by_id(file_id)
    if file is None:
        raise Refused(refusals.FILE_IDENTIFIER_WRONG)
    if file.kind != kind:
        raise Refused(bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}"))
    return world.files.shown_as(file_id)
