"""Run notebooks/walkthrough.py, and save it with its pictures as a notebook beside it."""

import argparse
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

SOURCE = Path(__file__).parent.parent / "notebooks" / "walkthrough.py"

QUICK = "EPOCHS, STEPS, SAMPLE = 1, 60, 2"
"""Takes the place of the parameters' cell: enough to see that all of it runs."""

TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=SOURCE.with_suffix(".ipynb"))
    parser.add_argument("--quick", action="store_true", help="train for a few seconds only")
    options = parser.parse_args()
    notebook = jupytext.read(SOURCE)
    if options.quick:
        shorten(notebook)
    try:
        execute(notebook)
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    make_repeatable(notebook)
    nbformat.write(notebook, options.output)  # type: ignore[no-untyped-call]  # it has no types
    print(f"Wrote {options.output} ({options.output.stat().st_size:,} bytes).")
    return 0


def shorten(notebook: nbformat.NotebookNode) -> None:
    """Give the parameters that are set in the tagged cell their values for a short run."""
    (cell,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    cell.source += f"\n{QUICK}"


def execute(notebook: nbformat.NotebookNode) -> None:
    """Run all cells in the notebook's own folder; their outputs are put into `notebook`.

    Raises:
        CellExecutionError: a cell failed.
    """
    NotebookClient(
        notebook,
        timeout=1800,
        resources={"metadata": {"path": SOURCE.parent}},
        record_timing=False,
        # A progress bar draws itself over and over: only its last state is kept.
        coalesce_streams=True,
    ).execute()


def make_repeatable(notebook: nbformat.NotebookNode) -> None:
    """Leave out what differs between runs, or is for terminals only, so that diffs say something.

    What goes to stderr is tensorflow's greeting about the machine it runs on.
    """
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        if cell.cell_type != "code":
            continue
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = TERMINAL_COLOURS.sub("", output.text)


if __name__ == "__main__":
    sys.exit(main())
