"""What goes on beside the polling, and how it comes to its end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Background:
    """Work that was started and goes on, until `drain`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()

    @property
    def is_draining(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._draining.is_set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Has `work` done; an error that it ends by is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def is_draining_within(self, seconds: float) -> bool:
        """Waits so long, or until the drain begins; says whether it did."""
        try:
            await asyncio.wait_for(self._draining.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def drain(self, seconds: float) -> None:
        """Gives what is under way so many seconds, then ends it."""
        self._draining.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            logger.warning("%d answers were not finished in time.", len(left))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.critical("What went on beside the polling failed.", exc_info=error)
