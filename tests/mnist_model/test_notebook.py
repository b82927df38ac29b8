import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
COMMITTED = ROOT / "notebooks" / "walkthrough.ipynb"
PICTURES = {"image/png", "image/jpeg"}


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook as it comes out of a run on a small budget."""
    output = tmp_path_factory.mktemp("notebook") / "walkthrough.ipynb"
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / "scripts/notebook.py", "--quick", "--output", output],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return output


def cells(notebook: Path) -> list[dict[str, Any]]:
    return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])


def outputs(notebook: Path) -> list[dict[str, Any]]:
    return [output for cell in cells(notebook) for output in cell.get("outputs", ())]


def text(notebook: Path) -> str:
    return "".join("".join(output.get("text", ())) for output in outputs(notebook))


def num_pictures(notebook: Path) -> int:
    return sum(bool(PICTURES & set(output.get("data", ()))) for output in outputs(notebook))


def test_the_walkthrough_runs_from_the_data_to_a_photo(quick_run: Path) -> None:
    assert "train: (55000, 28, 28) float32" in text(quick_run)
    assert "60/60" in text(quick_run)  # the steps of the small budget
    assert "cnn reads 2047" in text(quick_run)  # what stands on notebooks/example.jpg
    assert num_pictures(quick_run) == 7


def test_the_committed_notebook_shows_its_pictures_and_no_error() -> None:
    assert num_pictures(COMMITTED) == 7
    assert not any(output["output_type"] == "error" for output in outputs(COMMITTED))
    assert "cnn reads 2047" in text(COMMITTED)
    assert COMMITTED.stat().st_size < 1_000_000


def test_the_committed_notebook_was_made_from_its_source_as_it_is(quick_run: Path) -> None:
    run = [
        cell["source"] for cell in cells(quick_run) if "parameters" not in str(cell["metadata"])
    ]
    committed = [
        cell["source"] for cell in cells(COMMITTED) if "parameters" not in str(cell["metadata"])
    ]
    assert committed == run


def test_the_committed_notebook_names_no_folder_of_the_machine_that_ran_it() -> None:
    assert "/tmp/" not in text(COMMITTED)  # noqa: S108 - looked for, not written to
    assert str(ROOT) not in COMMITTED.read_text(encoding="utf-8")
