"""Spectral radii of recurrent matrices, and matrices scaled to one.

The spectral radius ρ of W is the size of its largest eigenvalue: in the long run, each product with
W makes a vector longer or shorter by ρ. A single product may do otherwise: its bound is the largest
singular value (Pascanu, Mikolov and Bengio 2013, arXiv 1211.5063).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.network import Network
from core.spec import FIRST

Array = NDArray[np.floating]


def eigenvalue_sizes(matrix: Array) -> Array:
    """|λ| of all eigenvalues, the largest first."""
    return np.sort(np.abs(np.linalg.eigvals(matrix)))[::-1]


def spectral_radius(matrix: Array) -> float:
    return float(eigenvalue_sizes(matrix)[0])


def blocks(network: Network, path: str) -> Array:
    """The recurrent matrices (gates, H, H) of a layer, one a gate; a view of its parameters."""
    weight = network.view(f"{FIRST}{path}.weight_hh")
    return weight.reshape(-1, weight.shape[1], weight.shape[1])


def scale_to_radius(network: Network, path: str, radius: float) -> None:
    """Scale the recurrent matrix of every gate so that its spectral radius is this one."""
    for matrix in blocks(network, path):
        own = spectral_radius(matrix)
        if own == 0:
            raise ValueError("a matrix whose eigenvalues are all 0 cannot be scaled to a radius")
        matrix *= radius / own
