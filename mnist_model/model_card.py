"""The model card: a JSON file beside the weights that says how they were made and how they do.

Written by the training run, read by whoever loads the model. No figure in it is typed by hand.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mnist_model.contract import ModelFileError

DEFAULT_MODEL_PATH = Path(__file__).parent / "weights" / "cnn.keras"
"""The model that ships with this package; its card lies beside it."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of right answers with its 95 % Wilson score interval, all in [0, 1]."""

    value: float
    low: float
    high: float
    num_examples: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """How one epoch of training went: accuracies in [0, 1], losses in nats."""

    number: int  # from 1
    training_accuracy: float  # on the epoch's own examples, in the mean while it learned from them
    training_loss: float  # likewise, as the recipe defines it
    validation_accuracy: float  # after the epoch, and after the mean of weights that ends a run
    validation_loss: float  # likewise, by the same loss as in training
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """How one model file was made, and how well it does.

    What has a default is missing on the cards of older versions, whose models still load.
    """

    name: str  # the architecture's name in networks.py
    num_parameters: int
    dataset: str
    dataset_sha256: dict[str, str]  # file name → checksum of the unpacked file
    seed: int
    epochs: int
    command: str  # makes this model again, if its run came to its end
    train_accuracy: Accuracy
    validation_accuracy: Accuracy
    test_accuracy: Accuracy
    temperature: float = 1  # that its last layer was divided by, 1 for none; see calibration.py
    calibration_error: float | None = None  # the expected one on the test digits, in [0, 1]
    trained_on: str  # ISO 8601 date, UTC
    training_seconds: float
    versions: dict[str, str]  # package → version
    weights_sha256: str  # of the .keras file
    history: tuple[Epoch, ...] = ()  # of each epoch in turn


def card_path(model_path: Path) -> Path:
    """Where the card of a model file lies: cnn.keras → cnn.json."""
    return model_path.with_suffix(".json")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_card(model_path: Path) -> ModelCard:
    """The card beside `model_path`.

    Raises:
        ModelFileError: the card is missing or can't be read.
    """
    path = card_path(model_path)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        for split in ("train", "validation", "test"):
            fields[f"{split}_accuracy"] = Accuracy(**fields[f"{split}_accuracy"])
        # Cards of older versions hold none.
        fields["history"] = tuple(Epoch(**epoch) for epoch in fields.get("history", ()))
        return ModelCard(**fields)
    except FileNotFoundError as error:
        raise ModelFileError(
            f"The model card {path} is missing. It is written beside each trained model: "
            "train one with `make train`, or restore both files from the repository."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelFileError(
            f"The model card {path} can't be read ({type(error).__name__}: {error}). "
            "Restore it from the repository, or train again with `make train`."
        ) from error


def card_as_json(card: ModelCard) -> str:
    """The card's text as it is written to its file."""
    return json.dumps(asdict(card), indent=2) + "\n"
