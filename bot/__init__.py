"""The Telegram side."""

import os

# Opts in to python-telegram-bot's coming type of time spans; without it, it warns at each 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")
