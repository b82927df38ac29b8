import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

SCRIPT = Path(__file__).parent / "orthogonal_steps.py"
RATE, DECAY = 0.01, 5.0

Kernels = dict[str, npt.NDArray[np.float32]]


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Kernels:
    output = tmp_path_factory.mktemp("muon") / "kernels.npz"
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, SCRIPT, str(RATE), str(DECAY), output],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(np.load(output))


@pytest.mark.parametrize("layer", ["tall", "wide"])
def test_a_step_is_as_long_in_every_direction_and_a_fifth_of_the_rate_for_each_weight(
    kernels: Kernels, layer: str
) -> None:
    step = kernels[layer]
    lengths = np.linalg.svd(step.reshape(-1, step.shape[-1]), compute_uv=False)
    # The Newton-Schulz iteration leaves them between some 0.7 and 1.15 of what they should be.
    assert lengths.max() < 1.8 * lengths.min()
    assert np.sqrt(np.mean(step**2)) == pytest.approx(0.2 * RATE, rel=0.2)


@pytest.mark.parametrize("layer", ["first", "last"])
def test_the_first_and_the_last_layer_move_as_by_adam(kernels: Kernels, layer: str) -> None:
    # Adam's first step is as long as the rate for each weight.
    assert np.abs(kernels[layer]) == pytest.approx(RATE, rel=0.01)


@pytest.mark.parametrize("layer", ["first", "tall", "wide", "last"])
def test_all_kernels_decay_alike(kernels: Kernels, layer: str) -> None:
    expected = -RATE * DECAY * kernels[f"{layer}_before_decayed"]
    assert kernels[f"{layer}_decayed"] == pytest.approx(expected, abs=1e-6)
