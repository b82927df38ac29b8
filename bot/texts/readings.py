"""What is said of what was read on photos. All is HTML as Telegram takes it."""

import re
from collections.abc import Sequence
from html import unescape

from telegram.constants import MessageLimit

from mnist_model import UNSURE_BELOW, Digit, Reading

NO_DIGIT = (
    "I see no digit on this photo. Write it larger and darker on plain paper, photograph it "
    "from straight above without shadows, and send it again. /help says more."
)

MOST_TOLD_TWICE = 40
"""More digits than this are told one way up only, so that the sentence can be read."""

TURNS = {90: "90° to the right", 180: "180°", 270: "90° to the left"}
"""How a photo was turned, by `Reading.turned`."""

SUFFIXES = {1: "st", 2: "nd", 3: "rd"}

REST_ELSEWHERE = (
    "That is all that fits into a message, and I can't send a file here. Send this to me in a "
    "private chat, and you get the rest."
)

DIGITS_FILENAME = "digits.txt"
"""Where there are more digits than a caption holds, they come as this file."""


def percent(share: float) -> str:
    """A probability as a person reads it; never 0 % or 100 %, since the model may be wrong."""
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def album(results: Sequence[Reading | str]) -> str:
    """The answer to an album: for each photo, in their order, what the answer to it alone says.

    Args:
        results: for each photo its reading, or the sentence why it can't be read.
    """
    lines: list[str] = []
    place_of: dict[str, int] = {}
    for place, result in enumerate(results, 1):
        told = result if isinstance(result, str) else read(result)
        rows = () if isinstance(result, str) else result.rows
        if not rows and place_of.setdefault(told, place) < place:
            # The same advice up to ten times would drown what was read.
            why = "I can't read this one" if isinstance(result, str) else "I see no digit here"
            told = f"{why}, either: see photo {place_of[told]}."
        gap = "\n" if len(rows) > 1 else " "
        lines.append(f"<b>Photo {place}:</b>{gap}{told}")
    return "\n".join(lines)


def album_in_file(results: Sequence[Reading | str]) -> str:
    """What is said of an album whose answer is longer than a message may be."""
    total = sum(len(result.digits) for result in results if isinstance(result, Reading))
    return f"{total:,} digits on {len(results)} photos: too many for a message, so here is a file."


def as_one_message(told: str) -> str:
    """As many whole lines as a message holds, and where to get the rest, if any is left."""
    if len(told) <= MessageLimit.MAX_TEXT_LENGTH:
        return told
    room = MessageLimit.MAX_TEXT_LENGTH - len(REST_ELSEWHERE) - 1
    return told[: told.rindex("\n", 0, room)] + "\n" + REST_ELSEWHERE


def without_markup(text: str) -> str:
    """The text as it reads in Telegram, for where that takes no HTML."""
    return unescape(re.sub(r"<[^>]+>", "", text))


def read(reading: Reading) -> str:
    """The answer to a photo that could be read."""
    match reading.digits:
        case ():
            return NO_DIGIT
        case (_,):
            return one_digit(reading)
        case _:
            return several_digits(reading)


def one_digit(reading: Reading) -> str:
    """The answer to a photo of one digit."""
    (digit,) = reading.digits
    if reading.other_way_up:  # else one of the two would be told as sure
        return _both_ways_up(reading)
    lines = [f"I read <b>{digit.digit}</b> ({percent(digit.confidence)} sure)."]
    if digit.confidence < UNSURE_BELOW:
        lines.append(_runner_up("It", digit))
    return "\n".join(lines + _turning(reading))


def several_digits(reading: Reading) -> str:
    """The answer to a photo of several digits; each row can be copied with one tap."""
    lines = [f"<code>{row}</code>" for row in reading.rows]
    lines.append(f"I read {_how_many(reading)}.")
    least = min(reading.digits, key=lambda digit: digit.confidence)
    if least.confidence < UNSURE_BELOW:
        lines.append(_runner_up(f"The {_place(least, reading)}, {least.digit},", least))
    num_others = sum(digit.confidence < UNSURE_BELOW for digit in reading.digits) - 1
    if num_others > 0:
        others = "digit is" if num_others == 1 else "digits are"
        lines.append(f"{num_others} other {others} unsure, too.")
    return "\n".join(lines + _turning(reading))


def _place(digit: Digit, reading: Reading) -> str:
    """Where a digit stands: "3rd digit", or "3rd digit of line 2" where there are several."""
    row = [other for other in reading.digits if other.row == digit.row]
    line = f" of line {digit.row + 1}" if len(reading.rows) > 1 else ""
    return f"{_ordinal(row.index(digit) + 1)} digit{line}"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{SUFFIXES.get(number % 10, 'th')}"


def num_digits(reading: Reading) -> str:
    """What is said of more digits than a caption holds."""
    return "\n".join([_how_many(reading), *_turning(reading)])


def _how_many(reading: Reading) -> str:
    return f"{len(reading.digits)} digits ({percent(reading.confidence)} sure that all are right)"


def _turning(reading: Reading) -> list[str]:
    """A line on how the photo was turned; none where it was not."""
    if not reading.turned:
        return []
    if reading.other_way_up:
        return [_both_ways_up(reading)]
    return [f"I turned your photo by {TURNS[reading.turned]} to read it."]


def _both_ways_up(reading: Reading) -> str:
    read = f"<b>{reading.text}</b> or <b>{reading.other_way_up}</b>"
    if len(reading.digits) > MOST_TOLD_TWICE:
        read = "differently"
    return (
        f"The photo lies on its side and reads {read}, depending on which way is up. "
        "Send it upright to be sure."
    )


def _runner_up(subject: str, digit: Digit) -> str:
    second = digit.ranking[1]
    return f"{subject} could also be {second} ({percent(digit.probabilities[second])})."
