"""Teaches a student a little, and checks what it learns from; tensorflow alone can train.

Run by test_distillation.py in a process of its own.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np

from experiments.distillation.student import Student, soft_targets, student_of


def network() -> keras.Model:
    return keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )


def always(answer: list[float]) -> keras.Model:
    """A teacher that says the same of every picture."""
    teacher = network()
    teacher.set_weights([np.zeros((784, 3)), np.log(answer)])
    return teacher


def main(file: Path) -> None:
    keras.utils.set_random_seed(1)
    images = np.random.default_rng(1).random((64, 28, 28), dtype=np.float32)
    labels = np.zeros(64, np.int64)
    teachers = [always([0.4, 0.3, 0.3]), always([0.1, 0.7, 0.2])]
    targets = np.asarray(soft_targets(teachers, images))
    expected = [[0.4, 0.3, 0.3]] * 32 + [[0.1, 0.7, 0.2]] * 32
    np.testing.assert_allclose(targets, expected, rtol=1e-5)

    Student.teachers = teachers
    student = student_of(network)
    answers = student.predict(images, verbose=0)
    of_labels = -np.log(answers[:, 0]).mean()
    of_teachers = -(targets * np.log(answers)).sum(axis=1).mean()
    for share in (0.0, 0.25, 1.0):
        Student.share = share
        student.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        loss = student.train_on_batch(images, labels)
        np.testing.assert_allclose(loss, (1 - share) * of_labels + share * of_teachers, rtol=1e-4)
        # What is measured is how well the labels are known, whatever the teachers say.
        known = student.evaluate(images, labels, verbose=0)
        np.testing.assert_allclose(known, of_labels, rtol=1e-4)

    before = [np.asarray(weight) for weight in teachers[0].get_weights()]
    student.compile(keras.optimizers.Adam(0.0003), "sparse_categorical_crossentropy")
    student.train_on_batch(images, labels)
    answers = student.predict(images, verbose=0)
    later = -(targets * np.log(answers)).sum(axis=1).mean()
    assert later < of_teachers  # it learned from them alone
    assert all(map(np.array_equal, before, teachers[0].get_weights()))  # and they from nobody
    student.save(file)
    again = keras.models.load_model(file, safe_mode=True)
    assert isinstance(again, Student)
    assert [w.shape for w in again.get_weights()] == [(784, 3), (3,)]  # no teacher's
    np.testing.assert_array_equal(again.predict(images, verbose=0), answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
