"""A way: the pipeline as it is, but for a few functions or constants that others replace."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Swap:
    """What takes the place of one name of a module."""

    module: ModuleType  # the one that uses the name, which need not be the one that defines it
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Way:
    """One line of a table."""

    name: str
    swaps: tuple[Swap, ...] = ()


@contextmanager
def taken(way: Way) -> Iterator[None]:
    """Within this context the pipeline goes that way. Of one process, so for one thread only.

    Modules' names are swapped, instead of handing each step over, because no other caller has a
    use for choosing among them: the pipeline would carry its experiments' parameters for ever.

    Raises:
        AttributeError: a module has no such name any more, so that the swap would do nothing.
    """
    ours = [getattr(swap.module, swap.name) for swap in way.swaps]
    try:
        for swap in way.swaps:
            setattr(swap.module, swap.name, swap.value)
        yield
    finally:
        for swap, value in zip(way.swaps, ours, strict=True):
            setattr(swap.module, swap.name, value)
