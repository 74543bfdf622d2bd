"""The losses over sequences: at each step that counts, or at the last one.

output (N, T, K); target (N, T) class numbers or (N, T, K) values; counted (N, T) tells which steps
count, None when all do. The loss is the mean over the counted steps of all samples alike, so that a
longer sequence counts for more. Outputs of one answer a sample, (N, K), are steps of their own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.losses import Loss

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]


def per_step(
    loss: Loss, output: Array, target: NDArray[Any], counted: Mask | None = None
) -> tuple[float, Array]:
    """The mean loss of the counted steps, and its gradient by the output."""
    rows, wanted = chosen(loss, output, target, counted)
    value, gradient = loss(rows, wanted)
    return value, spread(gradient, output, counted)


def chosen(
    loss: Loss, output: Array, target: NDArray[Any], counted: Mask | None
) -> tuple[Array, NDArray[Any]]:
    """Outputs (places, K) and targets of the steps that count; ValueError where they do not fit."""
    places = output.shape[:-1]
    if output.ndim < 2 or 0 in output.shape:
        raise ValueError(f"{loss.name}: the output must be (N, T, K), each at least 1, not "
                         f"{output.shape}")  # fmt: skip
    if target.shape not in (places, output.shape):
        raise ValueError(f"{loss.name}: targets must be {places} classes or {output.shape} values, "
                         f"not of shape {target.shape}")  # fmt: skip
    rows = output.reshape(-1, output.shape[-1])
    wanted = target.reshape(-1, *target.shape[len(places) :])
    if counted is not None:
        _require_counted(loss, counted, places)
        rows, wanted = rows[counted.reshape(-1)], wanted[counted.reshape(-1)]
    if wanted.dtype.kind == "f" and not np.isfinite(wanted).all():
        raise ValueError(f"{loss.name}: targets of steps that count must be finite; some are not")
    return rows, wanted


def _require_counted(loss: Loss, counted: Mask, places: tuple[int, ...]) -> None:
    if counted.shape != places or counted.dtype != bool:
        raise ValueError(f"{loss.name}: what counts must be true or false, of shape {places}, not "
                         f"{counted.dtype} of shape {counted.shape}")  # fmt: skip
    if not counted.any():
        raise ValueError(f"{loss.name}: at least one step must count; none does")


def spread(gradient: Array, output: Array, counted: Mask | None) -> Array:
    """The gradient by the whole output: 0 where a step does not count."""
    if counted is None:
        return gradient.reshape(output.shape)
    whole = np.zeros_like(output)
    whole[counted] = gradient
    return whole


def last_steps(mask: Mask) -> NDArray[np.intp]:
    """The last step (N,) that exists of each sample; ValueError where a sample has none."""
    if not mask.any(axis=1).all():
        raise ValueError("every sample needs at least one step that exists")
    return mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)


def last_step(
    loss: Loss, output: Array, target: NDArray[Any], mask: Mask | None = None
) -> tuple[float, Array]:
    """The mean loss of the last steps alone, for targets (N,) or (N, K); and its gradient."""
    if output.ndim != 3 or 0 in output.shape:
        raise ValueError(f"{loss.name}: the output must be (N, T, K), not {output.shape}")
    n, length, _ = output.shape
    if mask is not None:
        _require_counted(loss, mask, (n, length))
    steps = np.full(n, length - 1) if mask is None else last_steps(mask)
    value, gradient = per_step(loss, output[np.arange(n), steps], target)
    whole = np.zeros_like(output)
    whole[np.arange(n), steps] = gradient
    return value, whole
