"""What setWebhook asked for, and what went wrong with it last."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where updates are delivered to."""

    url: str
    secret_token: str = ""  # sent along with each update, so that the bot knows who calls
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class WebhookError:
    """The last delivery that failed."""

    date: int  # seconds since 1970-01-01 UTC
    message: str
