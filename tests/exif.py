"""EXIF as no camera should write it."""

import struct


def turned_with_an_odd_tag(tag: int) -> bytes:
    """Of a photo taken with the camera turned by a quarter: its orientation is 6. The other tag,
    which should be a number, is text.
    """
    text_for_a_number = struct.pack("<HHI4s", tag, 2, 4, b"odd")
    orientation = struct.pack("<HHII", 0x0112, 3, 1, 6)
    entries = struct.pack("<H", 2) + text_for_a_number + orientation
    return b"Exif\0\0II*\0\x08\0\0\0" + entries + bytes(4)
