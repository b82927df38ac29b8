import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnist_model.contract import Image
from mnist_model.quantiles import quantile

VALUES = arrays(
    np.float32, array_shapes(max_dims=3, max_side=20), elements=st.floats(-1, 1, width=32)
)


@given(VALUES, st.floats(0, 1))
def test_a_quantile_is_numpys_own(values: Image, share: float) -> None:
    found = quantile(values, share)
    assert found.dtype == np.float32
    assert found == pytest.approx(np.quantile(values, share, axis=-1), abs=1e-6)
