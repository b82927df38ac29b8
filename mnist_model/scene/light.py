"""How a photo is lit: the fall of light, and the shadows of a hand or a phone.

Each function takes a photo, (height, width, 3) float32 in [0, 1], a severity from 1 to 5 and the
source of chance, and returns a photo of the same size.
"""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image
from mnist_model.scene.page import sharpened

SHADOW_DEPTHS = (0.2, 0.32, 0.44, 0.56, 0.68)
"""The share of the light that a shadow takes away, at each severity."""

DARKEST_SIDES = (0.75, 0.6, 0.48, 0.36, 0.25)
"""How bright the dark side is beside the bright one where light is uneven, at each severity."""

SHRUNK = 4
"""Shadows have no fine detail, so they are made on a picture this many times smaller."""

SHADOW_TINT = (1.0, 0.97, 0.92)
"""Shadows keep more of the sky's blue than of the lamp's red."""


def uneven_light(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """Light that falls off from one side to the other, as from a lamp, in a colour of its own."""
    height, width = photo.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    # From -1 to 1 along the longest side; the lamp hangs over one side of the page.
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * height / max(height, width)
    columns = np.linspace(-1, 1, width, dtype=np.float32) * width / max(height, width)
    distance = (rows - 0.6 * np.sin(angle)) ** 2 + (columns - 0.6 * np.cos(angle)) ** 2
    # Light thins out with the square of the distance, down to the share of the farthest corner.
    strength = 1 / (1 + (1 / DARKEST_SIDES[severity - 1] - 1) * distance / distance.max())
    warmth = rng.uniform(-0.02, 0.02) * severity
    return _lit(photo, 1.1 * strength[..., None] * np.array([1 + warmth, 1, 1 - warmth]))


def soft_shadow(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """The shadow of a hand or a head far from the paper: its edge is wide."""
    softness = rng.uniform(0.04, 0.08) * max(photo.shape)
    return _shaded(photo, SHADOW_DEPTHS[severity - 1], softness, rng)


def hard_shadow(photo: Image, severity: int, rng: np.random.Generator) -> Image:
    """The shadow of a phone near the paper, in the sun: its edge is narrow."""
    softness = rng.uniform(0.002, 0.006) * max(photo.shape)
    return _shaded(photo, SHADOW_DEPTHS[severity - 1], softness, rng)


def _shaded(photo: Image, depth: float, softness: float, rng: np.random.Generator) -> Image:
    """The photo with a shadow whose edge is about `softness` pixels wide."""
    height, width = photo.shape[:2]
    outline = _outline((-(-height // SHRUNK), -(-width // SHRUNK)), rng)
    mask = cv2.GaussianBlur(outline, (0, 0), max(softness / SHRUNK, 0.5))
    mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    return _lit(photo, 1 - depth * mask[..., None] * np.array(SHADOW_TINT))


def _outline(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    """A phone, and by chance the hand that holds it, reaching in from the border: 1 in shadow."""
    height, width = shape
    longest = max(shape)
    mask = np.zeros(shape, np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    # It ends not far from the middle, so that its edge often crosses the writing.
    tip = np.array([width, height]) / 2 + rng.normal(0, 0.12, 2) * longest
    half = rng.uniform(0.15, 0.35) * longest
    phone = [tip - half * across, tip + half * across]
    phone += [corner + 2 * longest * along for corner in phone[::-1]]
    cv2.fillPoly(mask, [np.round(phone).astype(np.int32)], 1.0)
    if rng.random() < 0.5:
        for place in rng.uniform(0.05, 0.4, 3) * longest:
            knuckle = tip + rng.choice((-1, 1)) * half * across + place * along
            size = rng.uniform(0.04, 0.09) * longest
            cv2.circle(mask, np.round(knuckle).astype(int).tolist(), round(size), 1.0, -1)
    # Nothing that one holds has sharp corners.
    roundness = 0.02 * longest
    return sharpened(cv2.GaussianBlur(mask, (0, 0), roundness), 0.5, roundness)


def _lit(photo: Image, light: npt.NDArray[np.floating]) -> Image:
    return (photo * light.astype(np.float32)).clip(0, 1)
