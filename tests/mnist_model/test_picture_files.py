from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from mnist_model.contract import DatasetError
from mnist_model.picture_files import arrays_of, by_digit, one_of


def test_a_missing_or_damaged_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "signs" / "digits.npz"
    with pytest.raises(DatasetError, match="git checkout data/signs"):
        arrays_of(path, "0")
    path.parent.mkdir()
    np.savez(path, images=np.zeros((2, 3, 3), np.uint8))
    checksum = sha256(path.read_bytes()).hexdigest()
    assert arrays_of(path, checksum)["images"].shape == (2, 3, 3)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DatasetError, match=r"damaged.*git checkout data/signs"):
        arrays_of(path, checksum)


def test_pictures_are_told_apart_by_their_digits() -> None:
    labels = np.arange(20, dtype=np.uint8) % 10
    images = np.full((20, 2, 2), 5, np.uint8) * labels[:, None, None]
    pictures = by_digit({"images": images, "labels": labels})
    assert [set(same.ravel()) for same in pictures] == [{5 * digit} for digit in range(10)]
    picture = one_of(pictures[9], np.random.default_rng(1))
    assert picture.dtype == np.float32
    assert np.allclose(picture, 45 / 255)
