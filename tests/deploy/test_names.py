"""What deploy/ names is what the bot has: its metrics, its settings."""

import re

import pytest

from bot.metrics import Metrics
from bot.settings import Settings
from tests.deploy import DEPLOY
from tests.deploy.test_monitoring import ALERTS, DASHBOARD, expressions

METRIC = re.compile(r"\b(?:digit_bot|process)_\w+")


@pytest.fixture(scope="module")
def served() -> set[str]:
    """The names of what the bot serves at /metrics, as Prometheus stores them."""
    names: set[str] = set()
    for metric in Metrics().registry.collect():
        parts = ("_bucket", "_sum", "_count") if metric.type == "histogram" else ("",)
        suffixes = ("_total",) if metric.type == "counter" else parts
        names.update(metric.name + suffix for suffix in suffixes)
    return names


def test_each_metric_that_an_alert_or_a_panel_names_is_one_that_the_bot_has(
    served: set[str],
) -> None:
    asked = " ".join([*(alert["expr"] for alert in ALERTS), *expressions(DASHBOARD)])
    named = set(METRIC.findall(asked))
    assert len(named) > 10
    assert named <= served


def test_each_metric_of_the_bot_has_a_panel(served: set[str]) -> None:
    shown = METRIC.findall(" ".join(expressions(DASHBOARD)))
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    own = {
        re.sub("_(bucket|sum|count)$", "", name) for name in served if name.startswith("digit_bot")
    }
    assert own <= families


def test_each_variable_that_is_set_for_the_bot_is_one_of_its_settings() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    unit = (DEPLOY / "digit-reader-bot.service").read_text(encoding="utf-8")
    set_there = {
        *re.findall(r"^    ([A-Z_]+)=\S+(?: \\)?$", image, re.MULTILINE),
        *re.findall(r"^Environment=([A-Z_]+)=", unit, re.MULTILINE),
    }
    ours = {name for name in set_there if not name.startswith("PYTHON")}
    assert ours == {"DATABASE_URL", "WEB_ADDRESS", "WEB_PORT"}
    assert {name.lower() for name in ours} <= set(Settings.model_fields)
