from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnist_model.contract import Image
from mnist_model.quantiles import quantile, quantile_of_picture

VALUES = arrays(
    np.float32, array_shapes(max_dims=3, max_side=20), elements=st.floats(-1, 1, width=32)
)


@given(VALUES, st.floats(0, 1))
def test_a_quantile_is_numpys_own(values: Image, share: float) -> None:
    found = quantile(values, share)
    assert found.dtype == np.float32
    assert found == pytest.approx(np.quantile(values, share, axis=-1), abs=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("share", [0.2, 0.8, 0.999])
def test_a_ninth_of_a_pictures_pixels_tells_its_quantile(
    dtype: type[np.number[Any]], share: float
) -> None:
    values: Any = np.random.default_rng(1).uniform(0, 255, (480, 640)).astype(dtype)
    assert quantile_of_picture(values, share) == pytest.approx(np.quantile(values, share), abs=2)


def test_a_picture_of_one_pixel_has_quantiles() -> None:
    assert quantile_of_picture(np.full((1, 1), 7, np.uint8), 0.8) == 7
