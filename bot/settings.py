"""What a person can set: read once from the environment and from `.env`, then frozen.

Nothing else in this package reads the environment. Each setting's `description` is its one
documentation: `.env.example` repeats it (a test compares them), and a refusal quotes it.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import passwords
from bot.encryption import webhook_secret_of
from bot.logs import LogFormat
from bot.setting_checks import (
    MIN_SECRET_LENGTH,
    async_database,
    has_a_place,
    long_enough,
    parts,
    split_at_commas,
    token_shape,
    webhook_secret_shape,
)
from mnist_model import DEFAULT_MODEL_PATH

BOTFATHER_ADVICE = (
    "TELEGRAM_BOT_TOKEN is not set: open https://t.me/BotFather in Telegram, send it /newbot, "
    "and put the token it answers with into the file .env as TELEGRAM_BOT_TOKEN=<token> (under "
    "systemd or Docker into the file that docs/operations.md names; .env.example lists every "
    "setting)."
)


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message is one sentence per fault."""


class Settings(BaseSettings):
    """Every setting, its default and what it takes; the variable is the name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    telegram_bot_token: Annotated[SecretStr, AfterValidator(token_shape)] = Field(
        description="The bot's token as @BotFather gave it: digits, a colon, then letters, "
        "digits, - and _. Keep it secret: whoever has it is the bot."
    )
    telegram_api_url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = Field(
        default="https://api.telegram.org",
        pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
        description="The Bot API server to talk to, as http:// or https:// and a host: Telegram's "
        "own, one that you host yourself, or the demo's stand-in.",
    )
    admin_ids: Annotated[
        frozenset[Annotated[int, Field(gt=0)]], NoDecode, BeforeValidator(split_at_commas)
    ] = Field(
        default=frozenset(),
        description="Telegram user ids of those who hear of errors, and for whom no limit on "
        "photos holds: whole numbers above 0, separated by commas. Each of them must have sent "
        "the bot /start once.",
    )
    database_url: Annotated[SecretStr, AfterValidator(async_database)] = Field(
        default=SecretStr("sqlite+aiosqlite:///var/bot.sqlite3"),
        description="Where the counts for /stats and the updates under way are kept: "
        "sqlite+aiosqlite:///FILE, whose folder is made if it is missing, or "
        "postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE, which needs asyncpg "
        "(requirements/postgres.txt). A password in it is percent-encoded.",
    )
    data_keys: Annotated[SecretStr, AfterValidator(long_enough)] = Field(
        default=SecretStr(""),
        description="Secrets with which what is kept of people is encrypted: random, of at least "
        f"{MIN_SECRET_LENGTH} characters, separated by commas; `openssl rand -hex 32` makes one. "
        "The first one encrypts, all decrypt: put a new one in front, and take an old one away "
        "after the next start. Without any, the bot's token serves. Keep them apart from the "
        "database and its backups.",
    )
    model_path: Path = Field(
        default=DEFAULT_MODEL_PATH,
        description="The trained model: a .keras file with its model card (.json) beside it.",
    )
    reader_processes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="How many processes read photos, each one at a time: a whole number from 1 to "
        "64. Each takes about 200 MB: raise MemoryMax= of the systemd unit, or mem_limit of "
        "deploy/compose.yaml, by as much for each but the first. More than the machine has cores "
        "does not help.",
    )
    photo_seconds: float = Field(
        default=5,
        gt=0,
        description="How long reading one photo may take, before whoever sent it is told so: a "
        "number of seconds above 0. Most take a tenth of one.",
    )
    photo_megabytes: int = Field(
        default=200,
        ge=50,
        description="How much memory one photo may take while it is read: a whole number of "
        "megabytes from 50 on. 200 admit the photos of phones up to 48 megapixels as JPEG and 12 "
        "as HEIC, and let the bot fit a machine of 512 MB.",
    )
    photos_per_minute: int = Field(
        default=30,
        ge=1,
        le=60,
        description="How many photos of one person are read in a minute: a whole number from 1 "
        "to 60, the most that Telegram lets the bot answer in one chat. More of them wait; those "
        "of admins never do.",
    )
    photos_waiting: int = Field(
        default=100,
        ge=1,
        description="How many photos of one person may be without an answer: a whole number "
        "above 0. Who sends more hears so once, and those are not read. Admins may send any "
        "number.",
    )
    web_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The port on which the bot tells how it is (/healthz, /readyz, /metrics) and "
        "takes the webhook: a whole number from 1 to 65535. Without it, none is opened.",
    )
    web_address: str = Field(
        default="127.0.0.1",
        pattern=r"^[0-9A-Fa-f.:]+$",
        description="On which of this machine's addresses that is: an IP address. 127.0.0.1 is "
        "reached from this machine alone, 0.0.0.0 from everywhere, as a container needs it. The "
        "bot speaks plain HTTP: put a proxy with TLS in front, and let it pass on only the path "
        "of WEBHOOK_URL.",
    )
    webhook_url: Annotated[str, AfterValidator(has_a_place)] = Field(
        default="",
        pattern=r"^(https?://[^\s/?#@]+/[^\s?#]+)?$",
        description="Where Telegram is to bring updates, instead of having the bot fetch them: an "
        "https:// address with a path of its own and no %, { or } in it, which reaches WEB_PORT "
        "under the same path; set that, too. Telegram calls ports 443, 80, 88 and 8443. (Bot API "
        "servers of your own take http:// and any port.) Without it the bot fetches them.",
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(webhook_secret_shape)] = Field(
        default=SecretStr(""),
        description=f"What Telegram presents when it brings updates: {MIN_SECRET_LENGTH} to 256 "
        "letters, digits, - and _; `openssl rand -hex 32` makes one. Without it, one is made of "
        "the bot's token.",
    )
    polling_deadline_seconds: float = Field(
        default=120,
        ge=2,
        description="How long the bot may go without fetching and keeping updates before it ends "
        "with status 1, to be started afresh: a number of seconds, 2 or more. Telegram itself may "
        "let it wait for half of them, but 10 at most.",
    )
    drain_seconds: float = Field(
        default=8,
        ge=0,
        description="How long answers that are under way may take once the bot is told to stop: a "
        "number of seconds, 0 or more. The next start takes up the rest. Docker waits 10 before "
        "it kills; the systemd unit and deploy/compose.yaml wait 20 (TimeoutStopSec=, "
        "stop_grace_period), which should be 10 more than this.",
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(lambda level: level.upper() if isinstance(level, str) else level),
    ] = Field(
        default="INFO",
        description="The least important messages that are logged: DEBUG, INFO, WARNING or ERROR.",
    )
    log_format: LogFormat = Field(
        default="text",
        description="How they are written: text, a line each with a number in brackets that says "
        "of which update it is; or json, an object on each line.",
    )

    @property
    def encryption_secrets(self) -> list[str]:
        """The newest first. The token ends them: it encrypted what is older than DATA_KEYS."""
        token = self.telegram_bot_token.get_secret_value()
        return [*parts(self.data_keys.get_secret_value()), token]

    @property
    def webhook_secret_token(self) -> str:
        """What Telegram presents when it brings updates."""
        token = self.telegram_bot_token.get_secret_value()
        return self.webhook_secret.get_secret_value() or webhook_secret_of(token)

    @property
    def secrets(self) -> list[str]:
        """What no log may show, besides the token."""
        api_password = urlsplit(self.telegram_api_url).password
        return [
            *parts(self.data_keys.get_secret_value()),
            self.webhook_secret_token,
            *passwords.of_database(self.database_url.get_secret_value()),
            *([api_password] if api_password else []),
            *passwords.of_proxies(getproxies().values()),
        ]


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a setting is missing or wrong; one sentence each, no secret in any.
    """
    try:
        return Settings()
    except ValidationError as error:
        # `from None`: the chained error would quote the values, secrets included.
        raise SettingsError("\n".join(_sentences(error))) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise SettingsError(
            f"The file .env in {Path.cwd()} can't be read ({why}). Mend it, or take it away where "
            "the settings come from elsewhere."
        ) from None


def environment_without_settings() -> dict[str, str]:
    """This process's environment, for one that is to know no secret of the bot."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields and not name.lower().endswith("_proxy")
    }


def _sentences(error: ValidationError) -> list[str]:
    # A list has a fault per element; one sentence per variable is enough.
    faults = {str(fault["loc"][0]): fault for fault in error.errors()}
    return [_sentence(name, fault["type"], fault["input"]) for name, fault in faults.items()]


def _sentence(name: str, kind: str, value: Any) -> str:
    if name == "telegram_bot_token" and kind == "missing":
        return BOTFATHER_ADVICE
    field = Settings.model_fields[name]
    # A token that was put in the wrong place is one all the same; an address may hold a password.
    value = re.sub(r"[0-9]{5,}:[A-Za-z0-9_-]{10,}", "[bot token]", repr(value))
    value = re.sub(r"//.*@", "//[password]@", value)
    shown = "" if field.annotation is SecretStr else f", {value},"
    return f"The value of {name.upper()}{shown} is not allowed. It takes: {field.description}"
