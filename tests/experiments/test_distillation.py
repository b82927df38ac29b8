import os
import subprocess
import sys
from pathlib import Path


def test_a_student_learns_the_mean_of_its_teachers_mixed_with_the_labels(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - the program beside this file
        [sys.executable, "-m", "tests.experiments.taught", tmp_path / "student.keras"],
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
