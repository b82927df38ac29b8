"""What documents repeat agrees with where it comes from."""

import re
import tomllib
from pathlib import Path

import pytest

from mnist_model import DEFAULT_MODEL_PATH
from mnist_model.model_card import read_card

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text) + re.findall(r'src="([^"]+)"', text)
    files = [target for target in targets if "://" not in target]
    assert [file for file in files if not (document.parent / file).exists()] == []


def test_the_readme_says_how_well_the_shipped_network_reads() -> None:
    accuracy = read_card(DEFAULT_MODEL_PATH).test_accuracy
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    low, high = 100 * accuracy.low, 100 * accuracy.high
    sentence = f"{100 * accuracy.value:.2f} % right (95 % interval {low:.2f} % to {high:.2f} %)"
    assert sentence in text


def test_every_make_command_of_the_readme_exists_and_the_other_way_round() -> None:
    readme = set(re.findall(r"`make (\w+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    offered = set(re.findall(r"^(\w+):.*## ", makefile, flags=re.MULTILINE)) - {"help"}
    assert readme - {"lock"} == offered


def test_every_dependency_has_its_line_of_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    names = {re.split(r"[\[<>=~ ;]", requirement)[0] for requirement in wanted}
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| ([a-z0-9-]+) \|", text, flags=re.MULTILINE)) - {"package"}
    assert names - {project["name"]} == documented


def test_requirement_files_name_no_host_and_pin_every_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", text, flags=re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, flags=re.MULTILINE)) > 0
