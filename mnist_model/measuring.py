"""Measuring a trained network: how many digits it reads, how sure it may be, and its card."""

import keras
import numpy as np

from mnist_model.calibration import answers_of, best_temperature, expected_calibration_error
from mnist_model.checkpoints import Progress
from mnist_model.classifier import given_a_digit
from mnist_model.contract import NUM_CLASSES, Image
from mnist_model.dataset import SHA256, Dataset, Split
from mnist_model.evaluation import Digits, accuracy
from mnist_model.model_card import Accuracy, ModelCard
from mnist_model.networks import ARCHITECTURES

EVALUATION_BATCH = 1000


def calibrated(
    model: keras.Model, architecture: str, validation: Split
) -> tuple[keras.Model, float]:
    """The network made as sure as it is right, if its recipe wants that; else as it is.

    Returns:
        the network and the temperature that its last layer was divided by; 1 if it was left alone.
    """
    if not ARCHITECTURES[architecture].recipe.calibrates:
        return model, 1.0
    probabilities = given_a_digit(scores_of(model, validation.images))
    temperature = best_temperature(probabilities, validation.labels)
    # A copy: on OpenVINO a network that has answered goes on with the weights it had then.
    cooled = keras.models.clone_model(model)
    cooled.set_weights(model.get_weights())
    last = cooled.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])
    return cooled, temperature


def describe(
    model: keras.Model, progress: Progress, dataset: Dataset, *, temperature: float
) -> ModelCard:
    """Measure the network that is to ship on all three splits: the one look at the test split.

    Of the training digits, as many are read as an epoch uses: all, but for a short trial. The
    checksum of the weights is left empty, for whoever writes the file.
    """
    plan, train, test = progress.plan, dataset.train, dataset.test
    recipe = ARCHITECTURES[plan.architecture].recipe
    num_used = recipe.num_digits(len(train.labels), plan.steps)
    test_scores = scores_of(model, test.images)
    return ModelCard(
        name=plan.architecture,
        num_parameters=model.count_params(),
        dataset="MNIST",
        dataset_sha256=SHA256,
        seed=plan.seed,
        epochs=progress.epochs_done,
        command=plan.command,
        train_accuracy=accuracy_on(model, Split(train.images[:num_used], train.labels[:num_used])),
        validation_accuracy=accuracy_on(model, dataset.validation),
        test_accuracy=accuracy_of(test_scores, test.labels),
        temperature=temperature,
        calibration_error=expected_calibration_error(
            answers_of(given_a_digit(test_scores), test.labels)
        ),
        trained_on=progress.trained_on,
        training_seconds=round(progress.seconds, 1),
        versions=progress.versions,
        weights_sha256="",
        history=progress.history,
    )


def accuracy_on(model: keras.Model, split: Split) -> Accuracy:
    """How many of the digits a network reads right; see `accuracy_of`."""
    return accuracy_of(scores_of(model, split.images), split.labels)


def accuracy_of(scores: Image, labels: Digits) -> Accuracy:
    """How many digits are read right: as the likeliest of ten, whatever else is thought of.

    Args:
        scores: (n, outputs) of a network, outputs at least 10; index = digit.
        labels: (n,) the true digits.
    """
    return accuracy(labels, scores[:, :NUM_CLASSES].argmax(axis=1))


def scores_of(model: keras.Model, images: Image) -> Image:
    """What the network answers to each picture.

    Args:
        images: (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink.

    Returns:
        (n, outputs) float32 in [0, 1].
    """
    return np.asarray(model.predict(images, batch_size=EVALUATION_BATCH, verbose=0))
