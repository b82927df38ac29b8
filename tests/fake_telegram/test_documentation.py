import re
from pathlib import Path
from typing import Any

from fake_telegram.methods import METHODS

DOCUMENT = Path(__file__).parents[2] / "docs" / "fake_telegram.md"


async def test_the_example_in_the_documentation_is_a_test_that_passes() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own document
    await names["test_the_bot_greets_and_survives_a_server_error"]()


def test_the_documentation_lists_every_method() -> None:
    text = DOCUMENT.read_text("utf-8")
    (listed,) = re.findall(r"\*Methods\*: (.*?), and the download", text)
    assert set(listed.split(", ")) == {method.name for method in METHODS.values()}
