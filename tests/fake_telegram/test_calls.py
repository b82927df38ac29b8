"""How a call reaches its method: token, method, parameters in all their forms."""

import asyncio
import json

import httpx
import pytest

from fake_telegram import ManualClock, Person, World, create_app, serve
from tests.fake_telegram.calls import ADDRESS, Api


async def test_get_me_has_all_that_a_bots_user_has(api: Api, world: World) -> None:
    me = await api.result("getMe")
    assert me["id"] == int(world.token.split(":")[0])
    assert me["is_bot"]
    assert {"can_join_groups", "can_read_all_group_messages", "supports_inline_queries"} <= set(me)


@pytest.mark.parametrize("path", ["/bot1:wrong/getMe", "/file/bot1:wrong/photos/file_0.jpg"])
async def test_a_wrong_token_is_unauthorized(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert response.status_code == 401
    assert response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_not_found(api: Api) -> None:
    assert await api.refusal("sendTelepathy") == "404 Not Found: method not found"


async def test_parameters_may_come_in_the_query_in_a_form_or_in_json(
    api: Api, ann: Person
) -> None:
    url = f"{api.root}/sendMessage"
    fields = {"chat_id": str(ann.user_id), "text": "hi"}
    number = {"chat_id": ann.user_id, "text": "hi", "parse_mode": None}
    answers = [
        await api.http.get(url, params=fields),
        await api.http.post(url, params=fields),
        await api.http.post(url, data=fields),
        await api.http.post(url, files={name: (None, value) for name, value in fields.items()}),
        await api.http.post(url, json=number),
        await api.http.post(url, params={"text": "the body wins"}, data=fields),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["hi"] * 6


async def test_objects_in_json_need_not_be_packed_into_text(api: Api, ann: Person) -> None:
    button = {"text": "Yes", "callback_data": "yes"}
    body = {
        "chat_id": ann.user_id,
        "text": "Right?",
        "reply_markup": {"inline_keyboard": [[button]]},
    }
    answer = await api.http.post(f"{api.root}/sendMessage", json=body)
    assert answer.json()["result"]["reply_markup"]["inline_keyboard"] == [[button]]


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("application/json", b"{", "can't parse JSON object"),
        ("application/json", b"[]", "expected an Object"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: nonsense\r\n\r\n",
            'can\'t parse the form: The Content-Disposition header field "name" must be provided.',
        ),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    api: Api, content_type: str, body: bytes, reason: str
) -> None:
    response = await api.http.post(
        f"{api.root}/sendMessage", content=body, headers={"Content-Type": content_type}
    )
    assert response.status_code == 400
    assert response.json()["description"] == f"Bad Request: {reason}"


async def test_an_unknown_parameter_is_refused_in_a_strict_world_and_ignored_otherwise(
    api: Api, clock: ManualClock
) -> None:
    assert await api.refusal("getFile", fileid="x") == (
        "400 Bad Request: getFile has no parameter 'fileid'; it has: file_id"
    )
    lenient = World(clock=clock)
    transport = httpx.ASGITransport(create_app(lenient))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        assert await Api(lenient, http).result("getMe", nonsense="x")


async def test_the_world_remembers_each_call(api: Api, world: World, ann: Person) -> None:
    await api.result("sendMessage", chat_id=ann.user_id, text="hi")
    await api.refusal("sendMessage", chat_id=ann.user_id)
    assert [call.parameters.get("text") for call in world.calls_of("sendMessage")] == ["hi", None]


async def test_waiting_for_what_never_comes_ends_with_a_sentence_on_what_the_bot_did(
    api: Api, world: World, ann: Person
) -> None:
    ann.send_text("anyone there?")
    await api.result("getMe")
    with pytest.raises(TimeoutError, match=r"made 1 calls; the last: getMe\. 1 updates wait"):
        await world.next_message(ann.user_id, timeout_seconds=0.01)


async def test_next_message_returns_the_bots_messages_one_by_one(
    api: Api, world: World, ann: Person
) -> None:
    for text in ("one", "two"):
        await api.result("sendMessage", chat_id=ann.user_id, text=text)
    ann.send_text("mine")
    texts = [(await world.next_message(ann.user_id))["text"] for _ in range(2)]
    assert texts == ["one", "two"]


async def test_answers_are_json_that_says_so(api: Api) -> None:
    response = await api.post("getMe")
    assert response.headers["content-type"] == "application/json"
    assert json.loads(response.content)["ok"] is True


async def test_a_call_that_its_caller_gives_up_is_no_fault_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(strict=True)
    async with serve(world) as address:
        _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(address).port)
        head = (
            f"POST /bot{world.token}/sendChatAction HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
        )
        writer.write(head.encode() + b"chat_id=")
        await writer.drain()
        await asyncio.sleep(0.2)  # until the server is reading it
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.2)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{address}/bot{world.token}/getMe")).status_code == 200
    assert not caplog.records
