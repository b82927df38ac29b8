import os

import numpy as np
import pytest

from mnist_model import examples
from mnist_model.augmentation import Variety
from mnist_model.contract import NUM_CLASSES, NUM_OUTPUTS
from mnist_model.dataset import Split, load_test_split
from mnist_model.examples import epoch_examples

VARIETY = Variety(
    other_forms=True,
    share_of_fonts=0.2,
    share_of_optdigits=0.2,
    share_as_is=0.2,
    share_coarse=0.2,
    share_cluttered=0.2,
    share_shaken=0.2,
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


def test_many_digits_are_shared_out_among_processes_and_come_back_in_order(
    digits: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared_out: list[list[examples.Task]] = []

    def one_after_the_other(tasks: list[examples.Task]) -> list[Split]:
        shared_out.append(tasks)
        return [examples._part(*task) for task in tasks]

    monkeypatch.setattr(examples, "PART", 8)  # 60 digits make 8 parts
    in_parallel = epoch_examples(digits, 20, VARIETY, seed=1, epoch=0)
    monkeypatch.setattr(examples, "_in_parallel", one_after_the_other)
    in_turn = epoch_examples(digits, 20, VARIETY, seed=1, epoch=0)
    assert [len(task[1]) for task in shared_out[0]] == [8] * 7 + [4]
    assert np.array_equal(in_parallel.images, in_turn.images)
    assert np.array_equal(in_parallel.labels, in_turn.labels)


def test_a_worker_that_is_killed_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "_part", os._exit)
    with pytest.raises(examples.WorkerDied, match=r"killed.*memory.*--resume"):
        examples._in_parallel([(1,), (1,)])  # type: ignore[list-item]
