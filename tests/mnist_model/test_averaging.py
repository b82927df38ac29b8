import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_model.averaging import LEVEL, SHARE_OF_FALL, falling_rate, momentum

SCRIPT = Path(__file__).parent / "averaged_weights.py"


def test_the_rate_falls_to_its_level_and_stays_there() -> None:
    rate = falling_rate(0.004, 1000)
    start, at_the_level, last = (float(rate(step)) for step in (0, 1000 * SHARE_OF_FALL, 999))
    assert start == pytest.approx(0.004)
    assert at_the_level == last == pytest.approx(0.004 * LEVEL)


@pytest.mark.parametrize("num_steps", [1, 2, 240, 36_000])
def test_the_average_looks_back_farther_in_a_longer_training(num_steps: int) -> None:
    assert 0 <= momentum(num_steps) <= momentum(2 * num_steps) < 1


def test_a_network_ends_with_the_mean_of_its_last_weights_normalized_for_them(
    tmp_path: Path,
) -> None:
    output = tmp_path / "weights.npz"
    subprocess.run([sys.executable, SCRIPT, output], check=True, capture_output=True)  # noqa: S603
    weights = np.load(output)
    from_expected = np.abs(weights["kernel"] - weights["expected"]).max()
    assert from_expected < 0.1 * np.abs(weights["last"] - weights["expected"]).max()
    assert weights["mean"] == pytest.approx(1.0, abs=0.1)  # of the pictures that came last
