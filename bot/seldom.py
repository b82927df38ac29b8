"""Log lines that others could make come in floods."""

import logging
import time

EVERY_SECONDS = 60.0


class Seldom:
    """Logs the first of some lines at once, and then one a minute at most."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._next_at = 0.0
        self._num_left_out = 0

    def warning(self, message: str, *values: object) -> None:
        self._log(logging.WARNING, message, values)

    def error(self, message: str, *values: object) -> None:
        self._log(logging.ERROR, message, values)

    def _log(self, level: int, message: str, values: tuple[object, ...]) -> None:
        now = time.monotonic()
        if now < self._next_at:
            self._num_left_out += 1
            return
        if self._num_left_out:
            message += " (%d more lines like this one were left out.)"
            values = (*values, self._num_left_out)
        self._next_at, self._num_left_out = now + EVERY_SECONDS, 0
        self._logger.log(level, message, *values)
