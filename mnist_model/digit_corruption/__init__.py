"""MNIST's digits themselves, each spoiled in one way, graded: no page and no camera.

The fifteen kinds of MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision",
2019), made anew and graded from 1, hardly seen, to 5, where people begin to err. A corruption is a
function of (n, 28, 28) float32 pictures in [0, 1], 0 paper and 1 ink, of a severity and of a
random generator. It gives pictures of the same shape and range; the same state of the generator
makes the same ones.

Never import this from what trains: a network must not practise on its exam.
"""

from collections.abc import Callable

import numpy as np

from mnist_model.contract import Image
from mnist_model.digit_corruption import blur, light, marks, noise, warp

DigitCorruption = Callable[[Image, int, np.random.Generator], Image]

DIGIT_CORRUPTIONS: dict[str, DigitCorruption] = {
    "shot noise": noise.shot_noise,
    "impulse noise": noise.impulse_noise,
    "glass blur": blur.glass_blur,
    "motion blur": blur.motion_blur,
    "shear": warp.shear,
    "scale": warp.scale,
    "rotate": warp.rotate,
    "translate": warp.translate,
    "brightness": light.brightness,
    "stripe": light.stripe,
    "fog": light.fog,
    "spatter": marks.spatter,
    "dotted line": marks.dotted_line,
    "zigzag": marks.zigzag,
    "canny edges": light.canny_edges,
}
