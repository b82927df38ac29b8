"""The project's own exam: simulated photos of MNIST's digits, each spoiled in one way, graded.

    digits ─ page ─▶ black on white ─ material ─▶ a sheet ─ light, camera ─▶ a photo

As in MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", 2019), each
corruption is a function of a picture and a severity from 1, hardly seen, to 5, where people begin
to err. Here the pictures are whole photos, of one digit or of several rows.

Never import this from what trains: a network must not practise on its exam.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image
from mnist_model.scene import camera, light, material
from mnist_model.scene.page import Page, render

SEVERITIES = (1, 2, 3, 4, 5)

Photo = npt.NDArray[np.uint8]
"""(height, width, 3) uint8: red, green and blue."""

PageCorruption = Callable[[Page, int, np.random.Generator], Page]
PhotoCorruption = Callable[[Image, int, np.random.Generator], Image]

INSTRUMENTS: dict[str, PageCorruption] = {
    "ink colour": material.ink_colour,
    "fine pen": material.fine_pen,
    "pencil": material.pencil,
    "chalk": material.chalk,
}
PAPERS: dict[str, PageCorruption] = {
    "paper colour": material.paper_colour,
    "ruled paper": material.ruled_paper,
    "squared paper": material.squared_paper,
    "dotted paper": material.dotted_paper,
    "patterned paper": material.patterned_paper,
}
PHOTOGRAPHY: dict[str, PhotoCorruption] = {
    # In the order in which they happen between the page and the file.
    "uneven light": light.uneven_light,
    "soft shadow": light.soft_shadow,
    "hard shadow": light.hard_shadow,
    "perspective": camera.perspective,
    "focus blur": camera.focus_blur,
    "motion blur": camera.motion_blur,
    "sensor noise": camera.sensor_noise,
    "JPEG": camera.jpeg,
}
ALL_MILDLY = "all mildly"

CORRUPTIONS = (*PAPERS, *INSTRUMENTS, *PHOTOGRAPHY, ALL_MILDLY)
"""The names of all corruptions."""


def clean_photo(page: Page) -> Photo:
    """The page as a faultless camera sees it."""
    return _in_8_bits(render(page))


def corrupted_photo(page: Page, name: str, severity: int, rng: np.random.Generator) -> Photo:
    """The page photographed with one corruption, or with all of them.

    Args:
        name: one of CORRUPTIONS.
        severity: one of SEVERITIES; all of them together are applied at half of it, rounded up.
        rng: the same state makes the same photo.
    """
    if name == ALL_MILDLY:
        return _with_all(page, (severity + 1) // 2, rng)
    if name in PHOTOGRAPHY:
        return _in_8_bits(PHOTOGRAPHY[name](render(page), severity, rng))
    return _in_8_bits(render((PAPERS | INSTRUMENTS)[name](page, severity, rng)))


def file_of(photo: Photo) -> bytes:
    """The photo as a phone saves it: a JPEG file of high quality."""
    high_quality = [cv2.IMWRITE_JPEG_QUALITY, 92]
    return cv2.imencode(".jpg", photo[..., ::-1], high_quality)[1].tobytes()


def _with_all(page: Page, severity: int, rng: np.random.Generator) -> Photo:
    """One paper, one instrument, and all that can happen to light and camera."""
    instrument = list(INSTRUMENTS)[rng.integers(len(INSTRUMENTS))]
    if instrument != "chalk":  # boards are not ruled
        paper = list(PAPERS)[rng.integers(len(PAPERS))]
        page = PAPERS[paper](page, severity, rng)
    photo = render(INSTRUMENTS[instrument](page, severity, rng))
    for corruption in PHOTOGRAPHY.values():
        photo = corruption(photo, severity, rng)
    return _in_8_bits(photo)


def _in_8_bits(photo: Image) -> Photo:
    return np.round(photo.clip(0, 1) * 255).astype(np.uint8)
