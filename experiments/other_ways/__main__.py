"""Other binarisations and segmentations, and the pipeline with one step less, each measured."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import cv2

from experiments.other_ways.binarizations import BINARIZATIONS
from experiments.other_ways.segmentations import SEGMENTATIONS
from experiments.other_ways.steps import STEPS
from experiments.other_ways.tables import as_markdown
from experiments.other_ways.trial import labelled_photos, measured, simulated_photos
from experiments.other_ways.ways import Way
from mnist_model.dataset import load_mnist
from mnist_model.reader import load_reader

OURS = Way("ours")
TABLES = {"binarisation": BINARIZATIONS, "segmentation": SEGMENTATIONS, "one step less": STEPS}


def main() -> None:
    options = parsed_options()
    cv2.setNumThreads(1)  # times are of one core
    reader = load_reader()
    examples = [] if options.photos is None else list(labelled_photos(options.photos))
    examples += simulated_photos(load_mnist().validation, sample=options.sample, seed=options.seed)
    ways = [OURS, *(way for table in TABLES.values() for way in table)]
    ours, *others = measured(reader.read, ways, examples)
    of_way = {figures.way: figures for figures in others}
    tables = {
        title: [*(of_way[way.name] for way in table), ours] for title, table in TABLES.items()
    }
    print("\n\n".join(as_markdown(title, rows) for title, rows in tables.items()))
    report = {
        "model": reader.card.name,
        "weights_sha256": reader.card.weights_sha256,
        "sample": options.sample,
        "seed": options.seed,
        "tables": {title: [asdict(row) for row in rows] for title, rows in tables.items()},
    }
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m experiments.other_ways", description=__doc__)
    parser.add_argument(
        "photos",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="labelled photos, with a manifest.csv (file, kind, label); none: simulated ones only",
    )
    parser.add_argument("--sample", type=int, default=20, help="simulated photos of each kind")
    parser.add_argument("--seed", type=int, default=0, help="other simulated photos for another")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the figures there as well")
    return parser.parse_args()


if __name__ == "__main__":
    main()
