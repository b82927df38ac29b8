"""Write the trained network as LiteRT and as ONNX, if each answers as the Keras model does."""

import argparse
import importlib
import os
import sys
from pathlib import Path

# The one backend from which Keras writes both formats.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else tensorflow greets with a page of hints

from mnist_model.classifier import load_network
from mnist_model.contract import ReaderError
from mnist_model.dataset import DEFAULT_FOLDER, load_test_split
from mnist_model.export import FORMATS, export
from mnist_model.model_card import DEFAULT_MODEL_PATH, read_card

PACKAGES = ("ai_edge_litert", "onnxruntime", "tensorflow", "tf2onnx")
ROOT = Path(__file__).parent.parent


def main() -> int:
    options = parsed_options()
    for package in PACKAGES:  # else Keras asks for one of them when the rest is done
        importlib.import_module(package)
    network = load_network(options.model, read_card(options.model))
    images = load_test_split(options.data).images
    for name, form in FORMATS.items():
        output = options.output / f"{options.model.stem}{form.suffix}"
        parity = export(network, name, output, images)
        print(
            f"Wrote {output} ({output.stat().st_size:,} bytes): of {parity.num_images:,} test "
            f"digits {parity.num_read_differently} are read differently; the largest difference "
            f"of a probability is {parity.largest_difference:.1e}."
        )
    return 0


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder of MNIST")
    parser.add_argument("--output", type=Path, default=ROOT / "runs" / "export", help="folder")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReaderError as error:
        sys.exit(str(error))
    except ModuleNotFoundError as error:  # the bot and the demo export nothing
        print(
            f"The export needs {error.name}, which is not installed: run "
            "`.venv/bin/pip install -r requirements/export.txt`.",
            file=sys.stderr,
        )
        sys.exit(2)
