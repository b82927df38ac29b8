"""Every sentence a user reads; those on what was read are in `readings.py`.

All are HTML as Telegram takes it.
"""

import math
from collections.abc import Mapping
from html import escape

from bot.inbox import KEPT_DEAD, InboxCounts
from bot.inference import Reader, ReaderDied, ReadingTooSlow
from bot.pictures import FileTooBig, FileUnavailable
from bot.storage import NUM_RECENT, ReadingStats
from mnist_model import (
    MAX_PHOTO_BYTES,
    DamagedPhoto,
    EmptyPhoto,
    ModelCard,
    NotAPhoto,
    PhotoTooLarge,
)

COMMANDS = (
    ("start", "What I do, and two buttons"),
    ("help", "How to photograph digits"),
    ("stats", "How well and how fast I read"),
    ("privacy", "What I keep, and what not"),
    ("forget", "Delete what I keep of you"),
)

ADMIN_COMMANDS = (("health", "How I am doing (for admins)"),)

HOW_TO_BUTTON = "How to photograph"
STATS_BUTTON = "Statistics"

START = (
    "Hello! Send me a photo of handwritten digits, and I tell you which ones I see: "
    "a single digit, a number, or several lines of them."
)

HOW_TO = (
    "<b>How to photograph digits</b>\n"
    "• Write with a dark pen on plain light paper (or the other way round).\n"
    "• Leave a gap between the digits; they should not touch.\n"
    "• Hold the camera straight above, and let the digits fill most of the picture.\n"
    "• Avoid shadows, ruled lines and anything else that is written.\n"
    "Send it as a photo or as an image file (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC, "
    f"up to {MAX_PHOTO_BYTES >> 20} MB)."
)

HELP = (
    f"{HOW_TO}\n\n"
    "<b>Several photos</b> sent together get one answer. A photo that you replace by editing your "
    "message is read again.\n\n"
    "<b>In a group</b> I answer when you put my @name under a photo, reply with my @name to a "
    "photo, or reply to me.\n\n" + "\n".join(f"/{name} – {does}" for name, does in COMMANDS)
)

PRIVACY = (
    "<b>Privacy</b>\n"
    "• Your photo is held in memory while I read it, then dropped. It is never written to a "
    "disk and never used for training.\n"
    "• For each photo that I read I keep three numbers, without a time limit: when that was, how "
    "many digits it showed, and how long the answer took. They make up /stats, "
    "and tell nothing of whose photo it was.\n"
    "• Until a message of yours is answered I keep it as Telegram hands it to me (your name, your "
    "text, no photo), so that none is lost if I am stopped. Then I forget what it said and whose "
    "it was, and keep only the numbers of the messages and of a large group, so that nothing is "
    "answered twice, and of a photo a checksum, by which I notice that it was replaced. They name "
    "nobody, and are gone after a day. What I could not read or answer I keep for 30 days, so "
    "that the fault can be found.\n"
    "• What I keep of you is encrypted, and so is the checksum. The key is not kept beside it.\n"
    "• /forget deletes what I keep of you: at once what I failed to answer, and what waits for "
    "its answer as soon as it has it.\n"
    "• How many photos you send in a minute I count in memory, so that they leave room for those "
    "of others.\n"
    "• When something fails, a log notes where and why, without your message or photo.\n"
    "What Telegram itself keeps is up to "
    '<a href="https://telegram.org/privacy">Telegram\'s privacy policy</a>.'
)

FORGET = (
    "<b>Shall I forget you?</b>\n"
    "I delete all that I keep of you, from this chat and from every other one: at once what I "
    "failed to answer, and what waits for its answer as soon as it has it. This can't be undone."
)
FORGET_BUTTON = "Yes, forget me"
KEEP_BUTTON = "No, change nothing"
FORGET_UNNAMED = (
    "I can't see who writes here in the name of a chat. Send /forget to me in our private chat."
)
FORGOTTEN = (
    "Done. I keep nothing of you any more; what I am still answering, I forget with its answer. "
    "What stands in this chat is kept by Telegram, not by me."
)
NOT_FORGOTTEN = "All right, I change nothing."
NOT_YOUR_BUTTON = "Only the person who asked may press this. Send /forget yourself."

HINT = (
    "I read handwritten digits from photos. Send me one as a photo or as an image file; "
    "/help says how to photograph."
)

IN_GROUP = (
    "\nIn this group I answer only photos with my @name under them, photos sent in reply to me, "
    "and photos that you reply to with my @name."
)
"""Said in a group, after what asks for a photo: most photos there are not meant for a bot."""

UNKNOWN_BUTTON = "I don't know this button (any more). Send /start for new ones."

FAILED = (
    "Sorry, something went wrong on my side, and I could not finish this. "
    "Please try again in a minute."
)

FAILURES: Mapping[type[Exception], str] = {
    ReaderDied: "Sorry, I tried several times to read this picture, and each time it stopped me. "
    "Photograph the digits anew, and send them as a photo and not as a file.",
}
"""What to tell of an answer that failed for good, by the class of the error; else FAILED."""

PICTURE_FAULTS: Mapping[type[Exception], str] = {
    EmptyPhoto: "This file is empty (0 bytes). Check that it opens on your device, then send it "
    "again.",
    PhotoTooLarge: "This picture is larger than I can open. Crop it to the digits, or send it as "
    "a photo instead of as a file: Telegram then makes it smaller.",
    NotAPhoto: "This file is no picture that I can open, whatever its name says. Send a JPEG, "
    "PNG, WebP, BMP, TIFF, GIF or HEIC file, or a photo.",
    DamagedPhoto: "This picture is damaged or incomplete, so I can't open it. Check that it opens "
    "on your device, then send it again, as a photo instead of as a file if you can.",
    ReadingTooSlow: "This picture took too long to read, so I stopped. Crop it to the digits, or "
    "write fewer on one sheet, and send it as a photo instead of as a file.",
    FileTooBig: f"This file is over {MAX_PHOTO_BYTES >> 20} MB, more than Telegram lets me fetch. "
    "Send it as a photo instead of as a file: Telegram then makes it smaller.",
    FileUnavailable: "Telegram could not give me this file. Please send it again.",
}
"""What to tell whoever sent a picture that can't be read, by the class of the error."""


def too_many_photos(max_waiting: int, per_minute: int) -> str:
    """What is said, once, to someone of whom so many photos wait already."""
    minutes = math.ceil(max_waiting / per_minute)
    span = "a minute" if minutes == 1 else f"{minutes} minutes"
    photos = "1 photo" if per_minute == 1 else f"{per_minute} photos"
    return (
        f"That is more than I can take at a time. I read up to {photos} a minute for each "
        f"person, and keep up to {max_waiting} of yours waiting. I leave out this one and "
        "all that you send before I have answered those. "
        f"Please send them again in about {span}."
    )


def stats(card: ModelCard, readings: ReadingStats, uptime_seconds: float) -> str:
    """The answer to /stats."""
    test = card.test_accuracy
    if readings.median_reply_seconds is None:
        reply_time = "none yet"
    else:
        recent = f"the last {NUM_RECENT:,}" if readings.num_photos > NUM_RECENT else "all"
        reply_time = f"{readings.median_reply_seconds:.2f} s (median of {recent})"
    return (
        "<b>Statistics</b>\n"
        f"Model: {escape(card.name)}, trained on {escape(card.trained_on)}\n"
        f"Accuracy: {100 * test.value:.2f} % of {test.num_examples:,} test digits "
        f"(95 % interval: {100 * test.low:.2f} to {100 * test.high:.2f} %)\n"
        f"Photos read: {readings.num_photos:,}\n"
        f"Digits read: {readings.num_digits:,}\n"
        f"Reply time: {reply_time}\n"
        f"Running for: {duration(uptime_seconds)}"
    )


def health(
    reader: Reader, inbox: InboxCounts, resident_bytes: int | None, uptime_seconds: float
) -> str:
    """The answer to an admin's /health."""
    memory = "unknown" if resident_bytes is None else f"{resident_bytes / 1e6:.0f} MB"
    return (
        "<b>Health</b>\n"
        f"Messages that wait for their answer, this one included: {inbox.num_waiting:,}\n"
        f"Messages that I failed to answer, of the last {KEPT_DEAD.days} days: "
        f"{inbox.num_dead:,}\n"
        f"Reading: {escape(reader.fault or 'works')}\n"
        f"Model: {escape(reader.card.name)}, trained on {escape(reader.card.trained_on)}\n"
        f"Memory: {memory}\n"
        f"Running for: {duration(uptime_seconds)}"
    )


READER_DOWN = (
    "No photo can be read: the process that reads has ended, and no other one can be started. "
    "The log says why. I go on trying; photos wait for it."
)
"""What admins hear of it, once."""


def duration(seconds: float) -> str:
    """A time span in its two largest units: "3 h 12 min"."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return f"{int(seconds)} s"
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def admin_report(error: BaseException, update_id: int) -> str:
    """What an admin hears of an error: its kind, since its message may hold a secret."""
    return (
        f"An update failed with <b>{escape(type(error).__name__)}</b>. "
        f"The log has the trace, in the lines with the number {update_id}."
    )
