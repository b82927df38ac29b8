import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_telegram import Person
from fake_telegram.entities import found_entities, parse, trimmed, utf16_length
from fake_telegram.groups import marked_text
from tests.fake_telegram.calls import Api

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("/stats", [("bot_command", "/stats")]),
        ("try /stats@digit_reader_bot now", [("bot_command", "/stats@digit_reader_bot")]),
        ("🙂 /help", [("bot_command", "/help")]),
        ("3/4 and a/b are no commands", []),
        ("ask @digit_reader_bot", [("mention", "@digit_reader_bot")]),
        ("ann@mail.example is no mention", []),
        ("see https://t.me/x?y=1 there", [("url", "https://t.me/x?y=1")]),
        ("@ann_1 wrote /start", [("mention", "@ann_1"), ("bot_command", "/start")]),
    ],
)
def test_commands_mentions_and_links_are_found(text: str, marked: list[tuple[str, str]]) -> None:
    found = [(entity["type"], marked_text(text, entity)) for entity in found_entities(text)]
    assert found == marked


def test_html_becomes_entities_that_count_utf16_units() -> None:
    text, entities = parse('🙂 <b>A <i>7</i></b> &lt; <a href="https://x.example">8</a>', "HTML")
    assert text == "🙂 A 7 < 8"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "italic", "offset": 5, "length": 1},
        {"type": "text_link", "url": "https://x.example", "offset": 9, "length": 1},
    ]


@given(TEXTS, TEXTS)
def test_escaped_text_survives_html_and_its_entity_marks_it(before: str, inside: str) -> None:
    text, entities = parse(f"{escape(before)}<b>{escape(inside)}</b>", "HTML")
    assert text == before + inside
    assert [marked_text(text, entity) for entity in entities] == [inside] * bool(inside)


@given(TEXTS, TEXTS, TEXTS)
def test_trimming_leaves_each_entity_on_the_characters_it_marked(
    before: str, inside: str, after: str
) -> None:
    text, entities = parse(f"{escape(before)}<b>{escape(inside)}</b>{escape(after)}", "HTML")
    kept, moved = trimmed(text, entities)
    assert kept == text.strip()
    marked = [marked_text(kept, entity) for entity in moved]
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    first, last = max(len(before), start), min(len(before + inside), end)
    assert marked == [text[first:last]] * (first < last)


@given(TEXTS)
def test_plain_text_is_left_alone(text: str) -> None:
    assert parse(text, "") == (text, [])


@given(TEXTS)
def test_the_length_of_a_text_is_what_javascript_would_count(text: str) -> None:
    assert utf16_length(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)


@pytest.mark.parametrize(
    ("text", "parse_mode", "reason"),
    [
        (
            "<b>7",
            "HTML",
            "can't parse entities: Can't find end tag corresponding to start tag b",
        ),
        ("ü</b>", "HTML", "can't parse entities: Unexpected end tag at byte offset 2"),
        (
            "<h1>7</h1>",
            "HTML",
            'can\'t parse entities: Unsupported start tag "h1" at byte offset 0',
        ),
        (
            "*7*",
            "MarkdownV2",
            "the stand-in for Telegram does not read MarkdownV2; use parse_mode HTML, or entities",
        ),
        ("7", "TeX", "unsupported parse_mode"),
        ("<b> </b>", "HTML", "message text is empty"),
    ],
)
async def test_broken_or_unknown_markup_is_refused(
    api: Api, ann: Person, text: str, parse_mode: str, reason: str
) -> None:
    refusal = await api.refusal(
        "sendMessage", chat_id=ann.user_id, text=text, parse_mode=parse_mode
    )
    assert refusal == f"400 Bad Request: {reason}"


async def test_entities_can_be_given_and_move_with_white_space_that_is_cut_off(
    api: Api, ann: Person
) -> None:
    bold = {"type": "bold", "offset": 4, "length": 1}
    message = await api.result(
        "sendMessage", chat_id=ann.user_id, text="  A 7.", entities=json.dumps([bold])
    )
    assert message["entities"] == [{"type": "bold", "offset": 2, "length": 1}]
    assert message["text"] == "A 7."
