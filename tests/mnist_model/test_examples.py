import numpy as np
import pytest

from mnist_model.augmentation import Variety
from mnist_model.contract import NUM_CLASSES, NUM_OUTPUTS
from mnist_model.dataset import Split, load_test_split
from mnist_model.examples import PART, epoch_examples

VARIETY = Variety(
    other_forms=True, share_as_is=0.2, share_coarse=0.2, share_cluttered=0.2, share_shaken=0.2
)


@pytest.fixture(scope="module")
def digits() -> Split:
    test = load_test_split()
    return Split(test.images[:60], test.labels[:60])


def test_an_epoch_has_each_digit_once_and_the_others_it_was_asked_for(digits: Split) -> None:
    examples = epoch_examples(digits, 15, VARIETY, seed=1, epoch=0)
    assert examples.images.shape == (75, 28, 28)
    assert examples.images.dtype == np.float32
    counts = np.bincount(examples.labels, minlength=NUM_OUTPUTS)
    assert np.array_equal(counts[:NUM_CLASSES], np.bincount(digits.labels))
    assert counts[NUM_CLASSES:].sum() == 15


def test_the_examples_follow_from_the_seed_and_the_epoch(digits: Split) -> None:
    def images(seed: int, epoch: int) -> np.ndarray:
        return epoch_examples(digits, 5, VARIETY, seed=seed, epoch=epoch).images

    assert np.array_equal(images(1, 0), images(1, 0))
    assert not np.array_equal(images(1, 0), images(2, 0))
    assert not np.array_equal(images(1, 0), images(1, 1))


def test_digits_and_others_come_mixed(digits: Split) -> None:
    labels = epoch_examples(digits, 30, VARIETY, seed=1, epoch=0).labels
    assert (labels[:45] >= NUM_CLASSES).any()
    assert (labels[45:] >= NUM_CLASSES).any()


def test_many_digits_are_shared_out_among_processes_and_all_come_back() -> None:
    test = load_test_split()
    many = Split(test.images[: PART + 10], test.labels[: PART + 10])
    examples = epoch_examples(many, 5, VARIETY, seed=1, epoch=0)
    counts = np.bincount(examples.labels, minlength=NUM_OUTPUTS)
    assert np.array_equal(counts[:NUM_CLASSES], np.bincount(many.labels))
    assert counts[NUM_CLASSES:].sum() == 5
