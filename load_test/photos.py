"""What people send: simulated photos of one to eight digits, as a phone's photo reaches a bot."""

from dataclasses import dataclass
from itertools import count

import cv2
import numpy as np

from fake_telegram.photos import SizedJpeg, photo_sizes
from mnist_model import DigitReader
from mnist_model.corruption import ALL_MILDLY, corrupted_photo, file_of
from mnist_model.dataset import Split
from mnist_model.scene.page import write_page

PHOTO_SIZE = (1280, 960)
"""Width and height in pixels: what Telegram makes of a phone's photo."""

MOST_DIGITS = 8
SEVERITY = 2
"""Of all that light, paper and camera do."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, and what a bot is to answer to it."""

    sizes: tuple[SizedJpeg, ...]  # as Telegram keeps it, the smallest first
    rows: tuple[str, ...]  # what the reader reads on it, so that an answer to another one is seen


def photos(digits: Split, reader: DigitReader, num_photos: int, seed: int) -> list[Photo]:
    """So many photos, the same ones for the same seed; each shows something that can be read."""
    made: list[Photo] = []
    for number in count():
        sizes = photo_sizes(_file(digits, np.random.default_rng([seed, number])))
        if rows := reader.read(sizes[-1].content).rows:
            made.append(Photo(sizes, rows))
        if len(made) == num_photos:
            break
    return made


def _file(digits: Split, rng: np.random.Generator) -> bytes:
    num_digits = int(rng.integers(1, MOST_DIGITS + 1))
    in_first_row = int(rng.integers(1, num_digits + 1))
    lengths = [length for length in (in_first_row, num_digits - in_first_row) if length]
    chosen = rng.choice(len(digits.labels), num_digits, replace=False)
    page = write_page(Split(digits.images[chosen], digits.labels[chosen]), lengths, rng)
    photo = corrupted_photo(page, ALL_MILDLY, SEVERITY, rng)
    return file_of(cv2.resize(photo, PHOTO_SIZE, interpolation=cv2.INTER_AREA))
