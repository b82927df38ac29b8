"""What every part of this package agrees on: sizes, records and errors.

ReaderError
├── PhotoError             this photo can't be read; the person who sent it can mend that
│   ├── EmptyPhoto         0 bytes
│   ├── PhotoTooLarge      more bytes or pixels than are decoded
│   ├── NotAPhoto          no picture in a format that is known
│   └── DamagedPhoto       a picture, but it breaks off or doesn't decode
├── NoDigitFound           an array without ink where a digit was expected
├── ModelFileError         the model file or its card is missing, damaged or of another kind
└── DatasetError           a file of the data set is missing or damaged

Those of training and of exporting stand beside what raises them.
"""

import typing
from dataclasses import dataclass
from itertools import groupby
from math import prod

IMAGE_SIZE = 28
"""Side of a network input, in pixels: MNIST's."""

NUM_CLASSES = 10

NO_DIGIT = 10
"""The label, and the network's output, of what is no digit."""

SEVERAL = 11
"""The label, and the network's output, of several digits that touch, taken for one sign."""

NUM_OUTPUTS = 12
"""What a network tells apart that was taught all of these."""

MAX_PHOTO_BYTES = 20 * 1024 * 1024
"""Telegram hands bots no larger file."""

ON_THEIR_HEADS = str.maketrans("01689", "01986")
"""The digits that are digits on their heads as well, and which."""

UNSURE_BELOW = 0.9
"""A digit read with less confidence is marked in pictures and told with its runner-up: of those on
simulated photos one in 93, and six of seven wrong ones (docs/accuracy.md)."""

if typing.TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image = npt.NDArray[np.float32]
    """Grey values as float32; each function states shape and range."""


def __getattr__(name: str) -> typing.Any:
    # NumPy's 12 MB are for those who compute, and not for the bot, which needs the records alone.
    if name != "Image":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import numpy as np  # noqa: PLC0415
    import numpy.typing as npt  # noqa: PLC0415

    return npt.NDArray[np.float32]


class ReaderError(Exception):
    """Base of all errors that this package raises on purpose."""


class PhotoError(ReaderError):
    """This photo can't be read; another one may."""


class EmptyPhoto(PhotoError):
    """The photo has no bytes."""


class PhotoTooLarge(PhotoError):
    """The photo has more bytes or pixels than are decoded."""


class NotAPhoto(PhotoError):
    """The bytes are no picture in a format that is known."""


class DamagedPhoto(PhotoError):
    """The bytes begin as a picture, but break off or don't decode."""


class NoDigitFound(ReaderError):
    """There is no ink where a digit was expected."""


class ModelFileError(ReaderError):
    """The model file or its card is missing, damaged or of another kind."""


class DatasetError(ReaderError):
    """A file of the data set is missing or damaged."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the upright photo: x to the right, y down, in pixels of the photo as sent."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit that was read, and where it stands."""

    probabilities: tuple[float, ...]  # ten values in [0, 1] that sum to 1; index = digit
    box: Box
    row: int = 0  # line of the photo, counted from the top

    @property
    def ranking(self) -> tuple[int, ...]:
        """All ten digits, the likeliest first."""
        return tuple(sorted(range(NUM_CLASSES), key=self.probabilities.__getitem__, reverse=True))

    @property
    def digit(self) -> int:
        return self.ranking[0]

    @property
    def confidence(self) -> float:
        """The probability of `digit`, in [0, 1]."""
        return self.probabilities[self.digit]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read on one photo: the digits in reading order, none if it shows none."""

    digits: tuple[Digit, ...]
    photo_size: tuple[int, int]  # width and height in pixels, upright, as sent
    # By how many degrees clockwise the photo had to be turned to be read: 0, 90, 180 or 270. The
    # order of the digits is that of the turned photo, their boxes stand on the photo as sent.
    turned: int = 0

    @property
    def rows(self) -> tuple[str, ...]:
        """The digits of each row, from the top: ("12", "345")."""
        lines = groupby(self.digits, key=lambda digit: digit.row)
        return tuple("".join(str(digit.digit) for digit in line) for _, line in lines)

    @property
    def text(self) -> str:
        """The rows joined by "/"; "" where no digit was seen."""
        return "/".join(self.rows)

    @property
    def other_way_up(self) -> str | None:
        """What the digits read on their heads, where either way up may be right; else None.

        So it is on a photo that lay on its side, if all its digits are digits on their heads as
        well, and then other ones: 66 and 99, but not 88.
        """
        on_its_side = self.turned in (90, 270)
        if not on_its_side or not all(ord(sign) in ON_THEIR_HEADS for sign in "".join(self.rows)):
            return None
        on_head = self.text[::-1].translate(ON_THEIR_HEADS)
        return on_head if on_head != self.text else None

    @property
    def confidence(self) -> float:
        """How likely all digits are right, each taken as independent: in [0, 1], 1 for none."""
        return prod(digit.confidence for digit in self.digits)
