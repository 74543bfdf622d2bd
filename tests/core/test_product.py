"""Every form of a matrix product gives the same, whichever axis is the longest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.functional import product
from core.functional.product import LONG

sizes = st.sampled_from([1, 2, 3, LONG - 1, LONG, LONG + 1, 2 * LONG, 3 * LONG + 1])


@pytest.mark.parametrize("has_blas", [True, False])
@given(sizes, sizes, sizes, st.booleans(), st.integers(0, 1000))
def test_all_forms_are_equal(has_blas, m, k, n, into_memory, seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.integers(-9, 10, shape).astype(float) for shape in ((m, k), (k, n)))
    out = np.full((m, n), np.nan) if into_memory else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(product, "HAS_BLAS", has_blas)
        for form, first, second in (
            (product.product, a, b), (product.product_abt, a, b.T.copy()),
            (product.product_atb, a.T.copy(), b),
        ):  # fmt: skip
            made = form(first, second, out)
            np.testing.assert_array_equal(made, a @ b)
            assert out is None or np.shares_memory(made, out)
