import json
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_model.classifier import (
    BATCH_SIZES,
    Classifier,
    load_classifier,
)
from mnist_model.contract import Image, ModelFileError
from mnist_model.model_card import (
    DEFAULT_MODEL_PATH,
    card_as_json,
    card_path,
    read_card,
    sha256_of,
)
from tests.mnist_model.sheets import mnist


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier()


@given(st.integers(0, 150))
@settings(max_examples=15)
def test_each_picture_gets_ten_probabilities_whatever_the_size_of_the_batch(
    classifier: Classifier, size: int
) -> None:
    probabilities = classifier.probabilities(mnist().images[:size])
    assert probabilities.shape == (size, 10)
    assert probabilities.dtype == np.float32
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("size", [*BATCH_SIZES, *(size + 1 for size in BATCH_SIZES), 130])
def test_a_picture_is_read_alike_in_whatever_company(classifier: Classifier, size: int) -> None:
    images = mnist().images[:size]
    alone = np.concatenate([classifier.probabilities(image[None]) for image in images])
    assert classifier.probabilities(images) == pytest.approx(alone, abs=1e-5)


def test_several_threads_at_once_get_the_answers_they_would_get_one_by_one(
    classifier: Classifier,
) -> None:
    random = np.random.default_rng(1)
    batches = [
        mnist().images[random.integers(0, 10_000, random.integers(0, 70))] for _ in "x" * 40
    ]
    one_by_one = [classifier.probabilities(batch) for batch in batches]
    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(classifier.probabilities, batches))
    for expected, found in zip(one_by_one, at_once, strict=True):
        assert np.array_equal(found, expected)


def test_ten_sigmoids_are_made_to_sum_to_1() -> None:
    # The seed's network ends so.
    class Sigmoids:
        def predict_on_batch(self, x: Image) -> Image:
            return np.full((len(x), 10), 0.3, np.float32)

    classifier = Classifier(Sigmoids(), read_card(DEFAULT_MODEL_PATH))
    assert classifier.probabilities(mnist().images[:3]) == pytest.approx(0.1)


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    """A copy of the shipped model and its card, to be damaged."""
    path = tmp_path / "model.keras"
    shutil.copy(DEFAULT_MODEL_PATH, path)
    shutil.copy(card_path(DEFAULT_MODEL_PATH), card_path(path))
    return path


def describe_anew(model_path: Path) -> None:
    """Makes the card one of the model file as it is now."""
    card = replace(read_card(DEFAULT_MODEL_PATH), weights_sha256=sha256_of(model_path))
    card_path(model_path).write_text(card_as_json(card))


def without_model(path: Path) -> None:
    path.unlink()


def without_card(path: Path) -> None:
    card_path(path).unlink()


def with_another_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def with_half_a_card(path: Path) -> None:
    text = card_path(path).read_text()
    card_path(path).write_text(text[: len(text) // 2])


def with_a_card_of_nothing(path: Path) -> None:
    card_path(path).write_text("[]")


def with_a_card_that_lacks_a_field(path: Path) -> None:
    text = card_path(path).read_text()
    card_path(path).write_text(text.replace('"seed"', '"sead"'))


def with_a_card_of_bytes(path: Path) -> None:
    card_path(path).write_bytes(b"\xff\xfe\x00")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])
    describe_anew(path)


def replaced_by_text(path: Path) -> None:
    path.write_text("<html>404 Not Found</html>")
    describe_anew(path)


def write_network(path: Path, *layers: tuple[str, dict[str, object]]) -> None:
    """A `.keras` file as Keras writes it, which would import tensorflow for that."""
    network = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "foreign",
            "layers": [
                {"module": "keras.layers", "class_name": name, "config": config}
                for name, config in layers
            ],
        },
    }
    with zipfile.ZipFile(DEFAULT_MODEL_PATH) as shipped:
        weights = shipped.read("model.weights.h5")  # these layers look for none
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": keras.__version__}))
        archive.writestr("config.json", json.dumps(network))
        archive.writestr("model.weights.h5", weights)
    describe_anew(path)


def pictures_of(side: int) -> tuple[str, dict[str, object]]:
    return ("InputLayer", {"batch_shape": [None, side, side]})


def with_other_pictures(path: Path) -> None:
    write_network(path, pictures_of(32), ("Flatten", {}))


def with_other_classes(path: Path) -> None:
    write_network(path, pictures_of(28), ("Flatten", {}))


def that_says_not_what_it_takes(path: Path) -> None:
    write_network(path, ("Flatten", {}))


def with_code_of_its_own(path: Path) -> None:
    function = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}}
    write_network(path, pictures_of(28), ("Lambda", {"function": function}))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (without_model, r"The model file .*model\.keras is missing.*make train.*MODEL_PATH"),
        (without_card, r"The model card .*model\.json is missing.*make train"),
        (with_another_byte, r"damaged or not the one of its card: its SHA-256 is \w{64}.*Restore"),
        (with_half_a_card, r"The model card .*model\.json can't be read \(JSON.*Restore"),
        (with_a_card_of_nothing, r"The model card .*model\.json can't be read .*Restore"),
        (with_a_card_that_lacks_a_field, r"The model card .* can't be read .*sead.*Restore"),
        (with_a_card_of_bytes, r"The model card .* can't be read \(Unicode.*Restore"),
        (cut_short, r"Keras can't load .*model\.keras .*restore"),
        (replaced_by_text, r"Keras can't load .*model\.keras .*restore"),
        (with_other_pictures, r"takes \(None, 32, 32\) .*expected \(n, 28, 28\).*no digit model"),
        (with_other_classes, r"gives \(None, 784\); expected .*\(n, 10\).*no digit model"),
        (that_says_not_what_it_takes, r"Keras can't load .*no defined input shape.*restore"),
        (with_code_of_its_own, r"Keras can't load .*model\.keras .*unsafe.*restore"),
    ],
)
def test_a_model_that_cannot_be_used_is_named_with_what_to_do(
    damage: Callable[[Path], None], sentence: str, model_path: Path
) -> None:
    damage(model_path)
    with pytest.raises(ModelFileError, match=f"(?s){sentence}"):
        load_classifier(model_path)


def test_a_model_from_before_the_other_answers_and_the_calibration_is_read_as_ever(
    model_path: Path,
) -> None:
    # Ten of the picture's rows, by how much ink each has: no digits, but ten answers.
    layers: list[tuple[str, dict[str, object]]] = [
        pictures_of(28),
        ("Cropping1D", {"cropping": [9, 9]}),
        ("GlobalAveragePooling1D", {"data_format": "channels_first"}),
        ("Softmax", {}),
    ]
    write_network(model_path, *layers)
    fields = json.loads(card_path(model_path).read_text())
    del fields["temperature"], fields["calibration_error"]
    card_path(model_path).write_text(json.dumps(fields))
    classifier = load_classifier(model_path)
    outputs = classifier.classify(mnist().images[:5])
    assert outputs.shape == (5, 12)
    assert outputs[:, :10].sum(axis=1) == pytest.approx(1)
    assert not outputs[:, 10:].any()
    assert (classifier.card.temperature, classifier.card.calibration_error) == (1.0, None)


def test_a_card_of_a_newer_release_is_told_by_what_it_has_more(model_path: Path) -> None:
    fields = json.loads(card_path(model_path).read_text())
    card_path(model_path).write_text(json.dumps(fields | {"what_comes_next": 1}))
    with pytest.raises(ModelFileError, match=r"can't be read .*'what_comes_next'.*train again"):
        load_classifier(model_path)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is missing"):
        load_classifier(tmp_path)


def test_a_copy_elsewhere_under_another_name_is_the_same_model(
    model_path: Path, classifier: Classifier
) -> None:
    images = mnist().images[:10]
    copy = load_classifier(model_path)
    assert copy.card == classifier.card
    assert np.array_equal(copy.probabilities(images), classifier.probabilities(images))
