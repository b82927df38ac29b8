"""Who the bot is, and what its menus show."""

import json
import re

from fake_telegram import refusals
from fake_telegram.methods.registry import Methods
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json
from fake_telegram.world import World

METHODS = Methods()

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
MENU_BUTTONS = frozenset({"default", "commands", "web_app"})


@METHODS.method("getMe")
async def get_me(world: World, params: Params) -> Json:  # noqa: ARG001 - it has none
    return world.bot


@METHODS.method("setMyCommands", "commands scope language_code")
async def set_my_commands(world: World, params: Params) -> bool:
    commands = params.objects("commands", refusals.COMMANDS_NOT_JSON) or []
    if len(commands) > MAX_COMMANDS:
        raise Refused(refusals.COMMANDS_TOO_MUCH)
    world.set_commands(_scope(params), [_checked_command(entry) for entry in commands])
    return True


@METHODS.method("deleteMyCommands", "scope language_code")
async def delete_my_commands(world: World, params: Params) -> bool:
    world.set_commands(_scope(params), [])
    return True


@METHODS.method("getMyCommands", "scope language_code")
async def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get(_scope(params), [])


@METHODS.method("setChatMenuButton", "chat_id menu_button")
async def set_chat_menu_button(world: World, params: Params) -> bool:
    button = params.object("menu_button", refusals.MENU_BUTTON_INVALID) or {"type": "default"}
    if button.get("type") not in MENU_BUTTONS:
        raise Refused(refusals.MENU_BUTTON_INVALID)
    world.menu_buttons[_private_chat_id(world, params)] = button
    return True


@METHODS.method("getChatMenuButton", "chat_id")
async def get_chat_menu_button(world: World, params: Params) -> Json:
    everywhere = world.menu_buttons.get(None, {"type": "default"})
    return world.menu_buttons.get(_private_chat_id(world, params), everywhere)


def _checked_command(entry: Json) -> Json:
    command = str(entry.get("command", "")).removeprefix("/")
    description = str(entry.get("description", ""))
    if not COMMAND.fullmatch(command):
        raise Refused(refusals.COMMAND_INVALID)
    if not 1 <= len(description) <= MAX_DESCRIPTION:
        raise Refused(refusals.COMMAND_DESCRIPTION_INVALID)
    return {"command": command, "description": description}


def _scope(params: Params) -> tuple[str, str]:
    scope = params.object("scope", refusals.SCOPE_INVALID) or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise Refused(refusals.SCOPE_INVALID)
    return json.dumps(scope, sort_keys=True), params.text("language_code")


def _private_chat_id(world: World, params: Params) -> int | None:
    if not params.text("chat_id"):
        return None
    chat = world.chat(params.integer("chat_id"))
    if chat is None or chat.json["type"] != "private":
        raise Refused(refusals.CHAT_NOT_FOUND)
    return chat.chat_id
