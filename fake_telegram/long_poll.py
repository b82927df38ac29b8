"""The one getUpdates that may wait."""

import asyncio

from fake_telegram.clock import Clock, wait_at_most
from fake_telegram.refusals import OTHER_POLLER, Refusal, Refused


class LongPoll:
    """Holds a poller until there is news. A second one sends the first away, as Telegram does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: asyncio.Future[Refusal | None] | None = None

    @property
    def is_waiting(self) -> bool:
        return self._waiting is not None

    async def wait(self, seconds: float) -> None:
        """Returns when `wake` is called, or when the time is up.

        Raises:
            Refused: another poller came, or a webhook was set.
        """
        self.end(OTHER_POLLER)
        woken: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self._waiting = woken
        try:
            came = await wait_at_most(seconds, woken, self._clock)
        finally:
            if self._waiting is woken:
                self._waiting = None
        refusal = woken.result() if came else None
        if refusal:
            raise Refused(refusal)

    def wake(self) -> None:
        """There is news: the poller that waits, if any, returns."""
        self.end(None)

    def end(self, refusal: Refusal | None) -> None:
        """Sends the poller that waits away, with a refusal or with what there is."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(refusal)
