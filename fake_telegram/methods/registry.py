"""What a method of the Bot API is, to the server: a name, its parameters, a function."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fake_telegram.params import Params
from fake_telegram.world import World

Run = Callable[[World, Params], Awaitable[Any]]
AnyRun = TypeVar("AnyRun", bound=Run)


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    name: str
    parameters: frozenset[str]
    run: Run


@dataclass(frozen=True, slots=True)
class Described:
    """A result that Telegram sends with a sentence beside it."""

    result: Any
    description: str


class Methods(dict[str, Method]):
    """Methods by their name in lower case: Telegram does not mind the case."""

    def method(self, name: str, parameters: str = "") -> Callable[[AnyRun], AnyRun]:
        """Registers a function under a method's name.

        Args:
            parameters: the names that the Bot API documents, separated by spaces.
        """

        def register(run: AnyRun) -> AnyRun:
            self[name.lower()] = Method(name, frozenset(parameters.split()), run)
            return run

        return register
