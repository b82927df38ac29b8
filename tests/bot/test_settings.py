"""Settings: where they come from, what they take, and how a wrong one is told."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import (
    Settings,
    SettingsError,
    environment_without_settings,
    load_settings,
)

REPOSITORY = Path(__file__).parents[2]
TOKEN = "123456:a-token_that-is-of-no-use"  # noqa: S105  # not a token of any bot


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no .env of this machine reaches a test; the token is there."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)


def as_variable(value: object) -> str:
    """A default as one writes it in the environment."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case None:
            return ""
        case Path():
            return value.relative_to(REPOSITORY).as_posix()
        case frozenset():
            return ",".join(map(str, sorted(value)))
        case _:
            return str(value)


def test_the_example_file_documents_every_setting_with_its_help_and_default() -> None:
    head, *blocks = (REPOSITORY / ".env.example").read_text(encoding="utf-8").split("\n\n")
    assert head.startswith("# Every setting")
    expected = []
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        comment = textwrap.fill(field.description, 99, initial_indent="# ", subsequent_indent="# ")
        default = field.get_default()
        line = (
            f"{name.upper()}="
            if field.is_required()
            else f"#{name.upper()}={as_variable(default)}"
        )
        expected.append(f"{comment}\n{line}")
    assert [block.rstrip("\n") for block in blocks] == expected


def test_the_token_alone_is_enough() -> None:
    settings = load_settings()
    assert settings.telegram_bot_token.get_secret_value() == TOKEN
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.admin_ids == frozenset()


def test_a_copied_example_file_with_a_token_filled_in_is_valid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    uncommented = example.replace("\n#", "\n").replace("\n ", "\n# ")
    (tmp_path / ".env").write_text(
        uncommented.replace("TELEGRAM_BOT_TOKEN=", f"TELEGRAM_BOT_TOKEN={TOKEN}", 1)
    )
    assert load_settings().telegram_bot_token.get_secret_value() == TOKEN


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nREADER_PROCESSES=3\n")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = load_settings()
    assert (settings.log_level, settings.reader_processes) == ("DEBUG", 3)


def test_admin_ids_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", " 12, 34,")
    assert load_settings().admin_ids == {12, 34}


def test_a_slash_at_the_end_of_the_server_address_makes_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load_settings().telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ADMIN_IDS", "me", "whole numbers above 0, separated by commas"),
        ("ADMIN_IDS", "12,-3", "whole numbers above 0, separated by commas"),
        ("TELEGRAM_API_URL", "api.telegram.org", "http:// or https://"),
        ("READER_PROCESSES", "0", "a whole number from 1 to 64"),
        ("READER_PROCESSES", "many", "a whole number from 1 to 64"),
        ("PHOTOS_PER_MINUTE", "61", "a whole number from 1 to 60"),
        ("PHOTOS_WAITING", "0", "a whole number above 0"),
        ("WEB_PORT", "65536", "a whole number from 1 to 65535"),
        ("WEB_ADDRESS", "localhost", "an IP address"),
        ("WEBHOOK_URL", "bot.example/hook", "https:// address with a path"),
        ("WEBHOOK_URL", "https://bot.example", "https:// address with a path"),
        ("WEBHOOK_URL", "https://bot.example/readyz", "a path of its own"),
        ("WEBHOOK_URL", "https://bot.example/hook", "set that, too"),  # without a WEB_PORT
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_wrong_setting_names_itself_its_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    sentence = str(raised.value)
    assert sentence.startswith(f"The value of {name}, '")
    assert value.rsplit(",", maxsplit=1)[-1] in sentence
    assert allowed in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "hunter2 but longer"),
        ("DATABASE_URL", "postgres://me:hunter2@db/bot"),  # no such dialect
        ("DATABASE_URL", "sqlite:///hunter2.sqlite3"),  # would block the event loop
        ("DATABASE_URL", "postgresql://me:hunter2@db/bot"),  # likewise
        ("DATABASE_URL", "mysql+aiomysql://me:hunter2@db/bot"),
        ("DATABASE_URL", "postgresql+asyncpg://me:hunter2@db:port/bot"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "sqlite+aiosqlite://me:hunter2@db/bot"),  # SQLite has no hosts
        ("DATA_KEYS", "hunter2"),
        ("DATA_KEYS", f"{'x' * 32},hunter2 is too short"),
        ("WEBHOOK_SECRET", "hunter2"),
        ("WEBHOOK_SECRET", "hunter2 has what Telegram does not take: blanks"),
    ],
)
def test_a_wrong_secret_names_itself_but_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value).startswith(f"The value of {name} is not allowed. It takes: ")
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_of_settings_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("LOG_LEVEL=DEBUG".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"can't be read \(it is no UTF-8\)"):
        load_settings()


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "https://me:hun/t@r2@localhost/?x")
    with pytest.raises(
        SettingsError, match=r"'https://\[password\]@localhost/\?x', is not allowed"
    ):
        load_settings()


def test_a_token_in_the_wrong_place_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", f"12,{TOKEN}")
    monkeypatch.setenv("TELEGRAM_API_URL", f"api.telegram.org/bot{TOKEN}")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert "The value of TELEGRAM_API_URL, 'api.telegram.org/bot[bot token]'," in str(raised.value)
    assert TOKEN not in str(raised.value)


def test_the_first_of_the_data_keys_encrypts_and_the_token_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().encryption_secrets == [TOKEN]
    monkeypatch.setenv("DATA_KEYS", f"{'new' * 11}, {'old' * 11} ,")
    assert load_settings().encryption_secrets == ["new" * 11, "old" * 11, TOKEN]


def test_postgresql_is_taken_with_its_driver_and_refused_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "postgresql+asyncpg://me:hunter2@db/bot?ssl=require"
    monkeypatch.setenv("DATABASE_URL", url)
    settings = load_settings()
    assert settings.database_url.get_secret_value() == url
    assert settings.secrets[-1] == "hunter2"
    monkeypatch.setitem(sys.modules, "asyncpg", None)  # as where it is not installed
    with pytest.raises(SettingsError, match=r"needs asyncpg \(requirements/postgres\.txt\)"):
        load_settings()


@pytest.mark.parametrize("path", ["a%2Db", "tele%20gram", "100%", "a{b}", "a{b:c}", "a}"])
def test_a_path_at_which_no_call_would_be_found_is_refused(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("WEB_PORT", "8080")
    monkeypatch.setenv("WEBHOOK_URL", f"https://bot.example/{path}")
    with pytest.raises(SettingsError, match=r"a path of its own and no %, \{ or \} in it"):
        load_settings()


def test_the_webhook_has_a_secret_of_the_token_where_none_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = load_settings().webhook_secret_token
    assert len(made) == 64
    assert TOKEN.partition(":")[2] not in made
    assert load_settings().webhook_secret_token == made
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f"{TOKEN}2")
    assert load_settings().webhook_secret_token != made
    monkeypatch.setenv("WEBHOOK_SECRET", "w" * 32)
    assert load_settings().webhook_secret_token == "w" * 32


def test_all_secrets_but_the_token_are_known_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEYS", f"{'new' * 11},{'old' * 11}")
    url = "sqlite+aiosqlite:///file:bot.sqlite3?uri=true&password=hunter2"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TELEGRAM_API_URL", "https://me:hunter3@localhost")
    monkeypatch.setenv("WEBHOOK_SECRET", "w" * 32)
    assert load_settings().secrets == [
        "new" * 11,
        "old" * 11,
        "w" * 32,
        "hunter2",
        "hunter3",
    ]


@pytest.mark.parametrize(
    ("name", "address", "password"),
    [
        ("HTTPS_PROXY", "http://me:hunter%2F2@proxy:8080", ["hunter%2F2", "hunter/2"]),
        ("http_proxy", "me:hunter2@proxy:8080", ["hunter2"]),
        ("ALL_PROXY", "socks5://me:hun/t@r:2@proxy", ["hun/t@r:2"]),  # wrong, but no less secret
        ("HTTPS_PROXY", "http://proxy:8080", []),
        ("HTTPS_PROXY", "http://me@proxy:8080", []),
    ],
)
def test_passwords_of_proxies_are_known_to_the_log_and_kept_from_what_reads(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, password: list[str]
) -> None:
    monkeypatch.setenv(name, address)
    settings = load_settings()
    assert sorted(settings.secrets) == sorted([settings.webhook_secret_token, *password])
    assert name not in environment_without_settings()


def test_each_wrong_setting_gets_its_own_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", "a,b,c")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert len(str(raised.value).splitlines()) == 2


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(load_settings())


def test_without_a_token_the_program_says_how_to_get_one_and_exits_with_2(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name != "TELEGRAM_BOT_TOKEN"
    }
    ended = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "TELEGRAM_BOT_TOKEN is not set: open https://t.me/BotFather" in ended.stderr
