# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From MNIST to a photo of your own
#
# Load the digits, look at them, train the network this project began with, measure it, and read a
# photo with it. This page is made from `walkthrough.py` by `make notebook`: change that file, not
# this one.

# %% tags=["parameters"]
EPOCHS = 10
STEPS = None  # batches an epoch, at most; None is all of the data
SAMPLE = 200  # digits, each spoiled in 75 ways
PHOTO = "example.jpg"  # try one of your own

# %%
# %matplotlib inline
import logging
import os
import tempfile
from pathlib import Path

# Keras picks its backend once, at its first import; to train, it needs tensorflow.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np
from IPython.display import Image, display

from mnist_model import draw_reading, load_reader
from mnist_model.calibration import answers_of
from mnist_model.charts import (
    confusion_chart,
    digit_sheet,
    learning_chart,
    misread_sheet,
    reliability_chart,
)
from mnist_model.checkpoints import Plan
from mnist_model.classifier import load_classifier
from mnist_model.dataset import load_mnist
from mnist_model.digit_charts import digit_exam_chart
from mnist_model.digit_exam import examine_digits
from mnist_model.evaluation import evaluate
from mnist_model.measuring import calibrated, describe
from mnist_model.networks import ARCHITECTURES
from mnist_model.shipping import ship
from mnist_model.training import load_epoch, train

# Else tensorflow complains that it compiles a network anew for each number of pictures.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

# %% [markdown]
# ## Load
#
# The four files of MNIST lie in `data/mnist/`. They are checked, scaled to values between 0
# (paper) and 1 (full ink), and split: 55,000 digits to train on, 5,000 to choose by, and 10,000
# from other writers for the exam at the end.

# %%
mnist = load_mnist()
for name in ("train", "validation", "test"):
    split = getattr(mnist, name)
    print(f"{name:>10}: {split.images.shape} {split.images.dtype}, labels {split.labels.shape}")

# %% [markdown]
# ## Look
#
# Eight of each digit, one digit a column. These are American hands: most ones are a single stroke,
# and few sevens have a bar.

# %%
of_each = np.stack([np.flatnonzero(mnist.train.labels == digit)[:8] for digit in range(10)])
shown = of_each.T.ravel()
captions = [str(label) for label in mnist.train.labels[shown]]
display(digit_sheet(mnist.train.images[shown], captions, "Digits to train on", columns=10))

# %% [markdown]
# ## Train
#
# The network this project began with: the picture's 784 pixels, three hidden layers, ten outputs.

# %%
ARCHITECTURES["seed_mlp"].build().summary()

# %%
folder = Path(tempfile.mkdtemp())
progress = train(Plan("seed_mlp", seed=1, epochs=EPOCHS, steps=STEPS), mnist, folder / "run")

# %%
network = load_epoch(folder / "run", progress.epochs_done, to_train=False)
model_path = folder / "seed_mlp.keras"
network, temperature = calibrated(network, progress.plan.architecture, mnist.validation)
card = ship(network, describe(network, progress, mnist, temperature=temperature), model_path)
for name in ("train", "validation", "test"):
    accuracy = getattr(card, f"{name}_accuracy")
    print(
        f"{name:>10}: {accuracy.value:.2%} (95 % interval {accuracy.low:.2%}–{accuracy.high:.2%})"
    )

# %% [markdown]
# Each epoch made it surer of the digits it trains on; of others, from some epoch on, no more.

# %%
display(learning_chart(card.history, "seed_mlp, as it learned"))

# %% [markdown]
# It knows the digits it was trained on better than those it never saw. That gap is what the
# `cnn`, which the bot uses, makes smaller: docs/model.md has both side by side.

# %% [markdown]
# ## Evaluate
#
# Each row is a true digit, each column what it was read as.

# %%
classifier = load_classifier(model_path)
probabilities = classifier.probabilities(mnist.test.images)
evaluation = evaluate(mnist.test.labels, probabilities.argmax(axis=1))
title = f"seed_mlp on 10,000 test digits: {evaluation.accuracy.value:.2%} read right"
display(confusion_chart(evaluation.confusion_matrix, title))

# %%
for mistake in evaluation.confusions[:5]:
    print(f"{mistake.true} read as {mistake.read}: {mistake.count} times")

# %% [markdown]
# The mistakes it was surest of:

# %%
display(
    misread_sheet(
        mnist.test.images,
        mnist.test.labels,
        probabilities=probabilities,
        title="seed_mlp",
        most=36,
    )
)

# %% [markdown]
# How often it is right where it says how sure it is. Its ten outputs were not made to say that:

# %%
display(reliability_chart(answers_of(probabilities, mnist.test.labels), "seed_mlp"))

# %% [markdown]
# How much can a digit be spoiled? Raw, as the network's input; and prepared, that is, cut out and
# brought to MNIST's size and place, as the digits on a photo are. docs/model.md shows the `cnn`'s.

# %%
scores = examine_digits(classifier.probabilities, mnist.validation, sample=SAMPLE)
display(digit_exam_chart(scores, f"seed_mlp: {SAMPLE} spoiled digits, read right, in %"))

# %% [markdown]
# ## Predict
#
# A photo has what MNIST has not: shadows, blue ink, several digits at any place and size. The
# reader finds the digits and makes each look as MNIST's do before the network sees it. Here is
# what the network above and the bot's own make of the same photo; set `PHOTO` to one of yours.

# %%
photo = Path(PHOTO).read_bytes()
for name, reader in {"seed_mlp": load_reader(model_path), "cnn": load_reader()}.items():
    reading = reader.read(photo)
    print(f"{name} reads {reading.text or 'no digit'}")
    for digit in reading.digits:
        first, second = digit.ranking[:2]
        print(
            f"  {first} with {digit.probabilities[first]:.1%}, "
            f"else {second} with {digit.probabilities[second]:.1%}"
        )

# %%
display(Image(draw_reading(photo, reading)))
