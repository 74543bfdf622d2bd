"""Layers on pictures (N, C, H, W)."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from app.server.engines.torch.run import Forward, Given, Run
from core.export.geometry import NO_SIDES, Pair, Sides, exact_sides, symmetric
from core.functional.pool import average_share
from core.layers.images import grid_of
from core.spec import BatchNorm2dSpec, Conv2dSpec, LocalResponseNormSpec, PoolSpec


def padded(x: torch.Tensor, sides: Sides, value: float = 0.0) -> torch.Tensor:
    """x with top, bottom, left and right rows and columns of one value around it."""
    top, bottom, left, right = sides
    return x if sides == NO_SIDES else F.pad(x, (left, right, top, bottom), value=value)


def conv2d(spec: Conv2dSpec, given: Given) -> Forward:
    window, own = spec.window(given.shape), given.own
    sides = window.sides(given.shape)
    alike = symmetric(sides)  # padding that the convolution itself can do

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        weight = own["weight"].flip(2, 3) if spec.flip else own["weight"]
        return F.conv2d(x if alike else padded(x, sides), weight, own.get("bias"), window.stride,
                        alike or 0, window.dilation, spec.groups)  # fmt: skip

    return forward


def pool(spec: PoolSpec, given: Given) -> Forward:
    if spec.mode == "average":
        return _average_pool(spec, given)
    window = spec.window(given.shape)
    sides = exact_sides(window, spec.output_shape(given.shape)[1:], given.shape)
    inner = _within(sides, window.kernel_size)
    outer = NO_SIDES if inner else sides
    sign = -1 if spec.mode == "min" else 1

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        x = padded(x if sign > 0 else -x, outer, -torch.inf)
        y = F.max_pool2d(x, window.kernel_size, window.stride, inner or 0)
        return y if sign > 0 else -y

    return forward


def _within(sides: Sides, kernel_size: Pair) -> Pair | None:
    """The padding that PyTorch's pool can do itself: alike on both sides, at most half a window."""
    alike = symmetric(sides)
    fits = alike and 2 * alike[0] <= kernel_size[0] and 2 * alike[1] <= kernel_size[1]
    return alike if fits else None


def _average_pool(spec: PoolSpec, given: Given) -> Forward:
    """Sums times the core's shares, which know what of the padding counts."""
    window = spec.window(given.shape)
    sides = exact_sides(window, spec.output_shape(given.shape)[1:], given.shape)
    shares = average_share(grid_of(spec, given.shape), spec.count_include_pad)
    is_even = shares.min() == shares.max()
    share = float(shares[0, 0]) if is_even else torch.from_numpy(shares).to(given.like)

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        return share * F.avg_pool2d(padded(x, sides), window.kernel_size, window.stride,
                                    divisor_override=1)  # fmt: skip

    return forward


def batch_norm2d(spec: BatchNorm2dSpec, given: Given) -> Forward:
    own = given.own

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        return F.batch_norm(x, own["running_mean"], own["running_var"], own["weight"], own["bias"],
                            run.training, spec.momentum, spec.eps)  # fmt: skip

    return forward


def local_response_norm(spec: LocalResponseNormSpec, given: Given) -> Forward:
    return lambda x, run: F.local_response_norm(x, spec.size, spec.alpha, spec.beta, spec.k)
