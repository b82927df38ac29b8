import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_model.contract import DatasetError
from mnist_model.dataset import DEFAULT_FOLDER, SHA256, Dataset, load_mnist, load_test_split

TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the two test files, to be damaged."""
    for name in (TEST_IMAGES, TEST_LABELS):
        shutil.copy(DEFAULT_FOLDER / f"{name}.gz", tmp_path)
    return tmp_path


def test_the_splits_have_the_sizes_and_types_that_are_promised(mnist: Dataset) -> None:
    sizes = {"train": 55_000, "validation": 5_000, "test": 10_000}
    for name, size in sizes.items():
        split = getattr(mnist, name)
        assert split.images.shape == (size, 28, 28)
        assert split.images.dtype == np.float32
        assert (split.images.min(), split.images.max()) == (0, 1)
        assert split.labels.shape == (size,)
        assert set(split.labels) == set(range(10))


def test_train_and_validation_are_the_training_file_in_its_order(mnist: Dataset) -> None:
    # The first and the last digits of MNIST's training file, as anyone can look them up.
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.validation.labels[-5:].tolist() == [8, 3, 5, 6, 8]


def test_no_validation_digit_is_also_trained_on(mnist: Dataset) -> None:
    seen = {image.tobytes() for image in mnist.train.images}
    assert not any(image.tobytes() in seen for image in mnist.validation.images)


def test_unpacked_files_in_another_folder_are_read_too(folder: Path) -> None:
    packed = folder / f"{TEST_IMAGES}.gz"
    (folder / TEST_IMAGES).write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert np.array_equal(load_test_split(folder).images, load_test_split().images)


@pytest.mark.parametrize("name", SHA256)
def test_a_missing_file_is_named_with_what_to_do(name: str, tmp_path: Path) -> None:
    for path in DEFAULT_FOLDER.iterdir():
        if path.stem != name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(DatasetError, match=rf"{name} is missing in {tmp_path}.*git checkout"):
        load_mnist(tmp_path)


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_another_byte(content: bytes) -> bytes:
    digits = bytearray(gzip.decompress(content))
    digits[-1] ^= 1
    return gzip.compress(bytes(digits))


def emptied(_: bytes) -> bytes:
    return b""


def replaced_by_text(_: bytes) -> bytes:
    return b"<html>404 Not Found</html>"


@pytest.mark.parametrize("damage", [cut_short, with_another_byte, emptied, replaced_by_text])
def test_a_damaged_file_is_named_with_what_to_do(
    damage: Callable[[bytes], bytes], folder: Path
) -> None:
    path = folder / f"{TEST_LABELS}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DatasetError, match=rf"{path}.*Restore it with `git checkout"):
        load_test_split(folder)
