"""How a photo was read, stage by stage, as pictures: for whoever wants to know why."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.attempts import Attempt
from mnist_model.contract import IMAGE_SIZE, Image
from mnist_model.reader import DigitReader
from mnist_model.segmentation.background import find_background
from mnist_model.segmentation.binarization import binarize, firmest_ink
from mnist_model.segmentation.layout import Layout
from mnist_model.segmentation.ruling import without_ruling

Picture = npt.NDArray[np.uint8]
"""(height, width) grey or (height, width, 3) BGR."""

GREEN, ORANGE, GREY = (60, 140, 0), (0, 110, 230), (150, 150, 150)

CROP_ZOOM = 3
CROPS_A_ROW = 12


def save_explanation(reader: DigitReader, photo: bytes, folder: Path) -> list[Path]:
    """Saves each stage of a reading as a PNG in `folder`, and returns where.

    Raises:
        PhotoError: as `DigitReader.read` of the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for number, (name, picture) in enumerate(stages(reader, photo), start=1):
        path = folder / f"{number}-{name}.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        saved.append(path)
    return saved


def stages(reader: DigitReader, photo: bytes) -> Iterator[tuple[str, Picture]]:
    """The name and the picture of each stage, in the order in which a photo goes through them.

    A photo that had to be turned to be read is shown turned, one that was read by its colours as
    those, and one that was read on a sheet of paper alone without what lies around it.
    """
    attempt, _ = reader.attempt_on(photo)
    layout = attempt.layout
    yield "picture", layout.grey
    if layout.is_firmest:
        yield "contrast", _on_white(layout.contrast)
        yield "firmest-ink", _on_white(firmest_ink(layout.contrast))
    else:
        yield "paper", find_background(layout.grey, layout.ink_is_dark).paper
        yield "contrast", _on_white(layout.contrast)
        ink, traces = binarize(layout.contrast)
        yield "traces", _on_white(traces)
        yield "ink", _on_white(ink)
        yield "without-ruling", _on_white(without_ruling(ink, traces))
    yield "strokes", _strokes(layout)
    yield "signs", _signs(attempt)
    yield "crops", _crops(layout.crops([sign.group for sign in attempt.signs]))


def _on_white(ink: Image | Picture) -> Picture:
    return (255 * (1 - np.clip(ink, 0, 1))).astype(np.uint8)


def _strokes(layout: Layout) -> Picture:
    """Each stroke in a colour of its own, on the faded photo."""
    canvas = cv2.cvtColor(255 - (255 - layout.grey) // 4, cv2.COLOR_GRAY2BGR)
    rng = np.random.default_rng(0)
    for stroke in layout.strokes:
        box = stroke.box
        part = canvas[box.y : box.y + box.height, box.x : box.x + box.width]
        part[stroke.mask > 0] = rng.integers(0, 200, size=3)
    return canvas


def _signs(attempt: Attempt) -> Picture:
    """Boxes: green for digits that are believed, orange for those that aren't, grey for others."""
    canvas = cv2.cvtColor(attempt.layout.grey, cv2.COLOR_GRAY2BGR)
    for sign in attempt.signs:
        colour = GREY if not sign.is_digit else GREEN if sign in attempt.digits else ORANGE
        box = sign.group.box
        corner = (box.x + box.width, box.y + box.height)
        cv2.rectangle(canvas, (box.x, box.y), corner, colour, 2)
        if sign.is_digit:
            likeliest = int(np.argmax(sign.probabilities))
            text = f"{likeliest} {sign.probabilities[likeliest]:.2f}"
            place = (box.x, max(14, box.y - 4))
            cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
    return canvas


def _crops(crops: Image) -> Picture:
    """What the network saw of each sign, enlarged, in reading order."""
    side = IMAGE_SIZE * CROP_ZOOM
    num_rows = max(1, -(-len(crops) // CROPS_A_ROW))
    sheet = np.full((num_rows * (side + 4), CROPS_A_ROW * (side + 4)), 128, np.uint8)
    for number, crop in enumerate(crops):
        top, left = (place * (side + 4) for place in divmod(number, CROPS_A_ROW))
        large = cv2.resize(crop, (side, side), interpolation=cv2.INTER_NEAREST)
        sheet[top : top + side, left : left + side] = 255 * large
    return sheet
