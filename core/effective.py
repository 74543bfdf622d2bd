"""Effective receptive fields: how much of what a unit can see it really draws from.

By Luo, Li, Urtasun and Zemel, "Understanding the effective receptive field in deep convolutional
neural networks", NeurIPS 2016, arXiv 1701.04128: the gradient of a unit by every pixel is the
greatest in the middle, where most paths lead to; the effective field is where it is above 4.55 % of
the greatest, as a Gaussian is within two standard deviations. Its side is the root of that area.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.explain.trace import Trace
from core.network import Network

Array = NDArray[np.floating]
LEAST_SHARE = 1 - 0.9545  # of the greatest gradient


def unit_trace(network: Network, inputs: Array, place: tuple[int, int]) -> Trace:
    """One picture (1, 1, H, W) through a network of maps of one channel, and the way back from the
    unit at a place of the last map: its derivative by itself is 1."""
    given = np.zeros((1, *network.spec.shapes[-1]))
    given[(0, 0, *place)] = 1
    return Trace(network, inputs, given=given, origin="Chosen with the settings.",
                 origin_of_given="1 for the unit that is looked at, 0 for all others.")  # fmt: skip


def unit_gradient(trace: Trace) -> Array:
    """The gradient (H, W) of the unit by every pixel."""
    return np.asarray(trace.dinput("0")[0, 0])


def effective_pixels(gradient: Array) -> int:
    """How many pixels (H, W) have a gradient that is not small beside the greatest."""
    size = np.abs(gradient)
    return int((size > LEAST_SHARE * size.max()).sum())


def effective_side(gradient: Array) -> float:
    """The side of a square with as many pixels."""
    return math.sqrt(effective_pixels(gradient))
