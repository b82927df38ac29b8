"""No secret is shown, whatever breaks: the real program is broken in every way, then searched."""

import base64
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from telegram import Bot

from bot import texts
from bot.database import opened
from bot.encryption import DIGEST_PURPOSE, PURPOSE, Encryption, _key, webhook_secret_of
from bot.inbox import Inbox
from bot.message_ids import MessageIds
from fake_telegram import BadGateway, Drop, Hang, Person, Refuse, World
from fake_telegram.faults import FILE_DOWNLOAD, Fault
from fake_telegram.refusals import UNAUTHORIZED, Refusal
from fake_telegram.webhook_settings import WebhookSettings
from tests.bot.conftest import plain
from tests.bot.databases import rows
from tests.bot.pictures import bomb, photo
from tests.bot.test_inbox import message
from tests.bot.test_main import SECONDS_TO_START, log_of, started
from tests.bot.webhook_bot import Asked, free_port, sqlite_rows

TOKEN = "7000000001:AAq9Zx-Tr0ubleSome_Piece5-0fT0ken88"  # noqa: S105 - of no bot
KEY = "kX3vB7nQ1mZ9cL5jH2gF8dS4aP6oI0uY"
OLD_KEY = "Wt5Re8Qy1Ui4Op7As2Df6Gh3Jk9Lz0Xc"
WEBHOOK_SECRET = "Zq2-Xw4_Ce6rVt8BuNy0MiK1LoJ3HpG5FsDa"  # noqa: S105 - opens nothing
PASSWORD = "c0rrect+h0rse/battery staple"  # noqa: S105 - of no database
PIECE = 8  # characters: so many in a row are no chance
KEYS_MADE = [
    base64.urlsafe_b64encode(_key(KEY, purpose)).decode() for purpose in (PURPOSE, DIGEST_PURPOSE)
]
SECRETS = (
    TOKEN.partition(":")[2],
    KEY,
    OLD_KEY,
    PASSWORD,
    WEBHOOK_SECRET,
    webhook_secret_of(TOKEN),
    *KEYS_MADE,
)


def leaks(shown: str) -> list[str]:
    """Every piece of a secret that can be read off a text, or decoded from it."""
    texts_shown = {shown, unquote(shown), unquote(unquote(shown)), shown.replace("+", " ")}
    everything = "\n".join(texts_shown).casefold()
    return [piece for secret in SECRETS for piece in _pieces(secret) if piece in everything]


def _pieces(secret: str) -> set[str]:
    # Base64 of a text depends on where in it the secret begins: at one of three places.
    shifted = [base64.b64encode(b"\0" * shift + secret.encode()).decode() for shift in range(3)]
    forms = [secret, secret.encode().hex(), *(form[4:-4] for form in shifted)]
    return {
        form[start : start + PIECE].casefold()
        for form in forms
        for start in range(len(form) - PIECE + 1)
    }


@pytest.mark.parametrize(
    "shown",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        "Piece5-0",
        "battery%20staple",
        "c0rrect%2Bh0rse",
        KEY.lower(),
        base64.b64encode(f"user:{PASSWORD}".encode()).decode(),
        KEY.encode().hex(),
    ],
)
def test_the_search_finds_what_it_is_for(shown: str) -> None:
    assert leaks(f"a line\nINFO: {shown}.")
    assert not leaks("7000000001 ken88 a line\nINFO: Update 7 failed at 12:34:56.")


@pytest.fixture
def world() -> World:
    return World(token=TOKEN, strict=True)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """SQLite takes no password; but it leaves what it does not know in an address alone."""
    password = PASSWORD.replace("+", "%2B").replace("/", "%2F")
    return {
        "DATA_KEYS": f"{KEY},{OLD_KEY}",
        "DATABASE_URL": f"sqlite+aiosqlite:///file:{tmp_path}/bot.sqlite3?uri=true&password={password}",
        "LOG_LEVEL": "DEBUG",
    }


def said_to(world: World, *people: Person) -> str:
    """What the bot wrote to them; what it quoted with that is their own."""
    sent = [message for person in people for message in world.sent(person.user_id)]
    return "\n".join(message.get("text") or message["caption"] for message in sent)


async def test_no_secret_is_shown_while_everything_breaks(
    world: World, ann: Person, tmp_path: Path, settings: dict[str, str]
) -> None:
    admin = Person(world, 2001, "Ada")
    admin.send_text("/start")
    says_it_all = Refuse(Refusal(500, f"Can't handle /bot{TOKEN}/x with {KEY} and {PASSWORD}"))
    for method in ("getMe", "deleteWebhook", "getUpdates"):
        world.faults.add(method, BadGateway())
    for method in ("setMyCommands", "getUpdates"):
        world.faults.add(method, says_it_all)
    async with started(world, tmp_path, ADMIN_IDS="2001", **settings) as process:
        await world.next_message(admin.user_id, SECONDS_TO_START)
        faults: tuple[Fault, ...] = (
            BadGateway(),
            says_it_all,
            Drop(after_commit=False),
            Hang(0.5),
        )
        pictures = (photo("7"), b"no picture", bomb(), photo("7")[:-900])
        for fault, picture in zip(faults, pictures, strict=True):
            for method in ("getFile", FILE_DOWNLOAD, "sendMessage"):
                world.faults.add(method, fault)
            ann.send_document(
                picture, file_name=f"{TOKEN}.png", mime_type="image/png", caption=KEY
            )
            await world.next_message(ann.user_id, 60)
        ann.press(world.sent(ann.user_id)[0]["message_id"], TOKEN)
        world.updates.add("message", {"message_id": "no number", "chat": TOKEN}, queue=1)
        async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as database:
            await rows(database, "ALTER TABLE readings RENAME TO elsewhere")
            ann.send_text("/stats")
            assert (await world.next_message(ann.user_id, 60))["text"] == plain(texts.FAILED)
            await world.next_message(admin.user_id, 60)
            await rows(database, "ALTER TABLE inbox RENAME TO nowhere")
        polled = len(world.calls_of("getUpdates"))
        ann.send_text("/help")
        await world.until(lambda: len(world.calls_of("getUpdates")) > polled + 1, 60)
        world.faults.add("getUpdates", Refuse(UNAUTHORIZED))
        log = await log_of(process)
    assert process.returncode == 1
    for sign in ("[bot token]", "[secret]", "no such table: inbox", "Traceback", "INFO httpx"):
        assert sign in log
    assert "refuses TELEGRAM_BOT_TOKEN" in log
    assert leaks(log) == []
    assert leaks(said_to(world, ann, admin)) == []


@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, webhook_secret_of(TOKEN)], ids=["set", "made"])
async def test_nothing_that_the_bot_serves_shows_a_secret(
    world: World, ann: Person, tmp_path: Path, settings: dict[str, str], secret: str
) -> None:
    port = free_port()
    settings |= {"WEB_PORT": str(port), "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram"}
    if secret == WEBHOOK_SECRET:
        settings |= {"WEBHOOK_SECRET": secret, "LOG_FORMAT": "json"}
    says_it_all = Refuse(Refusal(500, f"Can't handle /bot{TOKEN}/x with {KEY} and {secret}"))
    for method in ("setWebhook", "getWebhookInfo", "sendMessage"):
        world.faults.add(method, says_it_all)
    world.set_webhook(WebhookSettings(f"https://bot.example/{TOKEN}?{secret}"))
    async with started(world, tmp_path, **settings) as process, Asked(port) as bot:
        await world.until(lambda: bool(world.calls_of("getWebhookInfo")), SECONDS_TO_START)
        served = await everything_served(bot, secret)
        ann.send_photo(photo("7"))
        await world.next_message(ann.user_id, 60)
        sqlite_rows(tmp_path / "bot.sqlite3", "ALTER TABLE inbox RENAME TO nowhere")
        served += await everything_served(bot, secret)
        process.terminate()
        log = await log_of(process)
    assert process.returncode == 0
    shown = [f"{answer.status_code} {answer.headers} {answer.text}" for answer in served]
    assert {answer.status_code for answer in served} == {200, 400, 401, 404, 405, 503}
    assert leaks("\n".join(shown)) == []
    assert leaks(log) == []
    assert leaks(said_to(world, ann)) == []
    for sign in ("Somebody without the right secret", "no such table: inbox"):
        assert sign in log


async def everything_served(bot: Asked, secret: str) -> list[httpx.Response]:
    addresses = ("/", "/healthz", "/readyz", "/metrics", "/telegram", f"/{TOKEN}")
    served = [await bot.get(address) for address in addresses]
    for presented in (secret, secret[:-1], TOKEN, KEY):
        for update in ({}, {"update_id": 1, "message": TOKEN}, {"update_id": secret}):
            served.append(await bot.bring(update, presented))  # noqa: PERF401 - they take time
    return served


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"TELEGRAM_BOT_TOKEN": TOKEN + "!"}, "The value of TELEGRAM_BOT_TOKEN is not allowed."),
        ({"TELEGRAM_API_URL": f"localhost/bot{TOKEN}"}, "The value of TELEGRAM_API_URL, "),
        ({"WEBHOOK_SECRET": f"{WEBHOOK_SECRET}!"}, "The value of WEBHOOK_SECRET is not "),
        ({"WEBHOOK_URL": f"https://h/bot{TOKEN}"}, "The value of WEBHOOK_URL, "),  # no WEB_PORT
        ({"DATA_KEYS": KEY[:-1]}, "The value of DATA_KEYS is not allowed."),
        ({"DATABASE_URL": f"postgres://me:{PASSWORD}@db/bot"}, "The value of DATABASE_URL is "),
        ({"ADMIN_IDS": TOKEN}, "The value of ADMIN_IDS, "),
        ({"MODEL_PATH": TOKEN}, "The model card "),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/no/such"}, "The database sqlite+aiosqlite:"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_no_secret_is_shown_when_a_setting_is_wrong(
    world: World, tmp_path: Path, settings: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    async with started(world, tmp_path, **settings | wrong) as process:
        log = await log_of(process)
    assert process.returncode in {1, 2}
    assert sentence in log
    assert "Traceback" not in log
    assert leaks(log) == []


async def test_a_wrong_key_is_told_in_a_sentence_and_nothing_is_lost(
    world: World, ann: Person, tmp_path: Path, settings: dict[str, str]
) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as database:
        inbox = Inbox(Bot(TOKEN), database, MessageIds(database), Encryption([OLD_KEY]))
        sent = ann.send_text("/help")
        await inbox.accept([message(1, ann.user_id) | {"message": sent}])
        before = await rows(database, "SELECT * FROM inbox")
    async with started(world, tmp_path, **settings | {"DATA_KEYS": KEY}) as process:
        log = await log_of(process)
    assert process.returncode == 1
    assert "CRITICAL bot: 1 of the 1 updates that are kept can't be decrypted" in log
    assert "Traceback" not in log
    assert leaks(log) == []
    assert not world.calls
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as database:
        assert await rows(database, "SELECT * FROM inbox") == before
    async with started(world, tmp_path, **settings):
        answer = await world.next_message(ann.user_id, SECONDS_TO_START)
    assert answer["text"] == plain(texts.HELP)


async def test_a_damaged_database_shows_no_secret(
    world: World, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"no database" * 1000)
    async with started(world, tmp_path, **settings) as process:
        log = await log_of(process)
    assert process.returncode == 1
    assert "file is not a database" in log
    assert "Traceback" not in log
    assert leaks(log) == []
