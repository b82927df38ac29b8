"""How the bot bears load: many people send photos at a rate, and each reply is timed.

The real bot runs as a process of its own, in webhook mode, on the stand-in for Telegram, which is
the process that measures. `python scripts/bench.py load` is the way in.
"""
