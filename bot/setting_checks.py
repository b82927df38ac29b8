"""What the values of settings must look like, beyond what a type or a pattern says.

Each check raises ValueError; what is told then is the setting's own description.
"""

import re
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DATABASE_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")
MIN_SECRET_LENGTH = 32  # characters
OWN_PATHS = ("/healthz", "/readyz", "/metrics")
# Starlette matches a call's path when it is decoded, and takes {name} for whatever stands there.
WITH_A_MEANING = ("%", "{", "}")


def token_shape(token: SecretStr) -> SecretStr:
    """A token as @BotFather gives it."""
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token.get_secret_value()):
        raise ValueError("not the shape of a token")
    return token


def async_database(url: SecretStr) -> SecretStr:
    """A database's address with an asyncio driver that is installed."""
    try:
        parsed = make_url(url.get_secret_value())
        if parsed.drivername not in DATABASE_DRIVERS:
            raise ValueError("neither of the databases, or with a driver that would block")
        dialect = parsed.get_dialect()
        dialect.import_dbapi()
        dialect().create_connect_args(parsed)
    except (ArgumentError, ImportError) as error:
        raise ValueError("not a database URL, or its driver is not installed") from error
    return url


def long_enough(secrets: SecretStr) -> SecretStr:
    """Secrets, separated by commas, each too long to be guessed."""
    if any(len(secret) < MIN_SECRET_LENGTH for secret in parts(secrets.get_secret_value())):
        raise ValueError("too short to be hard to guess")
    return secrets


def webhook_secret_shape(secret: SecretStr) -> SecretStr:
    """A secret that Telegram takes, too long to be guessed; or none."""
    if not re.fullmatch(
        rf"(?:[\w-]{{{MIN_SECRET_LENGTH},256}})?", secret.get_secret_value(), re.ASCII
    ):
        raise ValueError("not what Telegram takes, or too short to be hard to guess")
    return secret


def has_a_place(url: str, info: ValidationInfo) -> str:
    """An address at which the bot can answer, on a port and with nothing else there; or none."""
    path = urlsplit(url).path
    if url and (path in OWN_PATHS or not info.data.get("web_port")):
        raise ValueError("nothing listens there")
    if any(sign in path for sign in WITH_A_MEANING):
        raise ValueError("it would not match the path of a call")
    return url


def parts(value: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def split_at_commas(value: object) -> object:
    """A text as its parts; anything else as it is."""
    return parts(value) if isinstance(value, str) else value
