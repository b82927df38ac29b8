"""The bot computes on OpenVINO what was trained on tensorflow: both must answer the same."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from mnist_model.classifier import load_classifier
from mnist_model.dataset import load_test_split

PROBABILITIES = """
import sys
import numpy as np
from mnist_model.classifier import load_classifier
from mnist_model.dataset import load_test_split
probabilities = load_classifier().probabilities(load_test_split().images)
assert "tensorflow" in sys.modules
np.save(sys.argv[1], probabilities)
"""


def test_all_test_digits_are_read_the_same_on_openvino_and_on_tensorflow(tmp_path: Path) -> None:
    output = tmp_path / "probabilities.npy"
    subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", PROBABILITIES, output],
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
        check=True,
        timeout=300,
    )
    on_tensorflow = np.load(output)
    on_openvino = load_classifier().probabilities(load_test_split().images)
    assert on_openvino.shape == on_tensorflow.shape == (10_000, 10)
    assert np.array_equal(on_openvino.argmax(axis=1), on_tensorflow.argmax(axis=1))
    assert np.abs(on_openvino - on_tensorflow).max() < 1e-4
