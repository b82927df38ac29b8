"""What a call puts into a message: its text or caption with entities, and its keyboard."""

from typing import Any

from fake_telegram import refusals
from fake_telegram.entities import (
    MAX_CAPTION,
    MAX_TEXT,
    found_entities,
    parse,
    trimmed,
    utf16_length,
)
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json

MAX_CALLBACK_DATA_BYTES = 64

BUTTON_ACTIONS = frozenset(
    [
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    ]
)


def text(params: Params) -> Json:
    """The text of a message with its entities.

    Raises:
        Refused: empty, longer than 4096, or its markup is broken.
    """
    content = _formatted(params, "text", "entities")
    if not content:
        raise Refused(refusals.TEXT_EMPTY)
    if utf16_length(content["text"]) > MAX_TEXT:
        raise Refused(refusals.TEXT_TOO_LONG)
    return content


def caption(params: Params) -> Json:
    """The caption of a file with its entities, or {}.

    Raises:
        Refused: longer than 1024, or its markup is broken.
    """
    content = _formatted(params, "caption", "caption_entities")
    if content and utf16_length(content["caption"]) > MAX_CAPTION:
        raise Refused(refusals.CAPTION_TOO_LONG)
    return content


def _formatted(params: Params, name: str, entities_name: str) -> Json:
    given = params.objects(entities_name, refusals.ENTITIES_NOT_JSON)
    plain, marked = parse(params.text(name), params.text("parse_mode"))
    if given is not None:
        marked = given
    shown, marked = trimmed(plain, marked)
    if not shown:
        return {}
    entities = sorted(marked + found_entities(shown), key=lambda entity: int(entity["offset"]))
    return {name: shown} | ({entities_name: entities} if entities else {})


def inline_keyboard(params: Params) -> Json:
    """The field of a message that shows its buttons, or {}.

    Other kinds of reply markup are taken, but no message carries them.

    Raises:
        Refused: the markup or one of its buttons is malformed.
    """
    markup = params.parsed("reply_markup", refusals.MARKUP_NOT_JSON)
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise Refused(refusals.MARKUP_NOT_OBJECT)
    rows = markup.get("inline_keyboard")
    if rows is None:
        return {}
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused(refusals.KEYBOARD_NOT_ROWS)
    for row in rows:
        for button in row:
            _check_button(button)
    filled = [row for row in rows if row]
    return {"reply_markup": {"inline_keyboard": filled}} if filled else {}


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise Refused(refusals.BUTTON_NOT_OBJECT)
    if not isinstance(button.get("text"), str):
        raise Refused(refusals.BUTTON_WITHOUT_TEXT)
    if not BUTTON_ACTIONS & button.keys():
        raise Refused(refusals.BUTTON_WITHOUT_ACTION)
    if len(str(button.get("callback_data", "")).encode()) > MAX_CALLBACK_DATA_BYTES:
        raise Refused(refusals.BUTTON_DATA_INVALID)
