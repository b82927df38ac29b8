"""The image is not built here, since that needs Docker; what can be told without it."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.deploy import DEPLOY, ROOT

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
HEALTH_CHECK = re.search(r"HEALTHCHECK .*\n\s+CMD (\[.*\])", DOCKERFILE)


@contextmanager
def answering_with(status: int) -> Iterator[int]:
    """A server whose /healthz has that status, all else 404; yields its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def health_check(port: int) -> int:
    """The exit status of the image's health check, on that port."""
    assert HEALTH_CHECK
    _python, *arguments = json.loads(HEALTH_CHECK[1].replace("8080", str(port)))
    command = [sys.executable, *arguments]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode  # noqa: S603


def test_hadolint_has_nothing_against_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [hadolint, DEPLOY / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, "")


def test_the_health_check_tells_a_bot_that_is_well_from_one_that_is_not() -> None:
    with answering_with(200) as port:
        assert health_check(port) == 0
    assert health_check(port) == 1  # nobody is there any more
    with answering_with(503) as port:
        assert health_check(port) == 1


def test_the_image_runs_as_nobody_who_may_write_the_program() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"^USER (.+)$", last_stage, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"chown bot:bot (.+)", last_stage) == ["var"]


def test_all_that_is_copied_is_let_in_by_dockerignore_and_no_more_than_that() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = set(re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE))
    assert "*" in lines
    assert {name.replace("${REQUIREMENTS}", "*") for name in copied} - {"--from=build"} == let_in
    assert all(any(ROOT.glob(name)) for name in let_in)


def test_the_image_has_a_python_that_the_project_allows_and_the_locks_are_made_for() -> None:
    (version,) = set(re.findall(r"^FROM python:([\d.]+)-", DOCKERFILE, re.MULTILINE))
    assert f"--python-version {version} " in (ROOT / "Makefile").read_text(encoding="utf-8")
