"""Reading one parameter of a call, as the Bot API's server reads it."""

import json
from dataclasses import dataclass, field
from typing import Any

from fake_telegram.refusals import Refusal, Refused
from fake_telegram.shapes import Json


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    file_name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one call. All values are text; objects are JSON in that text."""

    values: dict[str, str]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default where it is missing or none, as tdlib reads it."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def parsed(self, name: str, refusal: Refusal) -> Any:
        """A JSON value; None where the parameter is missing or empty.

        Raises:
            Refused: with `refusal`, where it is no JSON.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            raise Refused(refusal) from error

    def object(self, name: str, refusal: Refusal) -> Json | None:
        """A JSON object; None where the parameter is missing or empty.

        Raises:
            Refused: with `refusal`, where it is anything else.
        """
        value = self.parsed(name, refusal)
        if value is not None and not isinstance(value, dict):
            raise Refused(refusal)
        return value

    def objects(self, name: str, refusal: Refusal) -> list[Json] | None:
        """A JSON array of objects; None where the parameter is missing or empty.

        Raises:
            Refused: with `refusal`, where it is anything else.
        """
        value = self.parsed(name, refusal)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Refused(refusal)
        return value


def as_fields(fields: dict[str, Any]) -> dict[str, str]:
    """JSON values as form fields would carry them; null is as good as absent."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in fields.items()
        if value is not None
    }
