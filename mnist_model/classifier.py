"""A loaded Keras model: pictures of digits → probabilities.

Keras chooses its backend once, when it is first imported, so it is imported when a model is
first loaded: on OpenVINO, unless KERAS_BACKEND says otherwise. That takes a third of
TensorFlow's memory and start-up time (docs/model.md).
"""

import threading
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from mnist_model.backend import prepare_to_serve
from mnist_model.contract import IMAGE_SIZE, NUM_CLASSES, NUM_OUTPUTS, Image, ModelFileError
from mnist_model.model_card import DEFAULT_MODEL_PATH, ModelCard, read_card, sha256_of

BATCH_SIZES = (64, 16, 4, 1)
"""Pictures are handed on in batches of these sizes, because OpenVINO compiles the model anew for
each size. A batch of 1 costs little more a picture than a large one, so none is padded."""


class Network(Protocol):
    """What is used of a Keras model."""

    def predict_on_batch(self, x: Image) -> Image: ...


class Classifier:
    """A network with its card; safe to use from several threads."""

    def __init__(self, network: Network, card: ModelCard) -> None:
        self.card = card
        self._network = network
        # Keras keeps one compiled function per model, and its inputs with it.
        self._lock = threading.Lock()

    def probabilities(self, images: Image) -> Image:
        """How likely each picture shows each digit, given that it shows one.

        Args:
            images: (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink. n may be 0.

        Returns:
            (n, 10) float32 in [0, 1]; each row sums to 1, its index is the digit.
        """
        return given_a_digit(self.classify(images))

    def classify(self, images: Image) -> Image:
        """How likely each picture shows each digit, none, or several.

        Args:
            images: as `probabilities`.

        Returns:
            (n, 12) float32 in [0, 1]; each row sums to 1. Its index is the digit, then NO_DIGIT
            and SEVERAL: always 0 of a network that was not taught these.
        """
        outputs = np.zeros((len(images), NUM_OUTPUTS), np.float32)
        done = 0
        while done < len(images):
            size = next(size for size in BATCH_SIZES if size <= len(images) - done)
            answers = self._on_batch(images[done : done + size])
            outputs[done : done + size, : answers.shape[1]] = answers
            done += size
        # The seed's network ends in ten sigmoids, whose sum is only near 1.
        return _of_their_sum(outputs)

    def _on_batch(self, images: Image) -> Image:
        with self._lock:
            return np.asarray(self._network.predict_on_batch(images))


def given_a_digit(outputs: Image) -> Image:
    """How likely each digit is, given that it is one.

    Args:
        outputs: (..., k) in [0, 1], k at least 10: of a network. Index = digit, then the rest.

    Returns:
        (..., 10) in [0, 1] that sum to 1, of the same dtype.
    """
    return _of_their_sum(outputs[..., :NUM_CLASSES])


def _of_their_sum(values: Image) -> Image:
    # However little is left for the digits of what is surely none, it is shared out among them.
    return values / values.sum(axis=-1, keepdims=True).clip(min=np.finfo(values.dtype).tiny)


def load_classifier(model_path: Path = DEFAULT_MODEL_PATH) -> Classifier:
    """The model of a `.keras` file, warmed up.

    Raises:
        ModelFileError: the file or its card is missing, damaged, or they don't belong together.
    """
    card = read_card(model_path)
    classifier = Classifier(load_network(model_path, card), card)
    for size in BATCH_SIZES:  # compiled now, so that no person waits for it
        classifier.probabilities(np.zeros((size, IMAGE_SIZE, IMAGE_SIZE), np.float32))
    return classifier


def load_network(model_path: Path, card: ModelCard) -> Any:
    """The Keras model of a `.keras` file that fits its card.

    Raises:
        ModelFileError: as `load_classifier`.
    """
    _check(model_path, card)
    prepare_to_serve()
    import keras  # noqa: PLC0415 - only now, after its backend is chosen; see the top

    try:
        network = keras.models.load_model(model_path, compile=False, safe_mode=True)
        takes, gives = network.input_shape[1:], network.output_shape[1:]
    # Keras raises whatever a damaged or foreign file leads it to.
    except Exception as error:
        raise ModelFileError(
            f"Keras can't load {model_path} ({type(error).__name__}: {error}). "
            "Train a model with `make train`, or restore the file from the repository."
        ) from error
    if takes != (IMAGE_SIZE, IMAGE_SIZE) or gives not in ((NUM_CLASSES,), (NUM_OUTPUTS,)):
        raise ModelFileError(
            f"{model_path} takes {network.input_shape} and gives {network.output_shape}; expected "
            f"(n, {IMAGE_SIZE}, {IMAGE_SIZE}) and (n, {NUM_CLASSES}) or (n, {NUM_OUTPUTS}). "
            "It is no digit model."
        )
    return network


def _check(model_path: Path, card: ModelCard) -> None:
    """Raises ModelFileError unless the model file is there and is the one of the card."""
    if not model_path.is_file():
        raise ModelFileError(
            f"The model file {model_path} is missing. Train one with `make train`, "
            "restore it from the repository, or set MODEL_PATH to where it lies."
        )
    try:
        found = sha256_of(model_path)
    except OSError as error:
        raise ModelFileError(
            f"The model file {model_path} can't be read ({error.strerror}). Let the bot's user "
            "read it, or restore it from the repository."
        ) from error
    if found != card.weights_sha256:
        raise ModelFileError(
            f"The model file {model_path} is damaged or not the one of its card: its SHA-256 is "
            f"{found}, the card says {card.weights_sha256}. Restore both files from the "
            "repository, or train again with `make train`."
        )
