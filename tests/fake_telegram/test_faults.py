"""Faults as a bot meets them: over a real connection, where it can be dropped."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from fake_telegram import Fault, ManualClock, Person, World, serve
from fake_telegram.faults import FILE_DOWNLOAD, BadGateway, Drop, Hang, Refuse, Slow
from tests.fake_telegram.calls import Api


@pytest_asyncio.fixture
async def api(world: World) -> AsyncIterator[Api]:
    async with serve(world) as address, httpx.AsyncClient(base_url=address) as http:
        yield Api(world, http)


async def test_a_flood_is_refused_with_the_seconds_to_wait(
    api: Api, world: World, ann: Person
) -> None:
    world.faults.add("sendMessage", Refuse.flood(7))
    response = await api.post("sendMessage", chat_id=ann.user_id, text="hi")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"
    assert response.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert world.sent(ann.user_id) == []
    assert await api.result("sendMessage", chat_id=ann.user_id, text="hi")


async def test_a_fault_strikes_as_often_as_planned_and_only_its_method(
    api: Api, world: World, ann: Person
) -> None:
    world.faults.add("sendMessage", Refuse.server_error(), times=2, skip=1)
    assert await api.result("getMe")
    codes = [
        (await api.post("sendMessage", chat_id=ann.user_id, text="hi")).status_code
        for _ in range(4)
    ]
    assert codes == [200, 500, 500, 200]


async def test_only_a_download_can_be_slow(world: World) -> None:
    with pytest.raises(ValueError, match="Slow can't happen to sendMessage"):
        world.faults.add("sendMessage", Slow(seconds=1))


async def test_planned_faults_can_be_called_off(api: Api, world: World) -> None:
    world.faults.add("getMe", BadGateway(), times=100)
    world.faults.clear()
    assert await api.result("getMe")


async def test_a_bad_gateway_answers_with_a_page_of_html(api: Api, world: World) -> None:
    world.faults.add("getMe", BadGateway())
    response = await api.post("getMe")
    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")


async def test_a_hanging_call_is_carried_out_first_and_answered_late(
    api: Api, world: World, ann: Person, clock: ManualClock
) -> None:
    world.faults.add("sendMessage", Hang(seconds=8))
    call = asyncio.create_task(api.post("sendMessage", chat_id=ann.user_id, text="hi"))
    assert (await world.next_message(ann.user_id))["text"] == "hi"
    clock.advance(7)
    await asyncio.sleep(0.02)
    assert not call.done()
    clock.advance(1)
    assert (await call).json()["ok"]


@pytest.mark.parametrize(("after_commit", "num_messages"), [(False, 0), (True, 1)])
async def test_a_dropped_call_breaks_off_before_or_after_it_is_carried_out(
    api: Api, world: World, ann: Person, after_commit: bool, num_messages: int
) -> None:
    world.faults.add("sendMessage", Drop(after_commit=after_commit))
    with pytest.raises(httpx.RemoteProtocolError):
        await api.post("sendMessage", chat_id=ann.user_id, text="hi")
    assert len(world.sent(ann.user_id)) == num_messages
    assert await api.result("getMe")


async def file_url(api: Api, ann: Person, content: bytes) -> str:
    file_id = ann.send_document(content)["document"]["file_id"]
    file = await api.result("getFile", file_id=file_id)
    return f"/file{api.root}/{file['file_path']}"


async def test_a_slow_file_stops_half_way_for_a_while(
    api: Api, world: World, ann: Person, clock: ManualClock
) -> None:
    url = await file_url(api, ann, b"0123456789")
    world.faults.add(FILE_DOWNLOAD, Slow(seconds=20))
    parts = []
    async with api.http.stream("GET", url) as response:
        async for part in response.aiter_bytes():
            parts.append(part)
            clock.advance(20)
    assert parts == [b"01234", b"56789"]


@pytest.mark.parametrize("fault", [Refuse.server_error(502, "Bad Gateway"), BadGateway()])
async def test_a_download_can_fail_like_a_method(
    api: Api, world: World, ann: Person, fault: Fault
) -> None:
    url = await file_url(api, ann, b"7")
    world.faults.add(FILE_DOWNLOAD, fault)
    assert (await api.http.get(url)).status_code == 502
    assert (await api.http.get(url)).content == b"7"


async def test_a_download_can_break_off_and_no_log_complains(
    api: Api, world: World, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    url = await file_url(api, ann, b"7")
    world.faults.add(FILE_DOWNLOAD, Drop(after_commit=True))
    with pytest.raises(httpx.RemoteProtocolError):
        await api.http.get(url)
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


async def test_telegram_can_be_gone_for_a_while_and_come_back_with_all_it_knew(
    ann: Person, world: World
) -> None:
    async with serve(world) as address:
        port = int(address.rsplit(":", 1)[1])
    ann.send_text("sent while the bot can't connect")
    async with httpx.AsyncClient(base_url=address) as http:
        with pytest.raises(httpx.ConnectError):
            await Api(world, http).post("getUpdates")
        async with serve(world, port):
            poll = await Api(world, http).result("getUpdates", timeout=30)
    assert [update["message"]["text"] for update in poll] == ["sent while the bot can't connect"]
