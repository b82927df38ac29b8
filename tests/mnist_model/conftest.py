"""These tests compute as the bot does, on OpenVINO; what trains runs in a process of its own."""

import pytest

from mnist_model.backend import prepare_to_serve
from mnist_model.reader import DigitReader, load_reader

prepare_to_serve()


@pytest.fixture(scope="session")
def reader() -> DigitReader:
    """A reader on the shipped model; loading it takes seconds."""
    return load_reader()
