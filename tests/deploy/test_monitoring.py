"""Prometheus' rules, as its own promtool tries them, and Grafana's dashboard."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy import DEPLOY, ROOT

PROMETHEUS, GRAFANA = DEPLOY / "prometheus", DEPLOY / "grafana"
ALERTS = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads(
    (GRAFANA / "dashboards" / "digit-reader-bot.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def promtool() -> str:
    beside_python = str(Path(sys.executable).with_name("promtool"))
    found = shutil.which("promtool") or shutil.which(beside_python)
    if found is None:
        pytest.skip("There is no promtool on this machine. `make promtool` gets Debian's.")
    return found


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def expressions(dashboard: dict[str, Any]) -> Iterator[str]:
    """All that the dashboard asks Prometheus, as Prometheus itself would be asked."""
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [note["expr"] for note in dashboard["annotations"]["list"]]
    for expression in asked:
        yield expression.replace("$__rate_interval", "1m")


def test_prometheus_accepts_its_configuration_and_the_alerts(promtool: str) -> None:
    checked = run(promtool, "check", "config", PROMETHEUS / "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    assert f"SUCCESS: {len(ALERTS)} rules found" in checked.stdout


def test_each_alert_comes_when_it_is_to_and_not_before(promtool: str) -> None:
    tried = run(promtool, "test", "rules", PROMETHEUS / "alerts_test.yml")
    assert tried.returncode == 0, tried.stderr


def test_no_alert_is_left_out_of_those_tests() -> None:
    text = (PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8")
    shown = {
        alert["alertname"]
        for case in yaml.safe_load(text)["tests"]
        for alert in case.get("alert_rule_test", ())
        if alert["exp_alerts"]
    }
    assert shown == {alert["alert"] for alert in ALERTS}


def test_prometheus_understands_all_that_the_dashboard_asks(promtool: str, tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(expressions(DASHBOARD))
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = run(promtool, "check", "rules", file)
    assert checked.returncode == 0, checked.stderr


def test_the_panels_ask_the_datasource_that_is_provided_and_do_not_overlap() -> None:
    folder = GRAFANA / "provisioning" / "datasources"
    provided = yaml.safe_load((folder / "prometheus.yaml").read_text(encoding="utf-8"))
    (source,) = provided["datasources"]
    cells: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        asked = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert all(each == {"type": source["type"], "uid": source["uid"]} for each in asked)
        place = panel["gridPos"]
        taken = {
            (place["x"] + right, place["y"] + down)
            for right in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in taken) < 24  # so many columns Grafana has
        cells |= taken


def test_each_alert_is_explained_and_no_other() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([A-Z]\w+)` \|", text, re.MULTILINE)
    assert sorted(explained) == sorted(alert["alert"] for alert in ALERTS)
