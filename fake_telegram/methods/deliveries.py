"""How the bot gets its updates: by long polling, or by a webhook."""

import re
from urllib.parse import urlsplit

from fake_telegram import refusals
from fake_telegram.methods.registry import Described, Methods
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json
from fake_telegram.webhook_settings import WebhookSettings
from fake_telegram.world import World

METHODS = Methods()

MAX_UPDATES = 100
MAX_TIMEOUT_SECONDS = 50
SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{0,256}")


@METHODS.method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(world: World, params: Params) -> list[Json]:
    if world.webhook is not None:
        raise Refused(refusals.WEBHOOK_IS_ACTIVE)
    _allow(world, params)
    offset = params.integer("offset")
    limit = min(max(params.integer("limit", MAX_UPDATES), 1), MAX_UPDATES)
    timeout = min(max(params.integer("timeout"), 0), MAX_TIMEOUT_SECONDS)
    updates = world.updates.read(offset, limit)
    if not updates and timeout:
        await world.poll.wait(timeout)
        updates = world.updates.read(offset, limit)
    return [update.as_json() for update in updates]


@METHODS.method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
async def set_webhook(world: World, params: Params) -> Described:
    url = params.text("url").strip()
    if not url:
        return await delete_webhook(world, params)
    _check_webhook(url, params.text("secret_token"))
    _allow(world, params)
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    settings = WebhookSettings(
        url=url,
        secret_token=params.text("secret_token"),
        max_connections=min(max(params.integer("max_connections", 40), 1), 100),
    )
    if settings == world.webhook:
        return Described(True, "Webhook is already set")
    world.poll.end(refusals.POLL_ENDED_BY_WEBHOOK)
    world.set_webhook(settings)
    return Described(True, "Webhook was set")


@METHODS.method("deleteWebhook", "drop_pending_updates")
async def delete_webhook(world: World, params: Params) -> Described:
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    was_set = world.webhook is not None
    world.set_webhook(None)
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


@METHODS.method("getWebhookInfo")
async def get_webhook_info(world: World, params: Params) -> Json:  # noqa: ARG001 - it has none
    info: Json = {
        "url": world.webhook.url if world.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting()),
    }
    if world.webhook:
        info["max_connections"] = world.webhook.max_connections
    if world.webhook_error:
        info["last_error_date"] = world.webhook_error.date
        info["last_error_message"] = world.webhook_error.message
    if world.updates.allowed:
        info["allowed_updates"] = list(world.updates.allowed)
    return info


def _allow(world: World, params: Params) -> None:
    kinds = params.parsed("allowed_updates", refusals.ALLOWED_NOT_JSON)
    if isinstance(kinds, list):
        world.updates.allow([str(kind) for kind in kinds])


def _check_webhook(url: str, secret_token: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused(refusals.WEBHOOK_URL_INVALID) from error
    # Plain HTTP is for tests on one machine; Telegram's own servers want HTTPS without exception.
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise Refused(refusals.WEBHOOK_NOT_HTTPS)
    if not SECRET_TOKEN.fullmatch(secret_token):
        raise Refused(refusals.SECRET_TOKEN_INVALID)
