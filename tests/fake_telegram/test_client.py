"""The chat page's side of the server."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from io import BytesIO
from typing import Any

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from fake_telegram import ManualClock, Person, World, create_app, serve
from fake_telegram.client import KEEP_ALIVE_SECONDS, event_stream
from fake_telegram.shapes import Json
from tests.fake_telegram.calls import Api
from tests.fake_telegram.conftest import png

CHAT = "/client/1001"


async def sentence(response: httpx.Response) -> str:
    """The sentence of a refusal."""
    assert response.status_code == 400
    error: str = response.json()["error"]
    return error


async def test_a_text_with_a_command_reaches_the_bot_with_its_entity(
    http: httpx.AsyncClient, api: Api
) -> None:
    answer = await http.post(f"{CHAT}/text", json={"text": " /stats now "})
    assert answer.json()["ok"]
    (update,) = await api.result("getUpdates")
    message = update["message"]
    assert message["text"] == "/stats now"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["chat"]["id"] == message["from"]["id"] == 1001


async def test_a_text_can_be_a_reply(http: httpx.AsyncClient, api: Api, ann: Person) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="Right?")
    body = {"text": "Yes", "reply_to_message_id": message["message_id"]}
    answer = await http.post(f"{CHAT}/text", json=body)
    assert answer.json()["message"]["reply_to_message"]["text"] == "Right?"


@pytest.mark.parametrize(
    ("body", "beginning"),
    [
        (b'{"text": " "}', "The message is empty"),
        (json.dumps({"text": "x" * 4097}).encode(), "A message has 4096 characters at most"),
        (b'{"text": "x", "reply_to_message_id": 99}', "The message you reply to is gone"),
        (b'{"text": "x", "reply_to_message_id": []}', "reply_to_message_id must be a number"),
        (b"{", "The body is no JSON"),
        (b"[]", "The body is JSON, but no object"),
    ],
)
async def test_a_text_that_cannot_be_sent_is_refused_with_a_sentence(
    http: httpx.AsyncClient, body: bytes, beginning: str
) -> None:
    assert (await sentence(await http.post(f"{CHAT}/text", content=body))).startswith(beginning)


async def test_a_photo_reaches_the_bot_recompressed(
    http: httpx.AsyncClient, api: Api, picture: bytes
) -> None:
    answer = await http.post(
        f"{CHAT}/photo", files={"file": ("seven.png", picture)}, data={"caption": "my 7"}
    )
    assert answer.json()["ok"]
    (update,) = await api.result("getUpdates")
    assert update["message"]["caption"] == "my 7"
    assert max(size["width"] for size in update["message"]["photo"]) == 1280


async def test_photos_sent_together_reach_the_bot_as_an_album(
    http: httpx.AsyncClient, api: Api, picture: bytes
) -> None:
    for _ in range(2):
        await http.post(f"{CHAT}/photo?album=17", files={"file": ("seven.png", picture)})
    updates = await api.result("getUpdates")
    assert [update["message"]["media_group_id"] for update in updates] == ["17", "17"]
    wrong = await http.post(f"{CHAT}/photo?album=x", files={"file": ("seven.png", picture)})
    assert (await sentence(wrong)).startswith("An album's id has 1 to 20 digits")


async def test_a_heic_photo_of_a_phone_can_be_sent_as_a_photo(http: httpx.AsyncClient) -> None:
    content = BytesIO()
    Image.new("RGB", (64, 64), "white").save(content, "HEIF")
    answer = await http.post(f"{CHAT}/photo", files={"file": ("p.heic", content.getvalue())})
    assert answer.json()["ok"]


async def test_what_is_no_picture_is_refused_as_a_photo_and_taken_as_a_file(
    http: httpx.AsyncClient, api: Api
) -> None:
    text = {"file": ("seven.png", b"no picture", "image/png")}
    refusal = await sentence(await http.post(f"{CHAT}/photo", files=text))
    assert refusal == (
        "“seven.png” can't be opened as a picture: choose a JPEG, PNG or WebP, "
        "or send it as a file."
    )
    assert (await http.post(f"{CHAT}/document", files=text)).json()["ok"]
    (update,) = await api.result("getUpdates")
    document = update["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("seven.png", "image/png")
    kept = await http.get(f"/client/files/{document['file_id']}")
    assert kept.content == b"no picture"
    assert kept.headers["content-security-policy"] == "sandbox"


@pytest.mark.parametrize(
    ("files", "beginning"),
    [
        ({"file": ("thin.png", png(2100, 100))}, "“thin.png” has dimensions that no photo may"),
        ({"file": ("empty.png", b"")}, "“empty.png” is empty (0 bytes)"),
        ({"picture": ("seven.png", b"7")}, "No file came with the request"),
    ],
)
async def test_an_upload_that_cannot_be_sent_is_refused_with_a_sentence(
    http: httpx.AsyncClient, files: dict[str, tuple[str, bytes]], beginning: str
) -> None:
    assert (await sentence(await http.post(f"{CHAT}/photo", files=files))).startswith(beginning)


async def test_after_an_upgrade_no_old_part_of_the_page_is_used(http: httpx.AsyncClient) -> None:
    index, script = await http.get("/"), await http.get("/page/main.js")
    for part in (index, script):
        assert part.headers["cache-control"] == "no-cache"
    unchanged = {"If-None-Match": script.headers["etag"]}
    assert (await http.get("/page/main.js", headers=unchanged)).status_code == 304


async def test_a_caption_has_1024_characters_at_most(http: httpx.AsyncClient) -> None:
    seven, caption = {"file": ("7.png", png(28, 28))}, {"caption": "x" * 1025}
    response = await http.post(f"{CHAT}/photo", files=seven, data=caption)
    assert await sentence(response) == "A caption has 1024 characters at most: shorten it."


async def test_a_huge_upload_is_refused_before_it_is_read(http: httpx.AsyncClient) -> None:
    huge = {"Content-Length": str(65 << 20)}
    response = await http.post(f"{CHAT}/document", content=b"", headers=huge)
    assert (await sentence(response)).startswith("The file is over 64 MB")


async def test_an_upload_that_breaks_off_is_no_error_of_the_servers(world: World) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{CHAT}/document",
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ],
    }
    parts: list[Json] = [
        {"type": "http.request", "body": b"--x\r\n", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Json] = []

    async def receive() -> Json:
        return parts.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(dict(message))

    await create_app(world)(scope, receive, send)
    assert sent[0]["status"] == 400
    assert b"broke off" in sent[1]["body"]


async def test_a_button_is_pressed(http: httpx.AsyncClient, api: Api, ann: Person) -> None:
    message = await api.result("sendMessage", chat_id=ann.user_id, text="Right?")
    body = {"message_id": message["message_id"], "data": "yes"}
    assert (await http.post(f"{CHAT}/press", json=body)).json()["ok"]
    (update,) = await api.result("getUpdates")
    assert update["callback_query"]["data"] == "yes"
    refusal = await sentence(await http.post(f"{CHAT}/press", json={"data": "yes"}))
    assert refusal == "A press needs a message_id (a number) and data (a text)."


async def test_an_unknown_file_is_not_found(http: httpx.AsyncClient) -> None:
    response = await http.get("/client/files/AgAC")
    assert response.status_code == 404
    assert response.json() == {"error": "There is no file with this id."}


async def test_a_page_of_another_site_cannot_write_here(http: httpx.AsyncClient) -> None:
    foreign = await http.post(
        f"{CHAT}/text", json={"text": "x"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert foreign.json()["error"].startswith("This page belongs to another site")
    own = {"Origin": "http://127.0.0.1:8081"}
    assert (await http.post(f"{CHAT}/text", json={"text": "x"}, headers=own)).status_code == 200


async def test_another_hosts_name_for_this_machine_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.get("/client/files/x", headers={"Host": "evil.example"})
    assert response.status_code == 400


async def next_event(stream: AsyncIterator[str]) -> Json:
    line = await anext(stream)
    assert line.startswith("data: ")
    assert line.endswith("\n\n")
    event: Json = json.loads(line.removeprefix("data: "))
    return event


@pytest_asyncio.fixture
async def stream(world: World, ann: Person) -> AsyncIterator[AsyncIterator[str]]:
    stream = event_stream(world, ann)
    yield stream
    world.close()
    assert [event async for event in stream] == []


async def test_a_stream_begins_with_the_chat_as_it_stands(
    world: World, ann: Person, stream: AsyncIterator[str]
) -> None:
    assert await next_event(stream) == {
        "type": "snapshot",
        "bot": world.bot,
        "messages": list(ann.private_chat.messages()),
        "commands": [],
    }


async def test_a_stream_tells_all_that_happens_in_the_chat_in_order(
    api: Api, world: World, ann: Person, stream: AsyncIterator[str]
) -> None:
    await next_event(stream)
    theirs = ann.send_text("7")
    Person(world, user_id=1002).send_text("not Ann's business")
    await api.result("sendChatAction", chat_id=ann.user_id, action="typing")
    sent = await api.result("sendMessage", chat_id=ann.user_id, text="Reading…")
    address = {"chat_id": ann.user_id, "message_id": sent["message_id"]}
    edited = await api.result("editMessageText", **address, text="A 7.")
    await api.result("deleteMessage", **address)
    assert [await next_event(stream) for _ in range(5)] == [
        {"type": "message", "message": theirs},
        {"type": "action", "action": "typing"},
        {"type": "message", "message": sent},
        {"type": "edited", "message": edited},
        {"type": "deleted", "message_id": sent["message_id"]},
    ]


async def test_a_quiet_stream_says_every_15_seconds_that_it_lives(
    stream: AsyncIterator[str], clock: ManualClock, ann: Person
) -> None:
    await next_event(stream)
    for _ in range(2):
        quiet = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        clock.advance(KEEP_ALIVE_SECONDS)
        assert (await quiet).startswith(":")
    ann.send_text("7")
    assert (await next_event(stream))["type"] == "message"


async def test_the_server_stops_though_streams_and_polls_are_open() -> None:
    world = World()
    async with (
        httpx.AsyncClient() as http,
        asyncio.timeout(5),
        asyncio.TaskGroup() as group,
    ):
        async with serve(world) as address:
            poll = group.create_task(
                http.get(f"{address}/bot{world.token}/getUpdates", params={"timeout": 50})
            )
            await world.until(lambda: world.poll.is_waiting)
            stream = group.create_task(http.get(f"{address}{CHAT}/events"))
            while not world.events.are_heard(1001):  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.001)
        assert (await poll).json() == {"ok": True, "result": []}
        assert (await stream).text.startswith('data: {"type": "snapshot"')


async def test_a_page_that_goes_away_is_forgotten() -> None:
    world = World()
    async with serve(world) as address, httpx.AsyncClient(base_url=address) as http:
        async with http.stream("GET", f"{CHAT}/events") as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            async for line in response.aiter_lines():
                assert json.loads(line.removeprefix("data: "))["type"] == "snapshot"
                break
            assert world.events.are_heard(1001)
        async with asyncio.timeout(5):
            while world.events.are_heard(1001):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.001)


async def test_the_page_and_its_files_are_served() -> None:
    async with serve(World()) as address, httpx.AsyncClient(base_url=address) as http:
        page = await http.get("/")
        assert page.headers["content-type"].startswith("text/html")
        style = await http.get("/page/style.css")
        assert style.headers["content-type"].startswith("text/css")
        assert (await http.get("/page/../server.py")).status_code == 404


async def test_a_taken_port_is_an_error_at_once() -> None:
    async with serve(World()) as address:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="ddress already in use"):
            async with serve(World(), port=port):
                pass
