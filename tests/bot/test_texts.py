"""What the sentences say about numbers, and that none is missing."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import CallbackQueryLimit, MessageLimit

from bot import texts
from bot.inference import ReadingTooSlow
from bot.pictures import DownloadError
from bot.texts import readings
from mnist_model import Box, Digit, PhotoError, Reading
from tests.bot.conftest import plain


def digit(most: int, confidence: float, second: int, row: int = 0) -> Digit:
    """A digit whose runner-up has all the rest of the probability."""
    probabilities = [0.0] * 10
    probabilities[second] = 1 - confidence
    probabilities[most] = confidence
    return Digit(tuple(probabilities), Box(0, 0, 10, 10), row)


def read(*digits: Digit, turned: int = 0) -> Reading:
    return Reading(digits, (640, 480), turned)


def leaves(error: type[Exception]) -> Iterator[type[Exception]]:
    """The classes of errors that are raised: those without subclasses."""
    below = error.__subclasses__()
    if not below:
        yield error
    for subclass in below:
        yield from leaves(subclass)


def test_each_way_a_picture_can_fail_has_its_own_sentence() -> None:
    faults = {*leaves(PhotoError), *leaves(DownloadError), ReadingTooSlow}
    assert texts.PICTURE_FAULTS.keys() == faults
    assert len(set(texts.PICTURE_FAULTS.values())) == len(faults)


def test_a_digit_read_with_confidence_is_told_alone() -> None:
    assert plain(readings.one_digit(read(digit(7, 0.97, second=1)))) == "I read 7 (97 % sure)."


def test_a_digit_read_without_confidence_is_told_with_its_runner_up() -> None:
    assert plain(readings.one_digit(read(digit(7, 0.62, second=1)))) == (
        "I read 7 (62 % sure).\nIt could also be 1 (38 %)."
    )


def test_the_digit_read_with_the_least_confidence_is_pointed_out() -> None:
    digits = (digit(1, 0.95, second=7), digit(8, 0.75, second=3), digit(5, 0.8, second=6, row=1))
    assert plain(readings.several_digits(read(*digits))) == (
        "18\n5\nI read 3 digits (57 % sure that all are right).\n"
        "The 2nd digit of line 1, 8, could also be 3 (25 %).\n"
        "1 other digit is unsure, too."
    )


def test_how_many_others_are_unsure_is_told() -> None:
    sure, unsure = digit(1, 0.95, second=7), digit(8, 0.75, second=3)
    told = plain(readings.several_digits(read(unsure, sure, unsure, unsure)))
    assert told.endswith("could also be 3 (25 %).\n2 other digits are unsure, too.")
    assert "other" not in readings.several_digits(read(unsure, sure))


@pytest.mark.parametrize(
    ("turned", "told"), [(90, "90° to the right"), (180, "180°"), (270, "90° to the left")]
)
def test_a_photo_that_was_turned_to_be_read_is_told_so(turned: int, told: str) -> None:
    seven, four = digit(7, 0.97, second=1), digit(4, 0.97, second=9)
    sentence = f"\nI turned your photo by {told} to read it."
    assert (
        plain(readings.one_digit(read(seven, turned=turned))) == "I read 7 (97 % sure)." + sentence
    )
    assert readings.several_digits(read(seven, four, turned=turned)).endswith(sentence)
    assert readings.num_digits(read(seven, four, turned=turned)).endswith(sentence)


@pytest.mark.parametrize("turned", [90, 270])
def test_a_photo_on_its_side_that_reads_both_ways_up_is_told_so(turned: int) -> None:
    six = digit(6, 0.97, second=1)
    assert plain(readings.one_digit(read(six, turned=turned))) == (
        "The photo lies on its side and reads 6 or 9, depending on which way is up. "
        "Send it upright to be sure."
    )
    told = plain(readings.several_digits(read(six, six, turned=turned)))
    assert told.startswith("66\nI read 2 digits (")
    assert "reads 66 or 99, depending on which way is up." in told


def test_a_page_that_reads_both_ways_up_is_told_so_in_few_words() -> None:
    page = read(*[digit(6, 0.97, second=1)] * 400, turned=90)
    assert "reads differently, depending on which way is up." in plain(readings.num_digits(page))
    assert len(readings.num_digits(page)) < 300


@pytest.mark.parametrize(
    ("place", "told"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_the_digit_that_is_doubted_is_told_by_its_place(place: int, told: str) -> None:
    digits = [digit(8, 0.6 if number == place else 0.99, second=3) for number in range(1, 23)]
    assert f"The {told} digit, 8, could also be 3" in plain(readings.several_digits(read(*digits)))


@given(st.floats(0, 1))
def test_no_probability_is_told_as_certain_or_impossible(share: float) -> None:
    told = readings.percent(share)
    assert told not in {"0 %", "100 %"}
    assert told.endswith(" %")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h 0 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (9_000_000, "104 d 4 h"),
    ],
)
def test_a_time_span_is_told_in_its_two_largest_units(seconds: float, told: str) -> None:
    assert texts.duration(seconds) == told


def test_who_sends_too_many_photos_hears_how_many_are_read_and_when_to_send_again() -> None:
    told = texts.too_many_photos(max_waiting=100, per_minute=30)
    assert "up to 30 photos a minute" in told
    assert told.endswith("again in about 4 minutes.")
    assert texts.too_many_photos(max_waiting=20, per_minute=30).endswith("in about a minute.")


def test_every_sentence_fits_where_telegram_shows_it() -> None:
    for text in (texts.START, texts.HELP, texts.PRIVACY, readings.NO_DIGIT, texts.HINT):
        assert len(plain(text)) <= MessageLimit.MAX_TEXT_LENGTH
    for word in (texts.UNKNOWN_BUTTON, texts.NOT_YOUR_BUTTON, texts.NOT_FORGOTTEN):
        assert len(word) <= CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
