import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_model.averaging import LEVEL, MEMORY, SHARE_OF_FALL, ema_momentum, falling_rate

SCRIPT = Path(__file__).parent / "averaged_weights.py"


def test_the_rate_falls_to_its_level_and_stays_there() -> None:
    rate = falling_rate(0.004, 1000)
    start, at_the_level, last = (float(rate(step)) for step in (0, 1000 * SHARE_OF_FALL, 999))
    assert start == pytest.approx(0.004)
    assert at_the_level == last == pytest.approx(0.004 * LEVEL)


@pytest.mark.parametrize("num_steps", [240, 36_000])
def test_the_mean_looks_back_over_a_share_of_the_training(num_steps: int) -> None:
    assert 1 / (1 - ema_momentum(num_steps)) == pytest.approx(MEMORY * num_steps)


def test_a_training_of_one_step_ends_with_its_last_weights() -> None:
    assert ema_momentum(1) == 0


def test_a_network_ends_with_the_mean_of_its_last_weights_normalized_for_them(
    tmp_path: Path,
) -> None:
    output = tmp_path / "weights.npz"
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, SCRIPT, output], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    weights = np.load(output)
    from_expected = np.abs(weights["kernel"] - weights["expected"]).max()
    assert from_expected < 0.1 * np.abs(weights["last"] - weights["expected"]).max()
    assert weights["mean"] == pytest.approx(1.0, abs=0.1)  # of the pictures that came last
