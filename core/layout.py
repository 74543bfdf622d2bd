"""The order of axes outside a network, which is PyTorch's, and inside it.

Outside the batch comes first: (N, features), (N, C, H, W), (N, T, features), tokens (N, T). Inside,
features come first and the batch last: (features, N), (C, H, W, N), (features, T, N), tokens
(T, N). NumPy in a browser has neither BLAS nor SIMD; there, what counts is that the innermost loops
are long and contiguous, and the batch is long whatever the layer. A linear layer is then one
product along the first axis, whatever lies behind it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def features_first(x: NDArray[Any]) -> NDArray[Any]:
    """From outside to inside; contiguous."""
    axes = (1, 2, 3, 0) if x.ndim == 4 else None  # None reverses the axes
    return np.ascontiguousarray(x.transpose(axes))


def batch_first(x: NDArray[Any]) -> NDArray[Any]:
    """From inside to outside; a view."""
    return x.transpose((3, 0, 1, 2) if x.ndim == 4 else None)
