"""compose.yaml as Docker's own `compose` understands it; nothing of it is started here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from tests.deploy import DEPLOY

SECRETS = {"TELEGRAM_BOT_TOKEN": "1:a", "POSTGRES_PASSWORD": "p", "GRAFANA_PASSWORD": "g"}


def compose(env_file: Path, **secrets: str) -> "subprocess.CompletedProcess[str]":
    """What `docker compose config` says of compose.yaml with these lines in its .env."""
    env_file.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    # The file names its .env itself, which a checkout has not: so it is read beside this one.
    file = env_file.with_name("compose.yaml")
    file.write_text((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    program = Path(sys.executable).with_name("docker-compose")
    command: list[str | Path] = [program, "-f", file, "config", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(env_file.parent)}
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture
def services(tmp_path: Path) -> dict[str, dict[str, Any]]:
    understood = compose(tmp_path / ".env", **SECRETS)
    assert understood.returncode == 0, understood.stderr
    found: dict[str, dict[str, Any]] = json.loads(understood.stdout)["services"]
    return found


def test_every_service_is_shut_in_and_bounded(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"bot", "database", "prometheus", "machine", "grafana"}
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert int(service["mem_limit"]) <= 512 << 20
        assert service["pids_limit"] > 0
        assert not service.get("privileged")
    assert int(services["bot"]["mem_limit"]) == 512 << 20


def test_the_database_is_reached_by_the_bot_alone_and_all_else_from_this_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    beside_it = {name for name, service in services.items() if "database" in service["networks"]}
    assert beside_it == {"bot", "database"}
    assert "ports" not in services["database"]
    open_ports = [port for service in services.values() for port in service.get("ports", ())]
    assert {port["host_ip"] for port in open_ports} == {"127.0.0.1"}


def test_the_bot_waits_for_its_database_and_is_given_time_to_stop(
    services: dict[str, dict[str, Any]],
) -> None:
    waits_for = services["bot"]["depends_on"]["database"]["condition"]
    assert waits_for == "service_healthy"
    assert services["database"]["healthcheck"]["test"][0] == "CMD"
    drain_seconds = Settings.model_fields["drain_seconds"].default
    grace = re.fullmatch(r"(\d+)s", services["bot"]["stop_grace_period"])
    assert grace
    assert int(grace[1]) >= drain_seconds + 10


def test_secrets_come_from_the_env_file_and_reach_only_whom_they_concern(
    services: dict[str, dict[str, Any]],
) -> None:
    given = {name: service.get("environment", {}) for name, service in services.items()}
    assert given["bot"]["TELEGRAM_BOT_TOKEN"] == "1:a"  # noqa: S105
    assert given["bot"]["DATABASE_URL"] == "postgresql+asyncpg://bot:p@database/bot"
    assert not given["bot"]["GRAFANA_PASSWORD"]
    assert not given["bot"]["POSTGRES_PASSWORD"]
    assert given["database"]["POSTGRES_PASSWORD"] == "p"  # noqa: S105
    assert given["grafana"]["GF_SECURITY_ADMIN_PASSWORD"] == "g"  # noqa: S105
    assert not {*given["prometheus"], *given["machine"]}


@pytest.mark.parametrize("missing", ["POSTGRES_PASSWORD", "GRAFANA_PASSWORD"])
def test_a_password_that_is_missing_is_told_before_anything_starts(
    missing: str, tmp_path: Path
) -> None:
    secrets = {name: value for name, value in SECRETS.items() if name != missing}
    refused = compose(tmp_path / ".env", **secrets)
    assert refused.returncode != 0
    assert f"{missing} is missing a value: put one into deploy/.env" in refused.stderr


def test_every_file_that_is_handed_to_a_container_is_there(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    handed = [
        Path(volume["source"]).relative_to(tmp_path)
        for service in services.values()
        for volume in service.get("volumes", ())
        if volume["type"] == "bind" and volume["source"] != "/"
    ]
    assert len(handed) == 3
    assert all((DEPLOY / folder).is_dir() for folder in handed)
