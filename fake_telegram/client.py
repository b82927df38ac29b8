"""The chat page's side of the server: what a person sees and does, over HTTP."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from fake_telegram.clock import wait_at_most
from fake_telegram.entities import MAX_CAPTION, MAX_TEXT, utf16_length
from fake_telegram.params import Upload
from fake_telegram.people import Person
from fake_telegram.photos import UnreadablePicture, WrongDimensions, photo_sizes
from fake_telegram.shapes import Json
from fake_telegram.world import World

PAGE = Path(__file__).parent / "page"

ASKED_ANEW = {"Cache-Control": "no-cache"}
"""Else browsers run old scripts on a new page after an upgrade; what is the same is a 304."""

KEEP_ALIVE_SECONDS = 15
MAX_UPLOAD_BYTES = 64 * 1024 * 1024
"""Telegram's apps take 2 GB; a bot can download 20 MB, and this server holds all in memory."""


class Unusable(Exception):
    """What the page sent can't be used; the text says what to do."""


def page_routes(world: World) -> list[BaseRoute]:
    """The routes that the chat page calls."""

    def answering(act: Callable[[Person, Request], Awaitable[Json]]) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                result = await act(_person(world, request), request)
            except Unusable as error:
                return JSONResponse({"error": str(error)}, status_code=400)
            return JSONResponse({"ok": True, **result})

        return endpoint

    async def events(request: Request) -> Response:
        stream = event_stream(world, _person(world, request))
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def file(request: Request) -> Response:
        stored = world.files.by_id(request.path_params["file_id"])
        if stored is None:
            return JSONResponse({"error": "There is no file with this id."}, status_code=404)
        # A file someone sent is data, never a page of this site.
        safe = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return Response(stored.content, media_type=stored.mime_type, headers=safe)

    async def index(request: Request) -> Response:  # noqa: ARG001 - starlette's signature
        return FileResponse(PAGE / "index.html", headers=ASKED_ANEW)

    return [
        Route("/", index),
        Route("/client/files/{file_id}", file),
        Route("/client/{chat:int}/events", events),
        Route("/client/{chat:int}/text", answering(_text), methods=["POST"]),
        Route("/client/{chat:int}/photo", answering(_photo), methods=["POST"]),
        Route("/client/{chat:int}/document", answering(_document), methods=["POST"]),
        Route("/client/{chat:int}/press", answering(_press), methods=["POST"]),
        Mount("/page", _PageFiles(directory=PAGE, check_dir=False)),
    ]


class _PageFiles(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(ASKED_ANEW)
        return response


async def event_stream(world: World, person: Person) -> AsyncIterator[str]:
    """Server-Sent Events: the chat as it stands, then everything that happens in it."""
    with world.events.of_chat(person.user_id) as happenings:
        yield _event(
            {
                "type": "snapshot",
                "bot": world.bot,
                "messages": list(person.private_chat.messages()),
                "commands": world.menu(),
            }
        )
        while True:
            happening = asyncio.ensure_future(happenings.get())
            if not await wait_at_most(KEEP_ALIVE_SECONDS, happening, world.clock):
                yield ": still here\n\n"
            elif (event := happening.result()) is None:
                return
            else:
                yield _event(event)


def _event(event: Json) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n"


def _person(world: World, request: Request) -> Person:
    return Person(world, user_id=request.path_params["chat"], first_name="You")


async def _text(person: Person, request: Request) -> Json:
    fields = await _json_object(request)
    text = str(fields.get("text", "")).strip()
    if not text:
        raise Unusable("The message is empty: write something first.")
    if utf16_length(text) > MAX_TEXT:
        raise Unusable(f"A message has {MAX_TEXT} characters at most: send this in parts.")
    reply_to = fields.get("reply_to_message_id")
    if not isinstance(reply_to, int | None):
        raise Unusable("reply_to_message_id must be a number.")
    if reply_to is not None and person.private_chat.get(reply_to) is None:
        raise Unusable("The message you reply to is gone: send yours without the reply.")
    return {"message": person.send_text(text, reply_to=reply_to)}


async def _photo(person: Person, request: Request) -> Json:
    upload, caption = await _upload(request)
    try:
        # Decoding takes a while; the server goes on answering.
        sizes = await asyncio.to_thread(photo_sizes, upload.content)
    except UnreadablePicture as error:
        raise Unusable(
            f"“{upload.file_name}” can't be opened as a picture: choose a JPEG, PNG or WebP, "
            "or send it as a file."
        ) from error
    except WrongDimensions as error:
        raise Unusable(
            f"“{upload.file_name}” has dimensions that no photo may have: send it as a file. "
            f"({error})"
        ) from error
    album_id = _album_id(request)
    return {"message": person.send_photo_sizes(sizes, caption=caption, album_id=album_id)}


async def _document(person: Person, request: Request) -> Json:
    upload, caption = await _upload(request)
    message = person.send_document(
        upload.content,
        file_name=upload.file_name,
        mime_type=upload.mime_type,
        caption=caption,
    )
    return {"message": message}


async def _press(person: Person, request: Request) -> Json:
    fields = await _json_object(request)
    message_id, data = fields.get("message_id"), fields.get("data")
    if not isinstance(message_id, int) or not isinstance(data, str):
        raise Unusable("A press needs a message_id (a number) and data (a text).")
    return {"callback_query_id": person.press(message_id, data)}


async def _json_object(request: Request) -> Json:
    try:
        fields = json.loads(await request.body())
    except ValueError as error:
        raise Unusable("The body is no JSON: send an object.") from error
    if not isinstance(fields, dict):
        raise Unusable("The body is JSON, but no object: send an object.")
    return fields


def _album_id(request: Request) -> str | None:
    """What the page calls the album that a photo is part of: its photos come one by one."""
    album_id = request.query_params.get("album")
    if album_id is not None and not re.fullmatch(r"[0-9]{1,20}", album_id):
        raise Unusable("An album's id has 1 to 20 digits: leave it out for a photo by itself.")
    return album_id


async def _upload(request: Request) -> tuple[Upload, str]:
    """The field `file` of a multipart body, and its caption."""
    if int(request.headers.get("content-length", 0)) > MAX_UPLOAD_BYTES:
        raise Unusable(f"The file is over {MAX_UPLOAD_BYTES >> 20} MB: choose a smaller one.")
    try:
        async with request.form() as form:
            file, caption = form.get("file"), form.get("caption", "")
            if not isinstance(file, UploadFile):
                raise Unusable("No file came with the request: put one into the field “file”.")
            upload = Upload(
                file_name=file.filename or "file",
                mime_type=file.content_type or "application/octet-stream",
                content=await file.read(),
            )
    except HTTPException as error:
        raise Unusable(f"The body is no multipart form: {error.detail}") from error
    except ClientDisconnect as error:
        raise Unusable("The upload broke off: send it again.") from error
    if not upload.content:
        raise Unusable(f"“{upload.file_name}” is empty (0 bytes): choose another file.")
    if utf16_length(str(caption)) > MAX_CAPTION:
        raise Unusable(f"A caption has {MAX_CAPTION} characters at most: shorten it.")
    return upload, str(caption)
