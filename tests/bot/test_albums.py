"""The photos of an album are read together and answered once, each in its order."""

import pytest

from bot import texts
from bot.storage import Storage
from bot.texts import readings
from fake_telegram import Hang, Person, Refuse, World
from fake_telegram.refusals import bad_request
from fake_telegram.shapes import Json
from mnist_model import DamagedPhoto
from tests.bot.conftest import RunningBot, plain
from tests.bot.in_process import InProcessReader
from tests.bot.pictures import blank, photo
from tests.bot.test_delivery import helped
from tests.bot.test_long_readings import ROW, PageReader


def lines(answer: Json) -> list[str]:
    """What an album's answer says of each photo, up to how sure it is."""
    return [line.partition(" (")[0] for line in answer["text"].splitlines()]


def quoted(answer: Json) -> int:
    message_id: int = answer["reply_to_message"]["message_id"]
    return message_id


async def all_answers(world: World, person: Person) -> list[Json]:
    """The bot's messages to a person, once it has answered all that they sent."""
    person.send_text("/help")
    await world.until(lambda: bool(helped(world, person)), 30)
    *answers, _ = world.sent(person.user_id)
    return answers


@pytest.mark.usefixtures("bot")
async def test_an_album_is_answered_once_with_each_photo_in_its_order(
    world: World, ann: Person
) -> None:
    sent = ann.send_album([photo("1"), photo("2024"), photo("12", "37"), photo("7")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        "Photo 1: I read 1",
        "Photo 2: 2024",
        "I read 4 digits",
        "Photo 3:",
        "12",
        "37",
        "I read 4 digits",
        "Photo 4: I read 7",
    ]
    assert quoted(answer) == sent[0]["message_id"]


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_cannot_be_read_does_not_spoil_the_others(
    world: World, ann: Person
) -> None:
    damaged = photo("7")[:2000]
    ann.send_album(
        [damaged, photo("1"), blank(255), damaged, photo("2"), blank(200)], as_files=True
    )
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        f"Photo 1: {texts.PICTURE_FAULTS[DamagedPhoto]}",
        "Photo 2: I read 1",
        f"Photo 3: {plain(readings.NO_DIGIT)}",
        "Photo 4: I can't read this one, either: see photo 1.",
        "Photo 5: I read 2",
        "Photo 6: I see no digit here, either: see photo 3.",
    ]


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_telegram_does_not_give_does_not_spoil_the_others(
    world: World, ann: Person
) -> None:
    world.faults.add("getFile", Refuse(bad_request("wrong file_id")), skip=1)
    ann.send_album([photo("1"), photo("2"), photo("3")])
    (answer,) = await all_answers(world, ann)
    assert lines(answer)[::2] == ["Photo 1: I read 1", "Photo 3: I read 3"]
    assert "Photo 2: Telegram could not give me this file." in answer["text"]


@pytest.mark.usefixtures("bot")
async def test_an_album_that_comes_in_parts_is_waited_for(world: World, ann: Person) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    for digit in "34":
        await world.until(lambda: not world.updates.waiting())
        ann.send_album([photo(digit)], album_id=first[0]["media_group_id"])
    (answer,) = await all_answers(world, ann)
    assert lines(answer) == [f"Photo {digit}: I read {digit}" for digit in "1234"]


async def test_the_rest_of_an_album_that_telegram_still_has_is_waited_for(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.polling.BATCH", 2)
    async with running_bot(reader):
        await world.until(lambda: world.poll.is_waiting)
        world.faults.add("getUpdates", Hang(3))  # the next one
        ann.send_album([photo(digit) for digit in "12372"])
        (answer,) = await all_answers(world, ann)
    assert lines(answer) == [
        f"Photo {place}: I read {digit}" for place, digit in enumerate("12372", 1)
    ]


async def test_the_rest_is_not_waited_for_where_there_is_no_room_for_it(
    world: World,
    ann: Person,
    running_bot: RunningBot,
    reader: InProcessReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.polling.BATCH", 3)
    monkeypatch.setattr("bot.lines.MAX_LINES", 1)
    first = ann.send_album([photo("1"), photo("2")])
    Person(world, 1002, "Bob").send_text("/help")  # which has to wait for room
    ann.send_album([photo("3")], album_id=first[0]["media_group_id"])
    async with running_bot(reader):
        together, alone = await all_answers(world, ann)
    assert lines(together) == ["Photo 1: I read 1", "Photo 2: I read 2"]
    assert alone["text"].startswith("I read 3 (")


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_comes_after_its_album_was_answered_has_its_own_answer(
    world: World, ann: Person
) -> None:
    first = ann.send_album([photo("1"), photo("2")])
    await world.next_message(ann.user_id)
    late = ann.send_album([photo("3")], album_id=first[0]["media_group_id"])
    _, answer = await all_answers(world, ann)
    assert answer["text"].startswith("I read 3 (")
    assert quoted(answer) == late[0]["message_id"]


@pytest.mark.usefixtures("bot")
async def test_albums_and_what_comes_between_them_are_answered_in_order(
    world: World, ann: Person
) -> None:
    bob = Person(world, 1002, "Bob")
    ann.send_album([photo("1"), photo("2")])
    bob.send_album([photo("3"), photo("4")])
    ann.send_text("/privacy")
    ann.send_album([photo("5"), photo("6")])
    answers = await all_answers(world, ann)
    assert [answer["text"][:17] for answer in answers] == [
        "Photo 1: I read 1",
        plain(texts.PRIVACY)[:17],
        "Photo 1: I read 5",
    ]
    (answer,) = await all_answers(world, bob)
    assert lines(answer) == ["Photo 1: I read 3", "Photo 2: I read 4"]


async def test_an_album_that_fits_into_no_message_comes_as_a_text_file(
    world: World, ann: Person, running_bot: RunningBot, reader: InProcessReader
) -> None:
    async with running_bot(PageReader(reader.card, num_rows=60)):
        sent = ann.send_album([photo("1")] * 4)
        (answer,) = await all_answers(world, ann)
    assert answer["caption"].startswith("4,800 digits on 4 photos")
    assert quoted(answer) == sent[0]["message_id"]
    file = world.files.by_id(answer["document"]["file_id"])
    assert file is not None
    told = file.content.decode().splitlines()
    assert told[:3] == ["Photo 1:", ROW, ROW]
    assert [line for line in told if line.startswith("Photo")] == [
        f"Photo {place}:" for place in range(1, 5)
    ]


@pytest.mark.usefixtures("bot")
async def test_each_photo_of_an_album_is_counted(
    world: World, ann: Person, storage: Storage
) -> None:
    ann.send_album([photo("2024"), photo("7")])
    await all_answers(world, ann)
    stats = await storage.reading_stats()
    assert (stats.num_photos, stats.num_digits) == (2, 5)
