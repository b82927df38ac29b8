"""The unit of systemd, as systemd itself judges it and as the bot needs it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.deploy import DEPLOY, ROOT

UNIT = DEPLOY / "digit-reader-bot.service"
LINES = UNIT.read_text(encoding="utf-8")


def setting(name: str) -> str:
    """The one value that the unit gives it."""
    (value,) = re.findall(rf"^{name}=(.*)$", LINES, re.MULTILINE)
    return value


def systemd_analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("There is no systemd on this machine.")
    command = [program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def test_systemd_rates_its_exposure_under_3_of_10() -> None:
    judged = systemd_analyze("security", "--offline=true", "--threshold=29", UNIT)
    assert "Overall exposure level" in judged.stdout
    assert judged.returncode == 0, judged.stdout


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    # With a program that is there: the bot's is not installed in /opt here.
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub("^ExecStart=.*$", "ExecStart=/bin/true", LINES, flags=re.MULTILINE))
    judged = systemd_analyze("verify", "--man=no", unit)
    about_it = [line for line in judged.stderr.splitlines() if UNIT.name in line]
    assert (judged.returncode, about_it) == (0, [])
    unit.write_text(unit.read_text() + "NoSuchSetting=yes\n")
    assert "NoSuchSetting" in systemd_analyze("verify", "--man=no", unit).stderr


def test_a_stop_waits_for_the_answers_under_way_and_what_comes_after_them() -> None:
    drain_seconds = Settings.model_fields["drain_seconds"].default
    assert int(setting("TimeoutStopSec")) >= drain_seconds + 10


def test_what_the_bot_calls_a_wrong_setting_is_no_reason_to_start_it_again() -> None:
    assert setting("Restart") == "on-failure"
    program = (ROOT / "bot" / "__main__.py").read_text(encoding="utf-8")
    assert f"{setting('RestartPreventExitStatus')} for a wrong setting" in program


def test_the_memory_bound_leaves_room_for_one_photo_beside_the_bot() -> None:
    photo_megabytes = Settings.model_fields["photo_megabytes"].default
    assert int(setting("MemoryMax").removesuffix("M")) >= 300 + photo_megabytes


def test_the_bound_on_threads_leaves_room_for_the_most_readers_beside_the_bot() -> None:
    schema = Settings.model_json_schema()["properties"]["reader_processes"]
    assert int(setting("TasksMax")) >= 6 * schema["maximum"] + 40
    assert f"pids_limit: {setting('TasksMax')} #" in (DEPLOY / "compose.yaml").read_text()
