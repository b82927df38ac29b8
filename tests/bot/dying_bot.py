"""`python -m tests.bot.dying_bot`: the bot, killed as soon as it has committed an update.

That is before Telegram hears that it came; no signal from outside hits that moment reliably.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from bot.__main__ import main
from bot.inbox import Inbox, Waiting


class DyingInbox(Inbox):
    async def accept(self, raw_updates: Sequence[dict[str, Any]]) -> list[Waiting]:
        await super().accept(raw_updates)
        os.kill(os.getpid(), signal.SIGKILL)
        return []


if __name__ == "__main__":
    sys.modules["bot.parts"].Inbox = DyingInbox  # type: ignore[attr-defined]  # in its place
    sys.exit(main())
