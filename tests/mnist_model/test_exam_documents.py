"""The exams' figures in docs/model.md are those of the files that `scripts/evaluate.py` wrote."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mnist_model.digit_exam import DIGIT_CASES
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card

DOCS = Path(__file__).parent.parent.parent / "docs"
NETWORKS = ("_first", "_first_of_twelve", "")


def report(exam: str) -> dict[str, Any]:
    return dict(json.loads((DOCS / f"{exam}.json").read_text(encoding="utf-8")))


def errors(network: str) -> dict[str, float]:
    """The mean error of a network in each line of the table."""
    digits = report(f"digit_exam{network}")["mean_error"]
    spoiled = [s for s in report(f"photo_exam{network}")["scores"] if s["severity"] > 0]
    one_digit = mean(1 - s["one_digit"]["value"] for s in spoiled)
    several = mean(1 - s["several"]["value"] for s in spoiled)
    return {
        "spoiled digits, raw": digits["raw"],
        "spoiled digits, prepared": digits["prepared"],
        "simulated photos of one digit": one_digit,
        "simulated photos of several": several,
        "simulated photos, all": mean([one_digit, several]),  # as many of each
        "digits on simulated photos": mean(s["character_errors"] for s in spoiled),
    }


def mean(values: Any) -> float:
    return float(np.mean(list(values)))


def test_the_table_has_the_mean_errors_of_the_first_networks_and_of_the_present_one() -> None:
    document = (DOCS / "model.md").read_text(encoding="utf-8")
    first, of_twelve, present = (errors(network) for network in NETWORKS)
    for name in present:
        cells = [f"{network[name]:.1%}" for network in (first, of_twelve, present)]
        row = f"| {name} | {' | '.join(cells)} | {present[name] / first[name]:.0%} |"
        assert row.replace("%", " %") in document


def test_all_networks_were_asked_the_same() -> None:
    for exam in ("digit_exam", "photo_exam"):
        reports = [report(f"{exam}{network}") for network in NETWORKS]
        assert len({(r["split"], r["seed"], r["sample"]) for r in reports}) == 1
        assert len({r["weights_sha256"] for r in reports}) == len(NETWORKS)
    cases = [(s["corruption"], s["severity"]) for s in report("digit_exam")["scores"]]
    assert cases == list(DIGIT_CASES)
    assert f"Each of {report('digit_exam')['sample']:,} validation digits" in (
        DOCS / "model.md"
    ).read_text(encoding="utf-8")


def test_the_present_network_is_the_one_that_ships() -> None:
    shipped = read_card(DEFAULT_MODEL_PATH).weights_sha256
    assert {report(exam)["weights_sha256"] for exam in ("digit_exam", "photo_exam")} == {shipped}
