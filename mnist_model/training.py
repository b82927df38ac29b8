"""Training a network by its recipe, epoch by epoch, so that a run can stop and go on.

All chance in an epoch comes from the seed and the epoch's number alone. So a run that was
interrupted and resumed ends with the very weights of one that was not.
"""

import importlib
import math
import time
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np

from mnist_model.averaging import (
    LEVEL,
    MEMORY,
    SHARE_OF_FALL,
    ema_momentum,
    falling_rate,
    take_average,
)
from mnist_model.checkpoints import (
    NoRunToResume,
    Plan,
    Progress,
    clear,
    epoch_path,
    has_progress,
    load_progress,
    save_checkpoint,
)
from mnist_model.contract import ReaderError
from mnist_model.dataset import Dataset, Split
from mnist_model.examples import epoch_examples
from mnist_model.measuring import EVALUATION_BATCH, accuracy_on
from mnist_model.model_card import Epoch
from mnist_model.muon import ConvolutionMuon
from mnist_model.networks import ARCHITECTURES, Recipe

_SERVE_ONLY = ("openvino", "numpy")
"""Keras' backends that can't train."""


class CanNotTrain(ReaderError):
    """The backend that Keras was told to use computes answers alone."""


def train(plan: Plan, dataset: Dataset, run_folder: Path, *, resume: bool = False) -> Progress:
    """Train until the plan's last epoch or until Ctrl-C, and say how far it came.

    After each epoch the state is saved to `run_folder`. Only after the plan's last one is it the
    mean of the weights, where the recipe averages. The test split is not looked at.

    Raises:
        NoRunToResume: `resume` is set, but `run_folder` holds no run of this plan and recipe.
        CanNotTrain: epochs are left to train, on a backend that can't.
    """
    architecture = ARCHITECTURES[plan.architecture]
    keras.utils.set_random_seed(plan.seed)  # the first weights
    model = architecture.build()
    made_of = fingerprint(architecture.recipe, model)
    start = Progress(plan, made_of)
    progress = load_progress(run_folder, plan, made_of) if resume else start
    if progress.epochs_done == plan.epochs:
        return progress
    if (backend := keras.backend.backend()) in _SERVE_ONLY:
        raise CanNotTrain(
            f"Keras can't train on {backend}, which KERAS_BACKEND asks for: unset that, or set it "
            "to tensorflow."
        )
    if progress.epochs_done:
        model = load_epoch(run_folder, progress.epochs_done, to_train=True)
    else:
        clear(run_folder)
        _compile(model, plan, len(dataset.train.labels))
    try:
        while progress.epochs_done < plan.epochs:
            epoch = _train_epoch(model, plan, dataset, progress.epochs_done)
            progress = progress.after_epoch(epoch, _versions(plan))
            save_checkpoint(run_folder, model, progress)
    except KeyboardInterrupt:
        # It may have struck while an epoch was being saved: only the record knows whether it was.
        return load_progress(run_folder, plan, made_of) if has_progress(run_folder) else start
    return progress


def fingerprint(recipe: Recipe, network: keras.Model) -> str:
    """Of a recipe and the layers that it trains: another one once either is changed.

    It does not tell whether the pictures of an epoch are made as before.
    """
    layers = [
        # Keras counts the names of layers up in a process.
        {key: value for key, value in layer.get_config().items() if key != "name"}
        for layer in network.layers
    ]
    made_of = (recipe, layers, SHARE_OF_FALL, LEVEL, MEMORY)
    return sha256(repr(made_of).encode()).hexdigest()


def load_epoch(run_folder: Path, epoch: int, *, to_train: bool) -> keras.Model:
    """The network as it was after `epoch` epochs; with its optimizer, if it is to train on.

    Raises:
        NoRunToResume: its file is missing or damaged.
    """
    path = epoch_path(run_folder, epoch)
    try:
        return keras.models.load_model(path, compile=to_train, safe_mode=True)
    # Keras raises whatever a damaged file leads it to.
    except Exception as error:
        raise NoRunToResume(
            f"Keras can't load {path} ({type(error).__name__}: {error}). Start anew with --anew."
        ) from error


def _versions(plan: Plan) -> dict[str, str]:
    """Of the packages that decide the weights: some draw the pictures of a recipe with variety."""
    draw = ("cv2", "PIL", "matplotlib") if ARCHITECTURES[plan.architecture].recipe.variety else ()
    packages = ("keras", keras.backend.backend(), "numpy", *draw)
    return {name: importlib.import_module(name).__version__ for name in packages}


def _compile(model: keras.Model, plan: Plan, num_digits: int) -> None:
    recipe = ARCHITECTURES[plan.architecture].recipe
    num_used = recipe.num_digits(num_digits, plan.steps) * (1 + recipe.share_of_others)
    num_steps = plan.epochs * math.ceil(num_used / recipe.batch_size)
    optimizer = ConvolutionMuon if recipe.orthogonalizes else keras.optimizers.AdamW
    model.compile(
        optimizer=optimizer(
            _learning_rate(recipe, num_steps),
            weight_decay=recipe.weight_decay,
            use_ema=recipe.averages,
            ema_momentum=ema_momentum(num_steps),
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


def _learning_rate(
    recipe: Recipe, num_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if not recipe.decays:
        return recipe.learning_rate
    if recipe.averages:
        return falling_rate(recipe.learning_rate, num_steps)
    return keras.optimizers.schedules.CosineDecay(recipe.learning_rate, num_steps)


def _train_epoch(model: keras.Model, plan: Plan, dataset: Dataset, epoch: int) -> Epoch:
    """One epoch after so many others, with Keras' progress bar.

    The last one ends with the mean of the weights, if the recipe averages.
    """
    started = time.monotonic()
    print(f"Epoch {epoch + 1}/{plan.epochs}")  # noqa: T201 - over its bar, as Keras does
    recipe = ARCHITECTURES[plan.architecture].recipe
    examples = _examples(plan, dataset.train, epoch)
    trained, bar = _train_on(model, examples, recipe.batch_size)
    if recipe.averages and epoch + 1 == plan.epochs:
        take_average(model, examples.images)
    # The accuracy is the card's.
    accuracy = accuracy_on(model, dataset.validation).value
    # By Keras, as the training loss is: of the sigmoids of `seed_mlp`, it takes the inputs.
    loss = model.evaluate(
        dataset.validation.images,
        dataset.validation.labels,
        batch_size=EVALUATION_BATCH,
        verbose=0,
        return_dict=True,
    )["loss"]
    validated = {"validation_accuracy": accuracy, "validation_loss": loss}
    bar.update(bar.target, [*trained.items(), *validated.items()], finalize=True)
    return Epoch(
        number=epoch + 1,
        training_accuracy=trained["accuracy"],
        training_loss=trained["loss"],
        validation_accuracy=accuracy,
        validation_loss=float(loss),
        seconds=time.monotonic() - started,
    )


def _train_on(
    model: keras.Model, examples: Split, batch_size: int
) -> tuple[dict[str, float], keras.utils.Progbar]:
    """Trains on all examples once: accuracy and loss in the mean, and the bar that shows them.

    Batch by batch: on tensorflow, `fit` ends only when a thread of its pipeline wakes up, which it
    does ever more seldom. After a minute's training that took up to 18 seconds more.
    """
    names = ("accuracy", "loss")
    starts = range(0, len(examples.labels), batch_size)
    shown_as_they_are = {*names, "validation_accuracy", "validation_loss"}
    bar = keras.utils.Progbar(len(starts), stateful_metrics=shown_as_they_are)
    sums = np.zeros(len(names))
    for step, start in enumerate(starts, start=1):
        batch = slice(start, start + batch_size)
        images, labels = examples.images[batch], examples.labels[batch]
        trained = model.train_on_batch(images, labels, return_dict=True)
        sums += [float(trained[name]) * len(labels) for name in names]
        means = dict(zip(names, (sums / (start + len(labels))).tolist(), strict=True))
        bar.update(step, means.items(), finalize=False)
    return means, bar


def _examples(plan: Plan, train: Split, epoch: int) -> Split:
    """What the network sees in an epoch, in an order of its own."""
    recipe = ARCHITECTURES[plan.architecture].recipe
    num_digits = recipe.num_digits(len(train.labels), plan.steps)
    rng = np.random.default_rng([plan.seed, epoch])
    order = rng.permutation(len(train.labels))[:num_digits]
    digits = Split(train.images[order], train.labels[order])
    if recipe.variety is None:
        return digits
    num_others = round(num_digits * recipe.share_of_others)
    return epoch_examples(digits, num_others, recipe.variety, seed=plan.seed, epoch=epoch)
