"""A small Bot API server that holds to Telegram's rules: for tests, and for the demo's chat page.

`World` is the state and what tests control, `serve` puts it on a loopback port,
`create_app` is the ASGI app alone. docs/fake_telegram.md says what is faithful and what is not.
"""

from fake_telegram.clock import Clock, ManualClock, SystemClock
from fake_telegram.faults import BadGateway, Drop, Fault, Hang, Refuse, Slow
from fake_telegram.people import Person
from fake_telegram.server import create_app, serve
from fake_telegram.world import World

__all__ = [
    "BadGateway",
    "Clock",
    "Drop",
    "Fault",
    "Hang",
    "ManualClock",
    "Person",
    "Refuse",
    "Slow",
    "SystemClock",
    "World",
    "create_app",
    "serve",
]
