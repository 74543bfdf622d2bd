"""Cells that are made by hand to do one thing each, and the sequences to show it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Matrix = list[list[float]]


@dataclass(frozen=True)
class Example:
    """x (T, features); weights as in core.layers.recurrent: w_ih (H, features), w_hh (H, H)."""

    label: str
    x: Matrix
    activation: str
    w_ih: Matrix
    w_hh: Matrix
    b: list[float]
    w_hy: Matrix
    b_y: list[float]

    def values(self) -> dict[str, Any]:
        """The parameters of the state."""
        return {
            "x": _flat(self.x), "steps": len(self.x), "features": len(self.x[0]),
            "hidden": len(self.b), "outputs": len(self.b_y), "activation": self.activation,
            "w_ih": _flat(self.w_ih), "w_hh": _flat(self.w_hh), "b": self.b,
            "w_hy": _flat(self.w_hy), "b_y": self.b_y, "h0": [0.0] * len(self.b),
        }  # fmt: skip


def _flat(matrix: Matrix) -> list[float]:
    return [float(value) for row in matrix for value in row]


def _column(*values: float) -> Matrix:
    return [[value] for value in values]


# With s = h[1] − 2 h[2], which is the parity so far: h[1] = x + s and h[2] = max(0, x + s − 1), so
# that the next s is 0 for 0, 1 for 1, and 2 − 2 = 0 for 2.
PARITY = Example("Odd or even?", _column(1, 1, 0, 1, 0, 1), "relu",
                 _column(1, 1), [[1, -2], [1, -2]], [0.0, -1.0], [[1, -2]], [0.0])  # fmt: skip
EXAMPLES = {
    "parity": PARITY,
    "sum": Example("Sum so far", _column(1, 2, 0, 3, 1, 1), "relu", [[1]], [[1]], [0.0], [[1]],
                   [0.0]),
    "delay": Example("One step later", _column(3, 1, 4, 1, 5, 2), "relu",
                     _column(1, 0), [[0, 0], [1, 0]], [0.0, 0.0], [[0, 1]], [0.0]),
    "latch": Example("Has a one come?", _column(0, 0, 1, 0, 0, 0), "tanh", [[3]], [[3]],
                     [0.0], [[1]], [0.0]),
    "fading": Example("Fading memory", _column(1, 0, 0, 0, 0, 0), "tanh", [[2]], [[0.8]],
                      [0.0], [[1]], [0.0]),
}  # fmt: skip
