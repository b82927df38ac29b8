"""What the camera does to a picture: where it is held, how it focuses, its sensor and its files.

Each function takes a photo, (height, width, 3) float32 in [0, 1], a severity from 1 to 5 and the
source of chance, and returns a photo of the same size.
"""

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.scene.page import MARGIN, sheet_of
from mnist_model.scene.texture import clouds

TURNS = (3, 6, 10, 15, 20)
"""How far the camera is turned at most, in degrees, at each severity ..."""

FORESHORTENING = (0.05, 0.1, 0.16, 0.23, 0.3)
"""... and by how much the far side of the page seems shorter than the near one."""

TABLES = ((0.45, 0.32, 0.22), (0.25, 0.24, 0.24), (0.60, 0.50, 0.40), (0.33, 0.38, 0.42))

FOCUS_BLURS = (0.0012, 0.0022, 0.0034, 0.005, 0.007)
"""Radius of the disc that a point becomes, as a share of the photo's longest side."""

MOTION_BLURS = (0.004, 0.007, 0.011, 0.016, 0.023)
"""Length of the line that a point becomes, as a share of the photo's longest side."""

NOISES = (0.015, 0.03, 0.05, 0.075, 0.11)
"""Standard deviation of the noise on white."""

JPEG_QUALITIES = (60, 40, 25, 15, 8)


def perspective(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """The page seen from the side, by a camera that is not held level, on a table."""
    height, width = photo.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    centred = corners - corners.mean(axis=0)
    turn = np.deg2rad(rng.uniform(0.5, 1) * rng.choice((-1, 1)) * TURNS[severity - 1])
    seen = centred @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    direction = rng.uniform(0, 2 * np.pi)
    away = seen @ np.array([np.cos(direction), np.sin(direction)]) / np.abs(seen).max()
    seen /= 1 + 0.5 * rng.uniform(0.6, 1) * FORESHORTENING[severity - 1] * away[:, None]
    # Moved so near that the writing fills the photo as much as before.
    inner = seen * (1 - 1.6 * MARGIN)
    scale = float((np.array([width, height]) / np.ptp(inner, axis=0)).min())
    middle = (inner.max(axis=0) + inner.min(axis=0)) / 2
    seen = (seen - middle) * scale + np.array([width, height]) / 2
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    page = cv2.warpPerspective(photo, matrix, (width, height), flags=cv2.INTER_CUBIC)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, (width, height))
    return _on_table(page.clip(0, 1), cover, rng)


def focus_blur(photo: Image, severity: int, rng: np.random.Generator) -> Image:  # noqa: ARG001 - one signature for all
    """Out of focus: each point becomes a disc."""
    radius = FOCUS_BLURS[severity - 1] * max(photo.shape)
    side = 2 * int(np.ceil(radius)) + 1
    rows, columns = np.indices((side, side)) - side // 2
    return _spread(photo, (radius + 0.5 - np.hypot(rows, columns)).clip(0, 1))


def motion_blur(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """Shaken: each point becomes a short straight line."""
    half = MOTION_BLURS[severity - 1] * max(photo.shape) / 2
    angle = rng.uniform(0, np.pi)
    side = 2 * int(np.ceil(half)) + 3
    rows, columns = np.indices((side, side)) - side // 2
    along = np.abs(columns * np.cos(angle) + rows * np.sin(angle))
    across = np.abs(rows * np.cos(angle) - columns * np.sin(angle))
    return _spread(photo, (half + 0.5 - along).clip(0, 1) * (1 - across).clip(0, 1))


def sensor_noise(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """The grain of a photo taken in the dark: finer in brightness, in blotches in colour."""
    height, width = photo.shape[:2]
    # Light comes in quanta, so its noise grows with its root; the sensor adds a rest everywhere.
    deviation = np.float32(NOISES[severity - 1]) * np.sqrt(0.3 + 0.7 * photo)
    noise = np.dstack([clouds((height, width), 3, rng) for _ in range(3)]) * np.float32(0.5)
    noise += np.float32(0.9) * rng.standard_normal((height, width, 1), dtype=np.float32)
    return (photo + deviation * noise).clip(0, 1)


def jpeg(photo: Image, severity: int, rng: np.random.Generator) -> Image:  # noqa: ARG001 - one signature for all
    """Saved as a small JPEG file, and read again."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITIES[severity - 1]]
    in_8_bits = np.round(photo[..., ::-1] * 255).astype(np.uint8)
    _, file = cv2.imencode(".jpg", in_8_bits, quality)
    read = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR))
    return read[..., ::-1].astype(np.float32) / np.float32(255)


def _on_table(page: Image, cover: Image, rng: np.random.Generator) -> Image:
    """The page laid on a table, with a shadow at its edge."""
    height, width = cover.shape
    table = sheet_of(TABLES[rng.integers(len(TABLES))], (height, width), rng, fibres=0.05)
    grain = clouds((height, 2), 5, rng)[:, :1]  # of wood, along the rows
    table = table * (1 + np.float32(0.06) * grain[..., None])
    nearby = cv2.GaussianBlur(cover, (0, 0), 0.008 * max(cover.shape))
    table = table * (1 - np.float32(0.5) * nearby[..., None])
    cover = cover[..., None]
    return (page * cover + table * (1 - cover)).clip(0, 1)


def _spread(photo: Image, kernel: Image) -> Image:
    weights = (kernel / kernel.sum()).astype(np.float32)
    return cv2.filter2D(photo, -1, weights, borderType=cv2.BORDER_REFLECT)
