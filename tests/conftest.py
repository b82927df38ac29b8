"""How hypothesis runs in all tests, and what a skipped test is worth."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile(
    "project",
    settings.get_profile("default"),
    # The first example may load a model, and a busy machine stalls at any: time proves nothing.
    deadline=None,
    # CI tries the same examples each time, so that it fails for what a change did and never by
    # chance; at a desk they are new each time, so that rare ones are found where one can look.
    derandomize="CI" in os.environ,
)
settings.load_profile("project")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With NO_SKIPS=1 a skipped test has failed: the checks must not pass for want of a service.

    At a desk a test is skipped where the machine can't have what it needs.
    """
    report = yield
    if report.skipped and os.environ.get("NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"Skipped, though NO_SKIPS=1: {report.longreprtext}"
    return report
