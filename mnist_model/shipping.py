"""Putting a trained network where it is served from, with its card, and never a worse one."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from mnist_model.contract import ModelFileError
from mnist_model.model_card import ModelCard, card_as_json, card_path, read_card, sha256_of


class Savable(Protocol):
    """What is needed of a Keras model here."""

    def save(self, filepath: Path) -> None: ...


def objection(
    output: Path, card: ModelCard, *, required_accuracy: float, replace_better: bool
) -> str | None:
    """Why the network of `card` shall not take the place of what is at `output`, if so.

    Args:
        output: where the network is to be served from.
        card: how well it does.
        required_accuracy: the least share of test digits to be read right, in [0, 1].
        replace_better: whether to replace even a better model.
    """
    if (found := card.test_accuracy.value) < required_accuracy:
        return (
            f"Not good enough: {found:.2%} of the test digits are read right, "
            f"{required_accuracy:.2%} are required. Train longer, or ask for less with "
            "--require-accuracy."
        )
    if not replace_better and (better := better_model_at(output, card)):
        return (
            f"Not better: {output} reads {better.validation_accuracy.value:.2%} of the validation "
            f"digits right, the new network {card.validation_accuracy.value:.2%}. "
            "To replace it all the same, add --force."
        )
    return None


def better_model_at(output: Path, card: ModelCard) -> ModelCard | None:
    """The card of the model that is at `output` already, if that one is better.

    Better by accuracy on the validation split: to choose by the test split would spoil it. A model
    that doesn't match its card, as after a crash, stands in nobody's way.
    """
    try:
        present = read_card(output)
        intact = sha256_of(output) == present.weights_sha256
    except (ModelFileError, OSError):
        return None
    is_better = present.validation_accuracy.value > card.validation_accuracy.value
    return present if intact and is_better else None


def ship(model: Savable, card: ModelCard, output: Path) -> ModelCard:
    """Write the network and its card beside it; return the card as written.

    Each file is replaced in one step. If the process dies between the two, the new weights don't
    match the old card's checksum, which is told to whoever loads them.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.stem}.part.keras")  # Keras insists on the suffix
    unfinished_card = card_path(unfinished)
    try:
        model.save(unfinished)
        card = replace(card, weights_sha256=sha256_of(unfinished))
        unfinished_card.write_text(card_as_json(card), encoding="utf-8")
        unfinished.replace(output)
        unfinished_card.replace(card_path(output))
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished_card.unlink(missing_ok=True)
    return card
