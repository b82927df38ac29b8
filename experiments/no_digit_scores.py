"""Ways to see that a picture shows no digit, side by side.

The `cnn` was taught an eleventh answer, "no digit". Two other ways need no such answer, but the
outputs for the ten digits alone, which any digit network has: the energy (W. Liu and others,
"Energy-based Out-of-distribution Detection", 2020), and the probability of the likeliest digit.
Each threshold is the one that keeps 99 % of the validation digits.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from experiments.labels import labelled_photos
from experiments.variants import CHANCE, VARIETY
from mnist_model.augmentation import others
from mnist_model.classifier import load_network
from mnist_model.contract import NO_DIGIT, NUM_CLASSES, Image
from mnist_model.dataset import DEFAULT_FOLDER, Split, load_mnist
from mnist_model.decoding import decode
from mnist_model.examples import epoch_examples
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card
from mnist_model.non_digits import LETTERS
from mnist_model.preprocessing import prepare_ink
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.layout import find_layout

KEPT = 0.99
"""The share of the validation digits that a threshold keeps."""

NUM_MADE = 3000
TYPEFACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
"""Drawn stroke by stroke, and none of those that the network learned from."""

Scores = npt.NDArray[np.float64]
"""(n,): the higher, the less like a digit."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--photos", type=Path, help="CSV file of photos: see labels.py")
    options = parser.parse_args()
    network = load_network(options.model, read_card(options.model))
    digits = load_mnist(options.data).validation
    of_digits = ways(logits_of(network, digits.images))
    print("| pictures | " + " | ".join(of_digits) + " |\n|---|" + "---|" * len(of_digits))
    variants = epoch_examples(digits, 0, VARIETY, seed=CHANCE, epoch=0)
    lost = ways(logits_of(network, variants.images))
    cells = (f"{1 - passed(of_digits[way], lost[way]):.1%} lost" for way in of_digits)
    print(f"| {len(variants.labels):,} digits by another hand | {' | '.join(cells)} |")
    for name, images in without_digits(digits, options.photos):
        of_odd = ways(logits_of(network, images))
        line = (
            f"{auroc(of_digits[way], of_odd[way]):.4f}; {passed(of_digits[way], of_odd[way]):.1%}"
            for way in of_digits
        )
        print(f"| {len(images):,} {name} | {' | '.join(line)} |")
    return 0


def logits_of(network: Any, images: Image) -> Scores:
    """(n, 12): what the last layer makes a softmax of.

    Args:
        network: a Keras model whose last layer is dense.
    """
    import keras  # noqa: PLC0415 - after load_network chose its backend

    features = keras.Model(network.inputs, network.layers[-2].output)
    last = network.layers[-1]
    weights, bias = (keras.ops.convert_to_numpy(part) for part in (last.kernel, last.bias))
    # Few sizes, since OpenVINO compiles the network anew for each.
    batches = (images[i : i + 500] for i in range(0, len(images), 500))
    return np.concatenate(
        [np.asarray(features.predict_on_batch(b)) @ weights + bias for b in batches]
    )


def ways(logits: Scores) -> Mapping[str, Scores]:
    """Each way's score of each picture.

    Args:
        logits: (n, 12); index = digit, then NO_DIGIT and SEVERAL.
    """
    digits = logits[:, :NUM_CLASSES]
    return {
        "the eleventh answer": np.exp(logits[:, NO_DIGIT] - _log_sum_exp(logits)),
        "energy": -_log_sum_exp(digits),
        "the likeliest digit": 1 - np.exp(digits.max(axis=1) - _log_sum_exp(digits)),
    }


def _log_sum_exp(logits: Scores) -> Scores:
    largest = logits.max(axis=1)
    return largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))


def auroc(digits: Scores, odd: Scores) -> float:
    """How likely a picture of no digit gets a higher score than a digit; a tie counts half."""
    in_order = np.sort(digits)
    below, up_to = (np.searchsorted(in_order, odd, side).mean() for side in ("left", "right"))
    return float((below + up_to) / 2 / len(digits))


def passed(digits: Scores, others: Scores) -> float:
    """The share of others taken for digits where KEPT of the digits are."""
    return float((others <= np.quantile(digits, KEPT)).mean())


def without_digits(digits: Split, photos: Path | None) -> Iterator[tuple[str, Image]]:
    """Pictures of no digit, kind by kind, as a network sees them."""
    made = others(digits, NUM_MADE, VARIETY, np.random.default_rng(CHANCE))
    yield "made as those of the training", made.images[made.labels == NO_DIGIT]
    yield "letters of other typefaces", letters()
    if photos:
        yield "pieces of photos without a digit", np.concatenate(list(pieces(photos)))


def letters() -> Image:
    """Each letter and sign that no person takes for a digit, in each of TYPEFACES, in two pens."""
    signs = [sign for sign in LETTERS if sign.isascii()]
    return np.stack(
        [
            prepare_ink(_written(sign, typeface, pen))
            for sign in signs
            for typeface in TYPEFACES
            for pen in (6, 14)
        ]
    )


def _written(sign: str, typeface: int, pen: int) -> Image:
    canvas = np.zeros((240, 240), np.uint8)
    cv2.putText(canvas, sign, (60, 170), typeface, 5, 255, pen, cv2.LINE_AA)
    return np.float32(1 / 255) * canvas.astype(np.float32)


def pieces(photos: Path) -> Iterator[Image]:
    """All ink that the reader would ask the network about first, photo by photo."""
    for file, kind, _ in labelled_photos(photos):
        if kind == "nodigit":
            layout = find_layout(decode(file).grey)
            yield layout.crops([Group((stroke,), 0, 1) for stroke in layout.strokes])


if __name__ == "__main__":
    sys.exit(main())
