"""Text as Telegram keeps it: plain characters, and entities that point into them.

Offsets and lengths of entities, and the limits of a text, count UTF-16 code units.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from fake_telegram.refusals import Refused, bad_request
from fake_telegram.shapes import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024

_FOUND_BY_ITSELF = {
    "bot_command": re.compile(r"(?<![\w/])/\w{1,32}(?:@\w{3,32})?"),
    "mention": re.compile(r"(?<![\w@/])@[A-Za-z]\w{2,31}"),
    "url": re.compile(r"https?://[^\s<>\"]+"),
}

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "text_link",
}


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def found_entities(text: str) -> list[Json]:
    """The commands, mentions and links that Telegram marks without being asked."""
    found = list(_found(text))
    return sorted(found, key=lambda entity: entity["offset"])


def _found(text: str) -> Iterator[Json]:
    for kind, pattern in _FOUND_BY_ITSELF.items():
        for match in pattern.finditer(text):
            yield {
                "type": kind,
                "offset": utf16_length(text[: match.start()]),
                "length": utf16_length(match.group()),
            }


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """A text without the white space around it, and what is left of its entities."""
    kept = text.strip()
    end = utf16_length(kept)
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    moved = []
    for entity in entities:
        first = max(int(entity["offset"]) - shift, 0)
        last = min(int(entity["offset"]) + int(entity["length"]) - shift, end)
        if first < last:
            moved.append({**entity, "offset": first, "length": last - first})
    return kept, moved


def parse(text: str, parse_mode: str) -> tuple[str, list[Json]]:
    """A text and its entities, from a text with markup.

    Raises:
        Refused: the markup is broken, or of a kind this server does not know.
    """
    match parse_mode.lower():
        case "":
            return text, []
        case "html":
            return _parse_html(text)
        case "markdown" | "markdownv2":
            raise Refused(
                bad_request(
                    f"the stand-in for Telegram does not read {parse_mode}; "
                    "use parse_mode HTML, or entities"
                )
            )
        case _:
            raise Refused(bad_request("unsupported parse_mode"))


def _parse_html(text: str) -> tuple[str, list[Json]]:
    reader = _HtmlReader()
    reader.feed(text)
    reader.close()
    if reader.open:
        tag = reader.open[-1][0]
        raise Refused(
            bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag {tag}"
            )
        )
    entities = [entity for entity in reader.entities if entity["length"]]
    return reader.text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _HtmlReader(HTMLParser):
    """Collects the text between the tags, and an entity for each pair of tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self.entities: list[Json] = []
        self.open: list[tuple[str, int, Json]] = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += unescape(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += unescape(f"&#{name};")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            offset = len(self.text.encode())
            raise Refused(
                bad_request(
                    f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {offset}'
                )
            )
        entity: Json = {"type": _TAGS[tag]}
        if tag == "a":
            entity["url"] = dict(attrs).get("href") or ""
        self.open.append((tag, utf16_length(self.text), entity))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            offset = len(self.text.encode())
            raise Refused(
                bad_request(f"can't parse entities: Unexpected end tag at byte offset {offset}")
            )
        _, offset, entity = self.open.pop()
        length = utf16_length(self.text) - offset
        self.entities.append({**entity, "offset": offset, "length": length})
