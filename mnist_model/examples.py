"""What a network sees in one epoch: variants of the digits, and what is no single digit.

Made anew for each epoch, in parallel, part by part; each part's chance comes from the seed, the
epoch and the part's number alone, so the examples are the same on any number of cores.
"""

import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import numpy as np

from mnist_model.augmentation import Variety, augmented, others
from mnist_model.contract import Image, ReaderError
from mnist_model.dataset import Labels, Split

PART = 2000
"""Digits that one task makes variants of."""

_OF_PARTS, _OF_ORDER = 1, 2
"""The next word of a seed, by its use. `[seed, epoch]` alone is training.py's, and NumPy takes
`[seed, epoch, 0]` for the same, so none is 0."""

Task = tuple[Image, Labels, int, Variety, list[int]]
"""The arguments of `_part`."""


class WorkerDied(ReaderError):
    """A process that makes examples was ended from outside."""


def epoch_examples(
    digits: Split, num_others: int, variety: Variety, *, seed: int, epoch: int
) -> Split:
    """Shuffled variants of all `digits`, and `num_others` pictures of what is no single digit.

    Raises:
        WorkerDied: a process that made some of them did.
    """
    num_parts = -(-len(digits.labels) // PART)
    tasks = [
        (
            digits.images[part * PART : (part + 1) * PART],
            digits.labels[part * PART : (part + 1) * PART],
            # As even as whole numbers allow.
            num_others * (part + 1) // num_parts - num_others * part // num_parts,
            variety,
            [seed, epoch, _OF_PARTS, part],
        )
        for part in range(num_parts)
    ]
    parts = [_part(*tasks[0])] if num_parts == 1 else _in_parallel(tasks)
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    order = np.random.default_rng([seed, epoch, _OF_ORDER]).permutation(len(labels))
    return Split(images[order], labels[order])


def _in_parallel(tasks: list[Task]) -> list[Split]:
    """What `_part` makes of each task, in their order."""
    with ProcessPoolExecutor(
        num_cores(),
        # Spawned, since a fork of a process in which tensorflow has threads may hang.
        mp_context=get_context("spawn"),
        # A terminal sends Ctrl-C to these processes, too; the one that trains answers it.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    ) as workers:
        try:
            return list(workers.map(_part, *zip(*tasks, strict=True)))
        except KeyboardInterrupt:
            workers.shutdown(cancel_futures=True)
            raise
        except BrokenProcessPool as error:
            raise WorkerDied(
                "A process that makes an epoch's pictures was killed, most likely for want of "
                "memory. Free some, or use fewer cores (`taskset -c 0`), and go on with --resume."
            ) from error


def num_cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _part(
    images: Image, labels: Labels, num_others: int, variety: Variety, seed: list[int]
) -> Split:
    rng = np.random.default_rng(seed)
    more = others(Split(images, labels), num_others, variety, rng)
    return Split(
        np.concatenate([augmented(images, labels, variety, rng), more.images]),
        np.concatenate([labels, more.labels]),
    )
