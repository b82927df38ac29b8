"""What lies over the whole picture: another brightness, fog, a stripe, or outlines alone."""

import cv2
import numpy as np

from mnist_model.contract import IMAGE_SIZE, Image


def brightness(images: Image, severity: int, rng: np.random.Generator) -> Image:  # noqa: ARG001 - as all corruptions are called
    """The paper comes nearer to the ink, and faint ink to full ink."""
    return (images + (0.1, 0.2, 0.3, 0.4, 0.5)[severity - 1]).clip(0, 1).astype(np.float32)


def fog(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Clouds over the picture: full ink is left only where they are thickest, the rest fades."""
    density = (0.2, 0.4, 0.6, 0.8, 1.0)[severity - 1]
    clouds = np.stack([_clouds(rng) for _ in images])
    return ((images + density * clouds) / (1 + density)).clip(0, 1).astype(np.float32)


def stripe(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Ink and paper change places in an upright stripe near the middle."""
    width = (1, 2, 3, 4, 6)[severity - 1]
    starts = IMAGE_SIZE // 2 - width // 2 + rng.integers(-4, 5, len(images))
    columns = np.arange(IMAGE_SIZE)
    inside = (columns >= starts[:, None]) & (columns < starts[:, None] + width)
    return np.where(inside[:, None, :], 1 - images, images).astype(np.float32)


def canny_edges(images: Image, severity: int, rng: np.random.Generator) -> Image:  # noqa: ARG001 - as all corruptions are called
    """The ink fades, and its outline stays."""
    share = (0.2, 0.4, 0.6, 0.8, 1.0)[severity - 1]
    in_8_bits = np.round(images * 255).astype(np.uint8)
    edges = np.stack([cv2.Canny(image, 100, 200) for image in in_8_bits]) / np.float32(255)
    return ((1 - share) * images + share * edges).clip(0, 1).astype(np.float32)


def _clouds(rng: np.random.Generator) -> Image:
    """(28, 28) in [0, 1]: noise of several widths, the broadest the strongest."""
    clouds = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)
    for level, side in enumerate((3, 5, 9, 17)):
        coarse = rng.random((side, side), dtype=np.float32)
        fine = cv2.resize(coarse, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_LINEAR)
        clouds += fine / 2**level
    clouds -= clouds.min()
    return clouds / max(float(clouds.max()), 1e-6)
