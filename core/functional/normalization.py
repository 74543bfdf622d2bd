"""Normalisation of feature maps (C, H, W, N): over the batch, and over neighbouring channels.

Conventions are PyTorch's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh

Array = NDArray[np.floating]


# Over the batch: Ioffe and Szegedy 2015, arXiv 1502.03167


@dataclass(frozen=True)
class BatchNormCache:
    """normalized (C, M): x less the mean, over the deviation; scale (C, 1): weight over deviation.
    `from_batch` tells whether mean and variance were those of this batch."""

    normalized: Array
    scale: Array
    from_batch: bool


def batch_statistics(x: Array, new: Allocate = fresh) -> tuple[Array, Array]:
    """Mean and variance (C,) of each channel over all M = H · W · N values; the variance divides by
    M. Raises ValueError for a single value a channel, whose variance would be 0."""
    rows = x.reshape(len(x), -1)
    if rows.shape[1] < 2:
        raise ValueError(
            "batch normalisation needs at least 2 values a channel to train on, and these are "
            f"{x.shape}; larger batches or pictures would do"
        )
    mean = rows.mean(axis=1)
    centred = np.subtract(rows, mean[:, None], out=new("centred", rows.shape, x.dtype))
    np.multiply(centred, centred, out=centred)
    return mean, centred.mean(axis=1)


def update_running(running_mean: Array, running_var: Array, x: Array,
                   statistics: tuple[Array, Array], momentum: float) -> None:  # fmt: skip
    """Move the running averages (C,) towards a batch's statistics, by `momentum` of the way, in
    place. The running variance follows the unbiased one, which divides by M − 1."""
    mean, var = statistics
    count = x.size // len(x)
    running_mean += momentum * (mean - running_mean)
    running_var += momentum * (var * count / (count - 1) - running_var)


def batch_norm_forward(
    x: Array,
    weight: Array,
    bias: Array,
    statistics: tuple[Array, Array],
    eps: float,
    from_batch: bool,
    new: Allocate = fresh,
) -> tuple[Array, BatchNormCache]:
    """Return y = weight · (x − mean) / √(variance + eps) + bias and what the backward pass needs.

    weight, bias and both `statistics` are (C,); `from_batch` tells that these are of x itself.
    """
    mean, var = statistics
    rows = x.reshape(len(x), -1)
    deviation = np.sqrt(var + x.dtype.type(eps))[:, None]
    normalized = np.subtract(rows, mean[:, None], out=new("normalized", rows.shape, x.dtype))
    np.divide(normalized, deviation, out=normalized)
    y = np.multiply(normalized, weight[:, None], out=new("y", rows.shape, x.dtype))
    y += bias[:, None]
    return y.reshape(x.shape), BatchNormCache(normalized, weight[:, None] / deviation, from_batch)


def batch_norm_backward(
    dy: Array,
    cache: BatchNormCache,
    dweight: Array | None = None,
    dbias: Array | None = None,
    new: Allocate = fresh,
) -> tuple[Array, Array, Array]:
    """Return dx, dweight, dbias; the last two in the given arrays. With z the normalised x,

        dweight = Σ dy · z,  dbias = Σ dy,
        dx = weight / deviation · (dy − (dbias + z · dweight) / M)

    The second part of dx is there because every value moves the mean and the variance of its batch;
    running averages stand still.
    """
    normalized, rows = cache.normalized, dy.reshape(len(dy), -1)
    dx = np.multiply(rows, normalized, out=new("dx", rows.shape, dy.dtype))
    dweight = np.sum(dx, axis=1, out=dweight)
    dbias = np.sum(rows, axis=1, out=dbias)
    if cache.from_batch:
        count = rows.shape[1]
        np.multiply(normalized, (dweight / count)[:, None], out=dx)
        dx += (dbias / count)[:, None]
        np.subtract(rows, dx, out=dx)
        dx *= cache.scale
    else:
        np.multiply(rows, cache.scale, out=dx)
    return dx.reshape(dy.shape), dweight, dbias


# Over neighbouring channels: Krizhevsky, Sutskever and Hinton 2012, section 3.3


@dataclass(frozen=True)
class LocalNormCache:
    """base (C, H, W, N): k + alpha / size · Σ x²; power: base^−beta, which x is multiplied by."""

    x: Array
    y: Array
    base: Array
    power: Array
    factors: tuple[int, float, float]  # size, alpha, beta


def neighbours(channel: int, size: int, channels: int) -> range:
    """The channels over which a channel's squares are summed: ⌊size / 2⌋ before it and the rest
    behind it, as far as they exist."""
    first = channel - size // 2
    return range(max(first, 0), min(first + size, channels))


def local_response_norm_forward(
    x: Array, size: int, alpha: float, beta: float, k: float, new: Allocate = fresh
) -> tuple[Array, LocalNormCache]:
    """Return y = x / (k + alpha / size · Σ x²)^beta, the sum over neighbouring channels at the same
    place, and what the backward pass needs. alpha is divided by `size` even at the rim."""
    squares = np.multiply(x, x, out=new("squares", x.shape, x.dtype))
    base = new("base", x.shape, x.dtype)
    _sum_neighbours(squares, size // 2, size, base)
    base *= alpha / size
    base += k
    power = np.power(base, -beta, out=new("power", x.shape, x.dtype))
    y = np.multiply(x, power, out=new("y", x.shape, x.dtype))
    return y, LocalNormCache(x, y, base, power, (size, alpha, beta))


def local_response_norm_backward(dy: Array, cache: LocalNormCache, new: Allocate = fresh) -> Array:
    """Return dx = dy / base^beta − 2 alpha beta / size · x · Σ dy · y / base, the sum over those
    channels that have this one among their neighbours."""
    size, alpha, beta = cache.factors
    ratio = np.multiply(dy, cache.y, out=new("ratio", dy.shape, dy.dtype))
    ratio /= cache.base
    dx = new("dx", dy.shape, dy.dtype)
    _sum_neighbours(ratio, (size - 1) // 2, size, dx)
    dx *= cache.x
    dx *= -2 * alpha * beta / size
    dx += np.multiply(dy, cache.power, out=ratio)
    return dx


def _sum_neighbours(values: Array, before: int, size: int, out: Array) -> None:
    """out[c] = Σ values[c − before ... c − before + size − 1], as far as these exist."""
    channels = len(values)
    out.fill(0)
    for shift in range(-before, size - before):
        first, stop = max(0, -shift), min(channels, channels - shift)
        if first < stop:
            out[first:stop] += values[first + shift : stop + shift]
