"""A bound on what is held in memory at a time: many small things, or a few large ones."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class ByteBudget:
    """So many bytes, shared by whoever holds some; more have to wait, in the order they came."""

    def __init__(self, num_bytes: int) -> None:
        self._total = self._free = num_bytes
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def held(self, num_bytes: int) -> AsyncIterator[None]:
        """Holds so many bytes inside the block, once nobody who came before waits for theirs.

        Who wants more than there are gets all of them, so that nobody waits for ever.
        """
        share = min(num_bytes, self._total)
        await self._take(share)
        try:
            yield
        finally:
            self._free += share
            self._call_up()

    async def _take(self, share: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        place = (share, turn)
        self._line.append(place)
        self._call_up()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += share  # its turn came in the same moment
            with suppress(ValueError):
                self._line.remove(place)
            self._call_up()
            raise

    def _call_up(self) -> None:
        while self._line:
            share, turn = self._line[0]
            if not turn.cancelled():
                if share > self._free:
                    return
                self._free -= share
                turn.set_result(None)
            self._line.popleft()
