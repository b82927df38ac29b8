import asyncio
import json

import httpx
import pytest

from fake_telegram import ManualClock, Person, World
from tests.fake_telegram.calls import Api


async def started(world: World, api: Api, **parameters: int) -> asyncio.Task[httpx.Response]:
    """A getUpdates that has reached its wait."""
    poll = asyncio.create_task(api.post("getUpdates", **parameters))
    calls = len(world.calls)
    await world.until(lambda: len(world.calls) > calls and world.poll.is_waiting)
    return poll


async def test_updates_come_in_order_with_rising_ids(api: Api, ann: Person) -> None:
    texts = ["one", "two", "three"]
    for text in texts:
        ann.send_text(text)
    updates = await api.result("getUpdates")
    assert [update["message"]["text"] for update in updates] == texts
    first = updates[0]["update_id"]
    assert [update["update_id"] for update in updates] == [first, first + 1, first + 2]


async def test_updates_stay_until_an_offset_confirms_them(api: Api, ann: Person) -> None:
    for text in ("one", "two"):
        ann.send_text(text)
    updates = await api.result("getUpdates")
    assert await api.result("getUpdates") == updates
    assert await api.result("getUpdates", offset=updates[1]["update_id"]) == updates[1:]
    assert await api.result("getUpdates") == updates[1:]
    assert await api.result("getUpdates", offset=updates[1]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_only_the_last(api: Api, ann: Person) -> None:
    for text in ("one", "two", "three"):
        ann.send_text(text)
    (last,) = await api.result("getUpdates", offset=-1)
    assert last["message"]["text"] == "three"
    assert await api.result("getUpdates") == [last]


async def test_a_negative_offset_past_the_beginning_keeps_all(api: Api, ann: Person) -> None:
    ann.send_text("one")
    assert len(await api.result("getUpdates", offset=-5)) == 1


@pytest.mark.parametrize(("limit", "num_updates"), [(1, 1), (0, 1), (2, 2), (1000, 100)])
async def test_a_limit_lies_between_1_and_100(
    api: Api, ann: Person, limit: int, num_updates: int
) -> None:
    for _ in range(101):
        ann.send_text("again")
    assert len(await api.result("getUpdates", limit=limit)) == num_updates


async def test_a_long_poll_waits_until_something_happens(
    api: Api, world: World, ann: Person
) -> None:
    poll = await started(world, api, timeout=30)
    ann.send_text("now")
    (update,) = (await poll).json()["result"]
    assert update["message"]["text"] == "now"


async def test_a_long_poll_ends_empty_when_its_time_is_up_at_50_seconds_at_most(
    api: Api, world: World, clock: ManualClock
) -> None:
    poll = await started(world, api, timeout=1000)
    clock.advance(49)
    await asyncio.sleep(0.01)
    assert not poll.done()
    clock.advance(1)
    assert (await poll).json()["result"] == []


async def test_a_second_poller_ends_the_first_one(
    api: Api, world: World, clock: ManualClock
) -> None:
    first = await started(world, api, timeout=30)
    second = await started(world, api, timeout=30)
    refused = await first
    assert refused.status_code == 409
    assert refused.json()["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    clock.advance(30)
    assert (await second).json()["ok"]


async def test_a_poller_that_need_not_wait_disturbs_nobody(
    api: Api, world: World, clock: ManualClock
) -> None:
    first = await started(world, api, timeout=30)
    assert await api.result("getUpdates", timeout=0) == []
    clock.advance(30)
    assert (await first).json()["ok"]


async def test_a_webhook_ends_the_long_poll_and_forbids_the_next(api: Api, world: World) -> None:
    poll = await started(world, api, timeout=30)
    await api.result("setWebhook", url="https://bot.example/hook")
    refused = (await poll).json()
    assert (refused["error_code"], refused["description"]) == (
        409,
        "Conflict: terminated by setWebhook request",
    )
    assert await api.refusal("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await api.result("deleteWebhook")
    assert await api.result("getUpdates") == []


async def test_only_allowed_updates_are_queued_and_the_wish_is_remembered(
    api: Api, ann: Person
) -> None:
    await api.result("getUpdates", allowed_updates=json.dumps(["edited_message"]))
    message = ann.send_text("one")
    ann.edit_text(message["message_id"], "two")
    (update,) = await api.result("getUpdates")
    assert update["edited_message"]["text"] == "two"
    await api.result("getUpdates", allowed_updates="[]")
    ann.send_text("three")
    assert len(await api.result("getUpdates")) == 2


async def test_an_update_lives_24_hours(api: Api, ann: Person, clock: ManualClock) -> None:
    ann.send_text("one")
    clock.advance(24 * 3600 - 1)
    assert len(await api.result("getUpdates")) == 1
    clock.advance(1)
    assert await api.result("getUpdates") == []


async def test_what_a_person_sends_arrives_as_its_kind_of_message(
    api: Api, ann: Person, picture: bytes
) -> None:
    ann.send_photo(picture, caption="my 7")
    ann.send_document(b"7", file_name="7.txt", mime_type="text/plain")
    ann.send_sticker()
    ann.send_voice()
    album = ann.send_album([picture, picture], caption="both")
    messages = [update["message"] for update in await api.result("getUpdates")]
    kinds = ("photo", "document", "sticker", "voice", "photo", "photo")
    assert all(kind in message for kind, message in zip(kinds, messages, strict=True))
    assert messages[4:] == album
    assert len({message["media_group_id"] for message in album}) == 1


async def test_a_photo_changed_afterwards_is_an_edited_message(
    api: Api, ann: Person, picture: bytes
) -> None:
    message = ann.send_photo(picture)
    edited = ann.edit_photo(message["message_id"], picture)
    updates = await api.result("getUpdates")
    assert updates[1]["edited_message"] == edited
    assert edited["photo"] != message["photo"]


async def test_a_caption_changed_afterwards_leaves_the_photo_as_it_was(
    api: Api, ann: Person, picture: bytes
) -> None:
    message = ann.send_photo(picture, caption="my 7")
    ann.edit_caption(message["message_id"], "@digit_reader_bot, my 1")
    edited = (await api.result("getUpdates"))[1]["edited_message"]
    assert edited["caption"] == "@digit_reader_bot, my 1"
    assert [entity["type"] for entity in edited["caption_entities"]] == ["mention"]
    assert edited["photo"] == message["photo"]


async def test_a_person_edits_only_what_they_sent(ann: Person) -> None:
    with pytest.raises(ValueError, match="Message 99 is none that Ann sent"):
        ann.edit_text(99, "mine?")


async def test_an_album_has_two_to_ten_pictures(ann: Person, picture: bytes) -> None:
    with pytest.raises(ValueError, match="2 to 10 pictures, not 1"):
        ann.send_album([picture])


async def test_the_rest_of_an_album_may_come_later(api: Api, ann: Person, picture: bytes) -> None:
    first = ann.send_album([picture, picture])
    ann.send_text("Wait for it")
    rest = ann.send_album([picture], album_id=first[0]["media_group_id"])
    messages = [update["message"] for update in await api.result("getUpdates")]
    assert [message.get("media_group_id") for message in messages] == [
        first[0]["media_group_id"],
        first[0]["media_group_id"],
        None,
        first[0]["media_group_id"],
    ]
    assert messages[3] == rest[0]


async def test_an_album_may_be_one_of_files(api: Api, ann: Person, picture: bytes) -> None:
    ann.send_album([picture, b"half a picture"], as_files=True)
    messages = [update["message"] for update in await api.result("getUpdates")]
    assert [message["document"]["mime_type"] for message in messages] == ["image/jpeg"] * 2
    assert len({message["media_group_id"] for message in messages}) == 1
