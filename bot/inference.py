"""What the handlers know of reading: what it gives, and how it can fail."""

from typing import Protocol

from mnist_model import ModelCard, Reading


class ReadingTooSlow(Exception):
    """Reading this photo took longer than one photo may; the person who sent it can mend that."""


class ReaderDied(Exception):
    """What read this photo ended in its midst: by the photo, or by something else."""


class ReadingFailed(Exception):
    """Reading this photo met an error that nobody expected; the message is its trace."""


class Reader(Protocol):
    """Reads photos: on this machine or on another."""

    @property
    def card(self) -> ModelCard:
        """How the model in use was made, and how well it does."""

    @property
    def fault(self) -> str | None:
        """In a sentence, why no photo can be read for now; None if any can."""

    async def read(self, photo: bytes) -> Reading:
        """The digits on a photo.

        Raises:
            PhotoError: this photo can't be read; another one may.
            ReadingTooSlow, ReaderDied, ReadingFailed: as their names say.
        """

    async def annotate(self, photo: bytes, reading: Reading) -> bytes:
        """The photo as a JPEG with a box and the digit drawn at each place of `reading`.

        Raises:
            As `read`.
        """
