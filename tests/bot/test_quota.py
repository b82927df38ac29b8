"""One person's photos leave room for the others', and who sends too many is told so once."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest
from telegram import Update

from bot import texts
from bot.database import Database
from bot.inbox import Waiting
from bot.lines import _Line
from bot.metrics import Metrics
from bot.parts import assembled
from bot.pictures import photographer
from bot.quota import Arrival, PhotoQuota
from bot.settings import Settings
from fake_telegram import Person, World
from fake_telegram.photos import photo_sizes
from fake_telegram.shapes import Json
from tests.bot.conftest import RunningBot, SlowDigitReader, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import photo
from tests.bot.test_errors import MoodyReader
from tests.bot.test_inbox import message, photo_message

SEVEN = photo_sizes(photo("7"))
LONG_ENOUGH = 40.0


@pytest.fixture
def held(slow: SlowDigitReader) -> Iterator[InProcessReader]:
    """A reader with one thread, which holds the first photo until `slow` may go on."""
    with closing(InProcessReader(slow, num_threads=1)) as reader:
        yield reader


def send(person: Person, num_photos: int) -> list[int]:
    """Sends so many photos; returns their message ids."""
    return [person.send_photo_sizes(SEVEN)["message_id"] for _ in range(num_photos)]


def quoted(answers: list[Json]) -> list[int]:
    return [answer["reply_to_message"]["message_id"] for answer in answers]


def is_read(answer: Json) -> bool:
    return answer["text"].startswith("I read 7 ")


async def answers_to(world: World, person: Person, num_answers: int) -> list[Json]:
    """So many answers, and none besides: a last question has the last answer."""
    await world.until(lambda: len(world.sent(person.user_id)) >= num_answers, LONG_ENOUGH)
    person.send_text("/help")
    await world.until(
        lambda: world.sent(person.user_id)[-1].get("text") == plain(texts.HELP), LONG_ENOUGH
    )
    *answers, _ = world.sent(person.user_id)
    assert len(answers) == num_answers
    return answers


async def test_photos_beyond_those_that_may_wait_are_told_once_and_at_once(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    held: InProcessReader,
    slow: SlowDigitReader,
) -> None:
    too_many = plain(texts.too_many_photos(3, 30))
    async with running_bot(held, photos_waiting=3):
        ids = send(ann, 1)
        await asyncio.to_thread(slow.has_begun.wait, 10)
        ids += send(ann, 19)
        await world.until(lambda: not world.updates.waiting())
        slow.may_go_on.set()
        answers = await answers_to(world, ann, 4)
        assert quoted(answers) == [ids[0], ids[3], ids[1], ids[2]]
        assert [is_read(answer) for answer in answers] == [True, False, True, True]
        assert answers[1]["text"] == too_many
        # All that waited are answered, so there is room again.
        again = send(ann, 1)
        await world.until(lambda: len(world.sent(ann.user_id)) == 6)
    last = world.sent(ann.user_id)[-1]
    assert quoted([last]) == again
    assert is_read(last)


async def test_photos_that_were_left_out_are_not_read_by_the_next_start(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    held: InProcessReader,
    slow: SlowDigitReader,
) -> None:
    ids = send(ann, 6)
    async with running_bot(held, photos_waiting=2, drain_seconds=0):
        await asyncio.to_thread(slow.has_begun.wait, 10)
        await world.until(lambda: not world.updates.waiting())
        await asyncio.sleep(1)
    slow.may_go_on.set()
    async with running_bot(held, photos_waiting=9):
        answers = await answers_to(world, ann, 3)
    assert quoted(answers) == ids[:3]


async def test_an_admin_may_send_any_number(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    limits = {"photos_waiting": 1, "photos_per_minute": 1}
    async with running_bot(reader, admin_ids=frozenset({ann.user_id}), **limits):
        ids = send(ann, 4)
        answers = await answers_to(world, ann, 4)
    assert quoted(answers) == ids
    assert all(map(is_read, answers))


async def test_photos_beyond_a_minutes_wait_and_nobody_else_does(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.quota.MINUTE", 8.0)
    bob = Person(world, 1002, "Bob")
    async with running_bot(reader, photos_per_minute=2):
        ids = send(ann, 3)
        await world.until(lambda: len(world.sent(ann.user_id)) == 2)
        send(bob, 1)
        assert is_read(await world.next_message(bob.user_id))
        answers = await answers_to(world, ann, 3)
    assert quoted(answers) == ids
    assert all(map(is_read, answers))
    first, second, bobs, third, _ = [call.time for call in world.calls_of("sendMessage")]
    assert third - first > 5
    assert bobs - second < third - second


async def test_who_sends_too_many_hears_so_while_the_first_ones_wait_for_the_next_minute(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, photos_per_minute=1, photos_waiting=2, drain_seconds=0):
        send(ann, 1)
        await answers_to(world, ann, 1)
        await asyncio.sleep(1)  # the chat's line has ended; the next photo begins one
        ids = send(ann, 8)
        await world.until(lambda: len(world.sent(ann.user_id)) == 3)
    told = world.sent(ann.user_id)[-1]
    assert quoted([told]) == [ids[2]]
    assert told["text"] == plain(texts.too_many_photos(2, 1))


async def test_of_an_album_the_photos_that_are_too_many_are_told_so_once(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(reader, photos_waiting=2, photos_per_minute=30):
        ids = [sent["message_id"] for sent in ann.send_album([photo(digit) for digit in "1234"])]
        read, told = await answers_to(world, ann, 2)
        assert quoted([read, told]) == [ids[0], ids[2]]
        assert told["text"] == plain(texts.too_many_photos(2, 30))
        assert "Photo 2: I read 2" in read["text"]
        assert "Photo 3" not in read["text"]
        # All photos of the album that waited are answered, so there is room again.
        ann.send_album([photo("5"), photo("6")])
        *_, read = await answers_to(world, ann, 4)
    assert "Photo 2: I read 6" in read["text"]


async def test_photos_put_in_place_of_others_by_edits_count(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    held: InProcessReader,
    slow: SlowDigitReader,
) -> None:
    async with running_bot(held, photos_waiting=2):
        (message_id,) = send(ann, 1)
        for digit in "123":
            ann.edit_photo(message_id, photo(digit))
        await world.until(lambda: not world.updates.waiting())
        slow.may_go_on.set()
        answers = await answers_to(world, ann, 3)
    told = plain(texts.too_many_photos(2, 30))
    assert sorted(answer["text"] == told for answer in answers) == [False, False, True]


async def test_a_photo_that_is_tried_again_counts_once(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    moody = MoodyReader(reader, num_failures=2)
    async with running_bot(moody, photos_per_minute=2, photos_waiting=2):
        ids = send(ann, 2)
        answers = await answers_to(world, ann, 2)
    assert quoted(answers) == ids
    assert all(map(is_read, answers))


async def test_a_photo_that_the_next_start_takes_up_counts_once(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    held: InProcessReader,
    slow: SlowDigitReader,
) -> None:
    limits = {"photos_per_minute": 2, "photos_waiting": 2}
    ids = send(ann, 2)
    async with running_bot(held, drain_seconds=0, **limits):
        await asyncio.to_thread(slow.has_begun.wait, 10)
        await world.until(lambda: not world.updates.waiting())
    slow.may_go_on.set()
    async with running_bot(held, **limits):
        answers = await answers_to(world, ann, 2)
    assert quoted(answers) == ids
    assert all(map(is_read, answers))


async def test_a_photo_answered_with_its_album_before_it_stood_in_line_leaves_the_quota(
    world: World, reader: InProcessReader, database: Database
) -> None:
    settings = Settings(telegram_bot_token=world.token)
    parts = assembled(settings, reader, database, metrics=Metrics(), transport=None)
    inbox, lines, line = parts.inbox, parts.lines, _Line(after=5, newest=6)
    await inbox.accept([photo_message(5), message(6), photo_message(7)])
    await inbox.finish([5, 7])  # together, while what came between them waited for room
    lines._lines[1001] = line
    await lines.submit(Waiting(7, 1001, photographer=1001))
    assert lines._quota._people
    assert await lines._next(1001, line) == 6
    await inbox.finish([6])
    assert await lines._next(1001, line) is None
    assert not lines._quota._people


async def test_photos_in_a_group_that_are_not_meant_for_the_bot_do_not_count(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    world.bot["can_read_all_group_messages"] = True
    group = world.group()
    for caption in ("", "", f"@{world.bot['username']}"):
        ann.send_photo_sizes(SEVEN, caption=caption, chat=group)
    async with running_bot(reader, photos_waiting=1):
        assert is_read(await world.next_message(group.chat_id))


async def test_a_person_is_told_once_in_each_chat_and_forgotten_after_a_quiet_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.quota.MINUTE", 0.2)
    quota = PhotoQuota(per_minute=1, max_waiting=1, exempt=frozenset({7}))
    assert quota.arrived(1, 1001, 1001) is Arrival.LET_IN
    assert quota.arrived(1, 1001, 1001) is Arrival.LET_IN  # brought again, and counted once
    assert quota.arrived(2, 1001, 1001) is Arrival.TURNED_AWAY
    assert quota.arrived(3, 1001, 1001) is Arrival.LEFT_OUT
    assert quota.arrived(4, 1001, -5) is Arrival.TURNED_AWAY
    assert quota.arrived(5, 1002, -5) is Arrival.LET_IN
    assert quota.arrived(6, None, 1001) is Arrival.LET_IN
    for update_id in (1, 5):
        quota.begin(update_id)
        quota.end(update_id)
    assert quota.arrived(7, 1001, 1001) is Arrival.LET_IN
    assert quota.seconds_to_wait(7) > 0
    quota.end(7)
    await asyncio.sleep(0.5)
    assert not quota._people
    assert not quota._photographers


def test_whoever_writes_in_the_name_of_a_chat_is_counted_as_that_chat() -> None:
    stand_in = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    picture = {"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": stand_in}

    def asks(**more: object) -> int | None:
        said = message | {"photo": [picture]} | more
        update = Update.de_json({"update_id": 1, "message": said}, None)
        return photographer(update)

    group = {"id": -1001000000001, "type": "supergroup", "title": "Digits"}
    assert asks(sender_chat=group) == group["id"]
    assert asks() == stand_in["id"]
