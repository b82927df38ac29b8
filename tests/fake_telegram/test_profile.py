import json
from typing import Any

import pytest

from fake_telegram import Person, World
from tests.fake_telegram.calls import Api

START = {"command": "start", "description": "Begin"}


async def test_commands_are_kept_for_each_scope_and_shown_to_people(
    api: Api, world: World, ann: Person
) -> None:
    with world.events.of_chat(ann.user_id) as happenings:
        await api.result("setMyCommands", commands=json.dumps([START]))
        assert happenings.get_nowait() == {"type": "commands", "commands": [START]}
    assert await api.result("getMyCommands") == [START]
    groups = json.dumps({"type": "all_group_chats"})
    assert await api.result("getMyCommands", scope=groups) == []
    assert await api.result("getMyCommands", language_code="de") == []
    await api.result("deleteMyCommands")
    assert await api.result("getMyCommands") == []


async def test_a_person_sees_the_commands_of_the_narrowest_scope(api: Api, world: World) -> None:
    private = {"command": "privacy", "description": "What is kept"}
    scope = json.dumps({"type": "all_private_chats"})
    await api.result("setMyCommands", commands=json.dumps([START]))
    await api.result("setMyCommands", commands=json.dumps([private]), scope=scope)
    assert world.menu() == [private]


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "Start!", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "s" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "start", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "start", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([START] * 101, "BOT_COMMANDS_TOO_MUCH"),
        ("start", "can't parse commands JSON object"),
    ],
)
async def test_malformed_commands_are_refused(api: Api, commands: Any, reason: str) -> None:
    refusal = await api.refusal("setMyCommands", commands=json.dumps(commands))
    assert refusal == f"400 Bad Request: {reason}"


async def test_an_unknown_scope_is_refused(api: Api) -> None:
    assert await api.refusal("getMyCommands", scope='{"type": "moon"}') == (
        "400 Bad Request: can't parse BotCommandScope: Unsupported type specified"
    )


async def test_a_menu_button_is_set_for_one_chat_or_for_all_others(api: Api, ann: Person) -> None:
    commands = {"type": "commands"}
    await api.result("setChatMenuButton", menu_button=json.dumps(commands))
    draw = {"type": "web_app", "text": "Draw", "web_app": {"url": "https://draw.example"}}
    await api.result("setChatMenuButton", chat_id=ann.user_id, menu_button=json.dumps(draw))
    assert await api.result("getChatMenuButton", chat_id=ann.user_id) == draw
    assert await api.result("getChatMenuButton") == commands


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        (
            {"menu_button": '{"type": "bell"}'},
            "can't parse menu button: MenuButton has unsupported type",
        ),
        ({"chat_id": "4711"}, "chat not found"),
    ],
)
async def test_a_menu_button_that_is_impossible_is_refused(
    api: Api, parameters: dict[str, str], reason: str
) -> None:
    refusal = await api.refusal("setChatMenuButton", **parameters)
    assert refusal == f"400 Bad Request: {reason}"
