"""What must fit before a sequence goes through a cell; errors say what would be right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.recurrence import Cell, Mask, State, Weights

Array = NDArray[np.floating]


def require_fit(
    x: NDArray[Any], weights: Weights, cell: Cell, start: State | None, mask: Mask | None
) -> None:
    """Raise ValueError unless a sequence, weights, a start and a mask fit together."""
    hidden = weights["weight_hh"].shape[-1]
    rows = len(cell.gates) * hidden
    shapes = {"weight_ih": (rows, weights["weight_ih"].shape[-1]), "weight_hh": (rows, hidden),
              "bias": (rows,)}  # fmt: skip
    for name, shape in shapes.items():
        if weights[name].shape != shape:
            raise ValueError(f"{cell.name}: {name} must be {shape}, not {weights[name].shape}")
    require_sequence(cell.name, x, weights["weight_ih"].shape[1], weights["bias"].dtype)
    length, n = x.shape[-2:]
    if start is not None:
        require_state("the state at the start", start, cell, (hidden, n), weights["bias"].dtype)
    if mask is not None and (mask.shape != (length, n) or mask.dtype != bool):
        raise ValueError(
            f"{cell.name}: the mask must be true or false for each step and sample, of shape "
            f"{(length, n)}; this one is {mask.dtype} of shape {mask.shape}"
        )


def require_sequence(name: str, x: NDArray[Any], features: int, dtype: np.dtype[Any]) -> None:
    """Raise ValueError unless x is (F, T, N) of the weights' type, or tokens (T, N)."""
    if x.dtype.kind in "iu":
        require_tokens(name, x, features)
        return
    if x.ndim != 3 or x.shape[0] != features or 0 in x.shape:
        raise ValueError(
            f"{name}: a sequence must be (features, T, N) with {features} features, and T and N at "
            f"least 1; this one is {x.shape}"
        )
    if x.dtype != dtype:
        raise ValueError(f"{name}: x is {x.dtype} but the weights are {dtype}; convert one of them")


def require_tokens(name: str, tokens: NDArray[Any], num_tokens: int) -> None:
    """Raise ValueError unless tokens are whole numbers (T, N) below num_tokens."""
    if tokens.ndim != 2 or 0 in tokens.shape or tokens.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: tokens must be whole numbers (T, N) with T and N at least 1; these are "
            f"{tokens.dtype} of shape {tokens.shape}"
        )
    low, high = tokens.min(), tokens.max()
    if low < 0 or high >= num_tokens:
        wrong = low if low < 0 else high
        raise ValueError(f"{name}: tokens must be from 0 to {num_tokens - 1}; there is a {wrong}")


def require_state(
    what: str, state: State, cell: Cell, shape: tuple[int, int], dtype: np.dtype[Any] | None = None
) -> None:
    """Raise ValueError unless a state has what the cell has, in the right shape."""
    if (state.c is not None) != cell.has_c:
        raise ValueError(f"{cell.name}: {what} must have {'h and c' if cell.has_c else 'h alone'}")
    for letter, array in (("h", state.h), ("c", state.c)):
        if array is None:
            continue
        if array.shape != shape:
            raise ValueError(f"{cell.name}: {letter} of {what} must be {shape}, not {array.shape}")
        if dtype is not None and array.dtype != dtype:
            raise ValueError(f"{cell.name}: {letter} of {what} is {array.dtype}, not {dtype}")


def require_gradients(
    dy: Array | None, dend: State | None, cell: Cell, shape: tuple[int, int, int]
) -> None:
    """Raise ValueError unless dL/d outputs and dL/d the last state fit a pass over `shape`."""
    if dy is not None and dy.shape != shape:
        raise ValueError(f"{cell.name}: dy must be {shape}, not {dy.shape}")
    if dend is not None:
        hidden, _, n = shape
        for letter, array in (("h", dend.h), ("c", dend.c)):
            if array is not None and array.shape != (hidden, n):
                raise ValueError(
                    f"{cell.name}: dL/d{letter} at the end must be {(hidden, n)}, not {array.shape}"
                )
