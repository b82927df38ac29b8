"""A trained network in other formats, LiteRT and ONNX, each compared with the Keras model.

Keras' own `model.export` writes both, from tensorflow alone. They are read again by the engines
that others would run them with: Google's LiteRT and ONNX Runtime.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from mnist_model.classifier import Network, given_a_digit
from mnist_model.contract import Image, ReaderError

MOST_DIFFERENCE = 1e-4
"""Of one output, in [0, 1]: engines round differently, in the seventh digit."""

_BATCH = 500

Answers = Callable[[Image], Image]
"""(n, 28, 28) float32 pictures → (n, outputs) float32, n being what it likes."""


class NotTheSame(ReaderError):
    """An exported network does not answer as the Keras model does."""


class Exportable(Network, Protocol):
    """What is used of a Keras model here."""

    def export(self, filepath: Path, format: str, *, verbose: bool) -> None: ...  # noqa: A002 - Keras' own name for it


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a network down."""

    suffix: str
    load: Callable[[Path], Answers]  # its engine, on one thread


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two networks agree on the same pictures."""

    num_images: int
    num_read_differently: int  # whose likeliest digit of the ten is another
    largest_difference: float  # of one output for one picture, in [0, 1]

    @property
    def holds(self) -> bool:
        return self.num_read_differently == 0 and self.largest_difference <= MOST_DIFFERENCE


def load_litert(path: Path) -> Answers:
    """The network of a .tflite file, on LiteRT."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - of the export extra

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    (into,) = (tensor["index"] for tensor in interpreter.get_input_details())
    (out,) = (tensor["index"] for tensor in interpreter.get_output_details())
    shape: tuple[int, ...] = ()

    def answers(images: Image) -> Image:
        nonlocal shape
        if images.shape != shape:  # which takes longer than the answer
            interpreter.resize_tensor_input(into, images.shape)
            interpreter.allocate_tensors()
            shape = images.shape
        interpreter.set_tensor(into, images)
        interpreter.invoke()
        return interpreter.get_tensor(out)

    return answers


def load_onnx(path: Path) -> Answers:
    """The network of an .onnx file, on ONNX Runtime."""
    import onnxruntime  # noqa: PLC0415 - of the export extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (into,) = (tensor.name for tensor in session.get_inputs())
    return lambda images: session.run(None, {into: images})[0]


FORMATS = {"litert": Format(".tflite", load_litert), "onnx": Format(".onnx", load_onnx)}
"""By the name that Keras has for each."""


def export(network: Exportable, name: str, output: Path, images: Image) -> Parity:
    """Write `network` to `output` in a format, if it answers the same from there.

    Args:
        name: of FORMATS.
        output: a file of that format's suffix; what was there before stays if this one is no good.
        images: (n, 28, 28) float32 in [0, 1] to compare the answers on.

    Raises:
        NotTheSame: a picture is read differently, or an output is over MOST_DIFFERENCE away.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.stem}.part{output.suffix}")
    try:
        with warnings.catch_warnings():
            # Keras gives numpy back a name that tf2onnx still uses, and numpy warns of that name.
            warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
            network.export(unfinished, format=name, verbose=False)
        found = _in_batches(FORMATS[name].load(unfinished), images)
        parity = compared(_in_batches(network.predict_on_batch, images), found)
        if not parity.holds:
            raise NotTheSame(
                f"The {name} file reads {parity.num_read_differently:,} of {parity.num_images:,} "
                f"digits differently, and one output is {parity.largest_difference:.2g} away from "
                f"Keras'; expected none and at most {MOST_DIFFERENCE:g}. Nothing was written to "
                f"{output}. Try the versions in requirements/export.txt, with which it worked."
            )
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
    return parity


def compared(expected: Image, found: Image) -> Parity:
    """How far two networks agree.

    Args:
        expected: (n, k) float32 in [0, 1], k at least 10: what one answers; index = digit.
        found: likewise, of the other.
    """
    read = [given_a_digit(outputs).argmax(axis=1) for outputs in (expected, found)]
    differences = np.abs(expected - found)
    return Parity(
        num_images=len(expected),
        num_read_differently=int((read[0] != read[1]).sum()),
        # As of a network that answers with something else than numbers.
        largest_difference=float(np.nan_to_num(differences, nan=np.inf).max()),
    )


def _in_batches(answers: Answers, images: Image) -> Image:
    parts = [answers(images[i : i + _BATCH]) for i in range(0, len(images), _BATCH)]
    return np.concatenate([np.asarray(part) for part in parts])
