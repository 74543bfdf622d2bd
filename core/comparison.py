"""The same input and output made by a dense layer and by a convolution: what each costs, and which
of them follows when the picture moves.

Between the two lies a layer that is local like a convolution, but has a kernel of its own at every
position: it shows what locality saves, and what sharing the weights does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.analysis import analyse
from core.explain.cost_record import Costs, ref, size, size_before, summed
from core.explain.costs import explain_cost
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.spec import Conv2dSpec, FlattenSpec, LinearSpec, NetworkSpec

Array = NDArray[np.floating]
WAYS = ("dense", "local", "conv")


@dataclass(frozen=True)
class Comparison:
    """Layers from a picture of in_channels × side × side to out_channels maps, with the size of a
    convolution without padding. Raises ValueError where the sizes cannot be."""

    side: int = 28
    in_channels: int = 1
    kernel_size: int = 5
    out_channels: int = 6

    def __post_init__(self) -> None:
        assert self.conv
        assert self.dense

    @cached_property
    def conv(self) -> Costs:
        layer = Conv2dSpec(self.out_channels, self.kernel_size)
        return Costs(analyse(NetworkSpec((self.in_channels, self.side, self.side), (layer,))),
                     {"0": "the convolution"})  # fmt: skip

    @cached_property
    def dense(self) -> Costs:
        shape = self.conv.shape("0")
        layers = (FlattenSpec(), LinearSpec(int(np.prod(shape))))
        spec = NetworkSpec((self.in_channels, self.side, self.side), layers)
        return Costs(analyse(spec), {"0": "flatten", "1": "the dense layer"})

    def number(self, way: str, what: str) -> float:
        """parameters or multiply_adds of a way."""
        return self.explanation(way, what).result

    def explanation(self, way: str, what: str) -> Explanation:
        """Open the parameters or multiply_adds of the dense, the local or the shared way."""
        if way == "local":
            return self._local(what)
        layer, costs = ("1", self.dense) if way == "dense" else ("0", self.conv)
        return explain_cost(costs, ref(layer, what))

    def _local(self, what: str) -> Explanation:
        """As the convolution, with the number of positions as one more factor of the weights."""
        kernel = self.kernel_size
        out = tuple(size(self.conv, "0", axis) for axis in range(3))
        window = (size_before(self.conv, "0", 0), Factor("k, vertical", kernel),
                  Factor("k, horizontal", kernel))  # fmt: skip
        terms = [Term((*out, *window))]
        formula = "out channels × height × width × in channels × k × k"
        if what == "parameters":
            terms.append(Term(out))
            formula += " + out channels × height × width"
        label = {"parameters": "Parameters", "multiply_adds": "Multiply-adds"}[what]
        return summed(Ref(f"local.{what}"), what.replace("_", "-"),
                      f"{label} of local layers that share nothing", formula, terms,
                      "A kernel of its own, and a bias, at every position.")  # fmt: skip


def moved(picture: Array, dy: int, dx: int) -> Array:
    """A picture (..., H, W) moved down by dy and right by dx; zeros come in."""
    height, width = picture.shape[-2:]
    out = np.zeros_like(picture)
    rows, columns = _overlap(dy, height), _overlap(dx, width)
    out[..., rows[1], columns[1]] = picture[..., rows[0], columns[0]]
    return out


def _overlap(by: int, length: int) -> tuple[slice, slice]:
    """What stays of a line that moves: from where, and to where."""
    return (slice(max(0, -by), max(0, length - max(0, by))),
            slice(min(length, max(0, by)), max(0, length + min(0, by))))  # fmt: skip


def misfit(before: Array, after: Array, dy: int, dx: int) -> tuple[float, float]:
    """How far maps (C, H, W) of a moved picture are from the moved maps of the picture: the sum of
    all differences, and the sum of all values to measure it by. Both are 0 where all is 0."""
    expected = moved(before, dy, dx)
    return float(np.abs(after - expected).sum()), float(np.abs(expected).sum())


def explain_misfit(at: Ref, found: tuple[float, float]) -> Explanation:
    """How far from following a layer is: the sums of `misfit`, one over the other."""
    wrong, whole = found
    parts = (Factor("Σ |after − moved before|", wrong), Factor("Σ |moved before|", whole))
    numbers = f"{format_number(wrong)} / {format_number(whole)}"
    share = wrong / whole if whole else 0.0
    return Explanation(at, "off by", "How far the outputs are from having moved along", "function",
                       share, "Σ |after − moved before| / Σ |moved before|", numbers,
                       arguments=parts, note="0: the map has moved with the picture. About 1 or "
                       "more: it has become another map.")  # fmt: skip
