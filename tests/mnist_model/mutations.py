"""Pictures in each format that is read, and damage done to their bytes."""

import io
import random
from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
from PIL import Image

from mnist_model.corruption import CORRUPTIONS, corrupted_photo
from mnist_model.dataset import Split, load_test_split
from mnist_model.photo_exam import page_of

WAYS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    # format, mode, options of the writer
    ("JPEG", "RGB", {"quality": 80, "exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}),
    ("JPEG", "L", {"progressive": True}),
    ("JPEG", "CMYK", {"restart_marker_blocks": 4}),
    ("PNG", "RGB", {}),
    ("PNG", "LA", {}),
    ("PNG", "I;16", {}),
    ("PNG", "P", {"transparency": bytes(range(256))}),
    ("WEBP", "RGB", {"quality": 60, "method": 0}),
    ("WEBP", "RGBA", {"lossless": True, "method": 0}),
    ("BMP", "RGB", {}),
    ("BMP", "1", {}),
    ("TIFF", "L", {}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "jpeg"}),
    ("TIFF", "1", {"compression": "group4"}),
    ("TIFF", "F", {"compression": "tiff_deflate"}),
    ("GIF", "P", {}),
    ("GIF", "L", {"save_all": True, "append_images": [Image.new("L", (20, 20))]}),
    ("HEIF", "RGB", {"quality": 50}),
    ("HEIF", "RGBA", {"quality": 50}),
    ("AVIF", "RGB", {"quality": 50, "speed": 10}),
    ("PPM", "RGB", {}),
    ("PPM", "1", {}),
)

TELLING = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)
"""Numbers at the edges of what fields hold, where parsers err."""

HEADER_BYTES = 200
"""Headers are short, and matter most."""


def seeds(rng: random.Random) -> list[bytes]:
    """Whole files: MNIST's digits on paper, and simulated photos, written in all of WAYS."""
    digits = load_test_split()
    pictures = [_digit(digits, rng) for _ in range(6)]
    pictures += [_photo(digits, name, rng) for name in rng.sample(CORRUPTIONS, 6)]
    return [
        _written(next(picture), picture_format, mode, options)
        for picture in [cycle(pictures)]
        for picture_format, mode, options in WAYS * 3
    ]


def _digit(digits: Split, rng: random.Random) -> Image.Image:
    """A digit as MNIST has it, on a margin, at a size by chance."""
    image = np.pad(digits.images[rng.randrange(len(digits.images))], 10)
    side = rng.choice((24, 48, 160))
    return Image.fromarray((255 - 255 * image).astype(np.uint8)).resize((side, side + 7))


def _photo(digits: Split, corruption: str, rng: random.Random) -> Image.Image:
    page = page_of(digits, rng.randrange(1000), seed=rng.randrange(1000), several=True)
    noise = np.random.default_rng(rng.randrange(2**32))
    photo = Image.fromarray(corrupted_photo(page, corruption, rng.choice((1, 3, 5)), noise))
    photo.thumbnail((240, 240))
    return photo


def _written(
    picture: Image.Image, picture_format: str, mode: str, options: dict[str, Any]
) -> bytes:
    written = io.BytesIO()
    grey = picture.convert("L")
    converted = grey.convert("I").convert(mode) if mode == "I;16" else grey.convert(mode)
    converted.save(written, picture_format, **options)
    return written.getvalue()


def mutated(files: list[bytes], rng: random.Random) -> bytes:
    """One of the files, with one to three kinds of damage."""
    file = bytearray(rng.choice(files))
    for _ in range(rng.choice((1, 1, 2, 3))):
        if file:
            rng.choice(DAMAGES)(file, files, rng)
    return bytes(file)


def _flip_bits(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    for _ in range(rng.choice((1, 2, 8, 64))):
        file[rng.randrange(len(file))] ^= 1 << rng.randrange(8)


def _change_header(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    for _ in range(rng.choice((1, 2, 4))):
        file[rng.randrange(min(len(file), HEADER_BYTES))] = rng.randrange(256)


def _change_field(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    """Sizes, offsets, counts: each is a number of 1, 2 or 4 bytes somewhere in the header."""
    size = rng.choice((1, 2, 4))
    value = rng.choice(TELLING) & ((1 << (8 * size)) - 1)
    where = rng.randrange(min(len(file), HEADER_BYTES))
    file[where : where + size] = value.to_bytes(size, rng.choice(("big", "little")))


def _truncate(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    del file[rng.randrange(len(file)) :]


def _splice(file: bytearray, files: list[bytes], rng: random.Random) -> None:
    """A chunk of any file, its own included, goes in or over what is there."""
    other = rng.choice(files)
    start = rng.randrange(len(other))
    chunk = other[start : start + rng.choice((4, 32, 500, len(other)))]
    where = rng.randrange(len(file))
    file[where : where + rng.choice((0, len(chunk)))] = chunk


def _cut_out(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    where = rng.randrange(len(file))
    del file[where : where + rng.choice((1, 4, 32, 500))]


def _repeat(file: bytearray, _files: list[bytes], rng: random.Random) -> None:
    where = rng.randrange(len(file))
    chunk = file[where : where + rng.choice((1, 4, 32, 500))]
    file[where:where] = chunk * rng.choice((1, 3, 100))


Damage = Callable[[bytearray, list[bytes], random.Random], None]

DAMAGES: tuple[Damage, ...] = (
    _flip_bits,
    _change_header,
    _change_field,
    _change_field,
    _truncate,
    _splice,
    _cut_out,
    _repeat,
)
