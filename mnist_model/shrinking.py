"""Pictures made smaller, for what can be seen as well on fewer pixels."""

from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

Dtype = TypeVar("Dtype", np.uint8, np.float32)


def shrunk(picture: npt.NDArray[Dtype], longest_side: int) -> npt.NDArray[Dtype]:
    """The picture, averaged down to at most `longest_side` pixels; as it is if it has no more.

    Args:
        picture: (height, width) or (height, width, channels), uint8 or float32.
    """
    factor = longest_side / max(picture.shape[:2])
    if factor >= 1:
        return picture
    height, width = (max(1, round(side * factor)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
