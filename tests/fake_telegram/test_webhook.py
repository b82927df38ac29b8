import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_telegram import ManualClock, Person, World
from fake_telegram.webhook import SECRET_HEADER, WebhookDelivery, delay_after
from tests.fake_telegram.calls import Api

URL = "https://bot.example/hook"


class Receiver:
    """A bot's webhook that answers as told, and remembers what it was sent and when."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.answers: list[Response] = []  # for the next requests; 200 once they are used up
        self.texts: list[str] = []
        self.times: list[float] = []
        self.secrets: list[str | None] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def receive(self, request: Request) -> Response:
        update = await request.json()
        self.texts.append(update.get("message", {}).get("text", ""))
        self.times.append(self._world.clock.time())
        self.secrets.append(request.headers.get(SECRET_HEADER))
        self._world.events.stir()
        await self.gate.wait()
        return self.answers.pop(0) if self.answers else Response()


@pytest_asyncio.fixture
async def receiver(world: World) -> AsyncIterator[Receiver]:
    receiver = Receiver(world)
    app = Starlette(routes=[Route("/hook", receiver.receive, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        delivery = asyncio.create_task(WebhookDelivery(world, http).run())
        yield receiver
        delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)


async def settled() -> None:
    """Lets every task run until it waits for the clock or for the receiver."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_an_update_is_delivered_with_the_secret_token_and_then_forgotten(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    await api.result("setWebhook", url=URL, secret_token="s3cret_-")  # noqa: S106 - opens nothing
    ann.send_text("7")
    await world.until(lambda: not world.updates.waiting())
    assert receiver.texts == ["7"]
    assert receiver.secrets == ["s3cret_-"]


async def test_without_a_secret_token_no_such_header_is_sent(
    api: Api, ann: Person, receiver: Receiver
) -> None:
    ann.send_text("waited for the webhook")
    await api.result("setWebhook", url=URL)
    await settled()
    assert receiver.texts == ["waited for the webhook"]
    assert receiver.secrets == [None]


async def test_a_failed_delivery_is_tried_again_at_once_then_after_2_4_and_8_seconds(
    api: Api, ann: Person, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(5)]
    await api.result("setWebhook", url=URL)
    start = clock.time()
    ann.send_text("7")
    for _ in range(20):
        await settled()
        clock.advance(1)
    assert [time - start for time in receiver.times] == [0, 0, 2, 6, 14]
    assert receiver.texts == ["7"] * 5


async def test_the_delays_double_up_to_a_minute_or_two() -> None:
    assert [delay_after(failures) for failures in range(5)] == [0, 2, 4, 8, 16]
    assert 60 <= delay_after(9) <= 120


async def test_retry_after_is_honoured(
    api: Api, ann: Person, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=503, headers={"Retry-After": "30"})]
    await api.result("setWebhook", url=URL)
    start = clock.time()
    ann.send_text("7")
    await settled()
    clock.advance(29)
    await settled()
    assert len(receiver.times) == 1
    clock.advance(1)
    await settled()
    assert [time - start for time in receiver.times] == [0, 30]


async def test_a_chat_has_one_update_in_flight_and_others_go_on_beside_it(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    bob = Person(world, user_id=1002)
    await api.result("setWebhook", url=URL)
    receiver.gate.clear()
    ann.send_text("Ann's first")
    ann.send_text("Ann's second")
    bob.send_text("Bob's first")
    await settled()
    assert sorted(receiver.texts) == ["Ann's first", "Bob's first"]
    receiver.gate.set()
    await settled()
    assert receiver.texts[2:] == ["Ann's second"]


async def test_no_more_connections_are_open_than_allowed(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    bob = Person(world, user_id=1002)
    await api.result("setWebhook", url=URL, max_connections=1)
    receiver.gate.clear()
    ann.send_text("Ann's")
    bob.send_text("Bob's")
    await settled()
    assert receiver.texts == ["Ann's"]
    receiver.gate.set()
    await settled()
    assert receiver.texts == ["Ann's", "Bob's"]


async def test_an_update_that_would_expire_before_the_next_try_is_dropped(
    api: Api, ann: Person, world: World, receiver: Receiver
) -> None:
    message_id = (await api.result("sendMessage", chat_id=ann.user_id, text="?"))["message_id"]
    receiver.answers = [Response(status_code=503, headers={"Retry-After": "151"})]
    await api.result("setWebhook", url=URL)
    ann.press(message_id, "yes")
    await settled()
    assert world.updates.waiting() == ()
    assert len(receiver.times) == 1


async def test_the_webhooks_last_error_and_backlog_are_told(
    api: Api, ann: Person, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=500) for _ in range(9)]
    await api.result("setWebhook", url=URL, allowed_updates='["message"]')
    ann.send_text("7")
    await settled()
    assert await api.result("getWebhookInfo") == {
        "url": URL,
        "has_custom_certificate": False,
        "max_connections": 40,
        "pending_update_count": 1,
        "last_error_date": int(clock.time()),
        "last_error_message": "Wrong response from the webhook: 500 Internal Server Error",
        "allowed_updates": ["message"],
    }


async def test_a_webhook_that_cannot_be_reached_is_an_error_too(
    api: Api, world: World, ann: Person
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        delivery = asyncio.create_task(WebhookDelivery(world, http).run())
        await api.result("setWebhook", url=URL)
        ann.send_text("7")
        await world.until(lambda: world.webhook_error is not None)
        delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)
    assert world.webhook_error is not None
    assert world.webhook_error.message == "Connection refused"


async def test_after_the_webhook_is_deleted_a_failing_update_goes_to_the_poller(
    api: Api, ann: Person, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.answers = [Response(status_code=500), Response(status_code=500)]
    await api.result("setWebhook", url=URL)
    ann.send_text("7")
    await settled()
    assert await api.result("deleteWebhook")
    clock.advance(60)
    await settled()
    (update,) = await api.result("getUpdates")
    assert update["message"]["text"] == "7"
    assert len(receiver.times) == 2


async def test_pending_updates_are_dropped_on_wish(api: Api, ann: Person) -> None:
    for method, parameters in (("setWebhook", {"url": URL}), ("deleteWebhook", {})):
        ann.send_text("old")
        await api.result(method, **parameters, drop_pending_updates="true")
        assert (await api.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_setting_and_deleting_say_what_they_did(api: Api) -> None:
    said = [
        (await api.post(method, **parameters)).json()["description"]
        for method, parameters in (
            ("setWebhook", {"url": URL}),
            ("setWebhook", {"url": URL}),
            ("deleteWebhook", {}),
            ("setWebhook", {"url": ""}),
        )
    ]
    assert said == [
        "Webhook was set",
        "Webhook is already set",
        "Webhook was deleted",
        "Webhook is already deleted",
    ]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        (
            {"url": "http://bot.example/hook"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        ({"url": "https://[bot.example/hook"}, "invalid webhook URL specified"),
        (
            {"url": URL, "secret_token": "not allowed"},
            "secret token contains unallowed characters",
        ),
        ({"url": URL, "allowed_updates": "["}, "can't parse allowed_updates JSON object"),
    ],
)
async def test_a_webhook_that_telegram_would_not_call_is_refused(
    api: Api, parameters: dict[str, str], reason: str
) -> None:
    assert await api.refusal("setWebhook", **parameters) == f"400 Bad Request: {reason}"
