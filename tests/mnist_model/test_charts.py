import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from mnist_model.charts import confusion_chart, digit_sheet, learning_chart, misread_sheet
from mnist_model.contract import Image
from mnist_model.model_card import Epoch


def texts(figure: Figure) -> list[str]:
    """All that is written in the figure's axes, of one axes after the other."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def title(figure: Figure) -> str:
    return figure.get_suptitle()


@pytest.fixture
def reading() -> tuple[Image, np.ndarray, Image]:
    """Four digits, of which the second and the fourth are misread, the fourth more surely."""
    rng = np.random.default_rng(1)
    probabilities = np.full((4, 10), 0.01, np.float32)
    for row, (read, confidence) in enumerate([(7, 0.9), (1, 0.6), (0, 0.8), (9, 0.7)]):
        probabilities[row, read] = confidence
    labels = np.array([7, 4, 0, 4], np.uint8)
    return rng.random((4, 28, 28), dtype=np.float32), labels, probabilities


def test_each_cell_of_the_chart_says_how_many_and_which_share_of_its_row() -> None:
    matrix = np.diag(np.full(10, 1200))
    matrix[4, 4], matrix[4, 9] = 3, 1
    figure = confusion_chart(matrix, "a title")
    assert figure.axes[0].get_title(loc="left") == "a title"
    assert figure.axes[0].get_ylabel() == "true digit"
    places = {
        text.get_text(): text.get_position()
        for text in figure.axes[0].texts
        if text.get_text() != "1,200" and text.get_text() != "100.0%"
    }
    assert {label: (int(x), int(y)) for label, (x, y) in places.items()} == {
        "3": (4, 4),  # column, row
        "75.0%": (4, 4),
        "1": (9, 4),
        "25.0%": (9, 4),
    }


def test_a_chart_of_a_digit_that_never_occurs_can_be_drawn() -> None:
    matrix = np.zeros((10, 10), np.int64)
    matrix[1, 1] = 5
    assert texts(confusion_chart(matrix, "")) == ["5", "100.0%"]


def test_the_sheet_shows_the_misread_digits_the_surest_first(
    reading: tuple[Image, np.ndarray, Image],
) -> None:
    images, labels, probabilities = reading
    sheet = misread_sheet(images, labels, probabilities=probabilities, title="cnn")
    assert title(sheet) == "cnn: 2 of 4 misread"
    assert texts(sheet) == ["4 read as 9\n70% sure", "4 read as 1\n60% sure"]
    first_picture = sheet.axes[0].images[0].get_array()
    assert first_picture is not None
    assert np.array_equal(first_picture, images[3])


def test_a_sheet_that_leaves_digits_out_says_so(reading: tuple[Image, np.ndarray, Image]) -> None:
    images, labels, probabilities = reading
    sheet = misread_sheet(images, labels, probabilities=probabilities, title="cnn", most=1)
    assert title(sheet) == "cnn: 2 of 4 misread, here the 1 most confident mistakes"
    assert len(texts(sheet)) == 1


def test_a_sheet_without_any_digit_can_be_drawn() -> None:
    sheet = digit_sheet(np.zeros((0, 28, 28), np.float32), [], "none")
    assert title(sheet) == "none"
    assert texts(sheet) == []


def test_learning_curves_show_each_epoch_in_training_and_in_validation() -> None:
    history = [Epoch(1, 0.75, 0.5, 0.875, 0.25, 60), Epoch(2, 0.875, 0.25, 1.0, 0.125, 60)]
    figure = learning_chart(history, "cnn")
    loss, misread = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["loss (nats)", "share misread"]
    drawn = {
        (axes, line.get_label()): np.asarray(line.get_xydata()).tolist()
        for axes in figure.axes
        for line in axes.lines
    }
    assert drawn == {
        (loss, "training"): [[1, 0.5], [2, 0.25]],
        (loss, "validation"): [[1, 0.25], [2, 0.125]],
        (misread, "training"): [[1, 0.25], [2, 0.125]],
        (misread, "validation"): [[1, 0.125], [2, 0]],
    }
    figure.savefig(io.BytesIO())  # a share of none is left out on a logarithmic scale
