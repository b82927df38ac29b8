"""Bot API objects, kept as the JSON that goes over the wire: there is no second schema."""

from typing import Any

Json = dict[str, Any]


def bot_user(user_id: int, username: str, name: str) -> Json:
    """The User that getMe answers with."""
    return {
        "id": user_id,
        "is_bot": True,
        "first_name": name,
        "username": username,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def as_sender(bot: Json) -> Json:
    """The bot as it stands in a message's `from`: without the fields that only getMe has."""
    return {key: bot[key] for key in ("id", "is_bot", "first_name", "username")}


def person_user(user_id: int, first_name: str, username: str, language_code: str) -> Json:
    return {
        "id": user_id,
        "is_bot": False,
        "first_name": first_name,
        "username": username,
        "language_code": language_code,
    }


def private_chat(user: Json) -> Json:
    return {
        "id": user["id"],
        "type": "private",
        "first_name": user["first_name"],
        "username": user["username"],
    }


def group_chat(chat_id: int, title: str) -> Json:
    return {"id": chat_id, "type": "supergroup", "title": title}
