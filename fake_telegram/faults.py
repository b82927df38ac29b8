"""What goes wrong on purpose: planned per method, for a number of calls."""

from dataclasses import dataclass, replace

from fake_telegram.refusals import Refusal, too_many_requests

FILE_DOWNLOAD = "file"
"""The name of /file/bot<token>/<path> in a plan; all others are names of methods."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answers with this refusal, and does nothing else."""

    refusal: Refusal

    @classmethod
    def flood(cls, retry_after: int) -> "Refuse":
        """429: too many requests, try again after so many seconds."""
        return cls(too_many_requests(retry_after))

    @classmethod
    def server_error(cls, code: int = 500, reason: str = "Internal Server Error") -> "Refuse":
        return cls(Refusal(code, reason))


@dataclass(frozen=True, slots=True)
class BadGateway:
    """A 502 with a page of HTML, as a proxy in front of Telegram sends it."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Does what was asked, but answers only after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Hangs up in the middle of the answer: before or after doing what was asked."""

    after_commit: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """Sends half of a file, and the rest so many seconds later."""

    seconds: float


Fault = Refuse | BadGateway | Hang | Drop | Slow


@dataclass(frozen=True, slots=True)
class _Planned:
    method: str
    fault: Fault
    times: int
    skip: int


class Faults:
    """The plan: which calls go wrong, and how."""

    def __init__(self) -> None:
        self._plan: list[_Planned] = []

    def add(self, method: str, fault: Fault, *, times: int = 1, skip: int = 0) -> None:
        """Plans a fault for the next calls of a method, or of FILE_DOWNLOAD.

        Args:
            method: as in the Bot API: "sendMessage".
            times: for how many calls.
            skip: how many calls go well before.

        Raises:
            ValueError: Slow, for anything else than a download.
        """
        if isinstance(fault, Slow) and method != FILE_DOWNLOAD:
            raise ValueError(
                f"Slow can't happen to {method}, which answers in one piece: "
                f"plan it for {FILE_DOWNLOAD!r}, or plan Hang."
            )
        self._plan.append(_Planned(method.lower(), fault, times, skip))

    def clear(self) -> None:
        self._plan = []

    def take(self, method: str) -> Fault | None:
        """What goes wrong with this call; counts it."""
        for place, planned in enumerate(self._plan):
            if planned.method != method.lower():
                continue
            if planned.skip:
                self._plan[place] = replace(planned, skip=planned.skip - 1)
                return None
            if planned.times == 1:
                del self._plan[place]
            else:
                self._plan[place] = replace(planned, times=planned.times - 1)
            return planned.fault
        return None
