"""Measures speed and memory: bench.py photo, bench.py formats, and the bot under load."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from load_test.bot_process import BotDidNotStart, BotProgram
from load_test.measurement import Step, measured
from load_test.photos import photos
from load_test.report import as_json, head, memory_sentence, row
from mnist_model import load_reader
from mnist_model.benchmark import as_table, measure_formats, measure_photo
from mnist_model.contract import ReaderError
from mnist_model.dataset import load_mnist
from mnist_model.model_card import DEFAULT_MODEL_PATH

RUNS = Path(__file__).parent.parent / "runs"
RATES = (1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60)
NUM_PHOTOS = 40
"""Photos that differ; what a bot answers does not depend on what it read before."""


def main() -> int:
    options = parsed_options()
    if options.subject == "load":
        return asyncio.run(measure_load(options))
    if options.subject == "photo":
        timings = measure_photo(options.repeats)
    else:
        timings = measure_formats(
            options.model,
            options.exported,
            num_digits=options.digits,
            repeats=options.repeats,
        )
    print(as_table(timings))
    return 0


async def measure_load(options: argparse.Namespace) -> int:
    """Prints a line for each rate; saves figures, and the curve of several. 1 if any was lost."""
    sent = photos(load_mnist().validation, load_reader(), NUM_PHOTOS, options.seed)
    steps = []
    with tempfile.TemporaryDirectory(prefix="digit-reader-load-") as folder:
        program = BotProgram(options.python, options.processes, Path(folder))
        print(head(), flush=True)
        try:
            async for step in measured(options.rate, options.seconds, program, sent):
                print(row(step), *step.faults, sep="\n", flush=True)
                steps.append(step)
        finally:
            sys.stderr.write((program.folder / "bot.log").read_text(errors="replace"))
    print(memory_sentence(steps[-1].memory))
    save(steps, options.output)
    return int(any(step.faults for step in steps))


def save(steps: list[Step], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "load.json").write_text(as_json(steps))
    if len(steps) > 1:
        from load_test.chart import load_chart  # noqa: PLC0415 - Matplotlib is for the curve only

        load_chart(steps).savefig(folder / "load.png", dpi=120)
    print(f"Saved in {folder}/")


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = parser.add_subparsers(dest="subject", required=True)
    photo = subjects.add_parser("photo", help="one photo of 1280x960 pixels with eight digits")
    formats = subjects.add_parser("formats", help="the network as scripts/export.py wrote it")
    formats.add_argument("--model", type=Path, default=DEFAULT_MODEL_PATH, help=".keras file")
    formats.add_argument(
        "--exported", type=Path, default=RUNS / "export", help="folder of the others"
    )
    formats.add_argument(
        "--digits", type=up_to(10_000), default=1, help="read at once, 1 to 10,000"
    )
    for subject in (photo, formats):
        subject.add_argument(
            "--repeats", type=up_to(1_000_000), default=50, help="times each step is timed"
        )
    load = subjects.add_parser("load", help="the real bot, sent photos by 200 people")
    load.add_argument(
        "--rate", type=float, nargs="+", default=RATES, help="photos a second, one after the other"
    )
    load.add_argument("--seconds", type=float, default=30, help="how long at each rate")
    load.add_argument("--processes", type=int, default=1, help="the bot's READER_PROCESSES")
    load.add_argument("--python", default=sys.executable, help="the interpreter that runs the bot")
    load.add_argument("--seed", type=int, default=0, help="other photos for another seed")
    load.add_argument("--output", type=Path, default=RUNS / "load", help="figures and curve")
    return parser.parse_args()


def up_to(most: int) -> Callable[[str], int]:
    """What argparse takes for a number from 1 to `most`."""

    def number(text: str) -> int:
        if not 1 <= (value := int(text)) <= most:
            raise argparse.ArgumentTypeError(f"{value} is out of range, expected 1 to {most:,}")
        return value

    return number


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ReaderError, BotDidNotStart) as error:
        sys.exit(str(error))
    except ModuleNotFoundError as error:  # the bot and the demo know no other format
        print(
            f"The formats need {error.name}, which is not installed: run "
            "`.venv/bin/pip install -r requirements/export.txt`.",
            file=sys.stderr,
        )
        sys.exit(2)
