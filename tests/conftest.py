"""How hypothesis runs in all tests."""

import os

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
