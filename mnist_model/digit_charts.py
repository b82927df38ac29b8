"""Pictures of the exam on spoiled digits, as Matplotlib figures."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from mnist_model.contract import Image
from mnist_model.corruption import SEVERITIES
from mnist_model.digit_corruption import DIGIT_CORRUPTIONS
from mnist_model.digit_exam import CaseScore, spoiled_digits
from mnist_model.heat_map import heat_map


def digit_exam_chart(scores: Sequence[CaseScore], title: str) -> Figure:
    """The share of digits read right, by corruption and severity; red is worse than clean.

    Args:
        scores: with the one of CLEAN among them.
    """
    panels = {
        "raw (clean digits: {})": [score.raw.value for score in scores],
        "prepared (clean digits: {})": [score.prepared.value for score in scores],
    }
    return heat_map([score.case for score in scores], panels, title)


def spoiled_sheet(images: Image, *, seed: int) -> Figure:
    """Digits spoiled in each way, from severity 1 on the left to 5 on the right.

    Args:
        images: (n, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink. One of them each line.
    """
    num_rows = -(-len(DIGIT_CORRUPTIONS) // 3)
    num_columns = 3 * len(SEVERITIES)
    figure = Figure(figsize=(num_columns, 1.28 * num_rows), layout="constrained", dpi=80)
    cells = figure.subplots(num_rows, num_columns)
    for axes in cells.ravel():
        axes.set_axis_off()
    for index, name in enumerate(DIGIT_CORRUPTIONS):
        image = images[[index % len(images)]]
        first = len(SEVERITIES) * (index // num_rows)
        row = cells[index % num_rows, first : first + len(SEVERITIES)]
        for axes, severity in zip(row, SEVERITIES, strict=True):
            spoiled = spoiled_digits(image, (name, severity), seed=seed)[0]
            axes.imshow(spoiled, cmap="gray_r", vmin=0, vmax=1)
        row[0].set_title(name, loc="left", fontsize=11, pad=3)
    return figure
