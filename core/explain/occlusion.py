"""How sure a network stays of a class when a part of the picture is covered.

M. Zeiler, R. Fergus 2014, arXiv 1311.2901, section 4.2: a square is moved over the picture, and at
each place the probability of the class is asked for anew. What falls most was looked at most.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.explain.passes import address
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.spec.checks import require_whole

Array = NDArray[np.floating]
OCCLUSION = "occlusion"  # the name of the drops, indexed by the place (row, column) of the square
COVERED = "covered"  # with a place behind it, the pass of the picture that is covered there
PAPER = 0.0  # what the square is filled with


class Occlusion:
    """The trace of one picture (1, C, H, W), and a class; the square has `size` pixels each way and
    moves by `stride`."""

    def __init__(self, trace: Trace, k: int, size: int, stride: int) -> None:
        height, width = trace.inputs.shape[2:]
        require_whole("size", size, 1, min(height, width))
        require_whole("stride", stride, 1, min(height, width))
        self.trace, self.k, self.size, self.stride = trace, k, size, stride
        self.shape = (height - size) // stride + 1, (width - size) // stride + 1

    def square(self, row: int, column: int) -> tuple[slice, slice]:
        """The rows and columns of the picture that are covered at a place."""
        return tuple(slice(at * self.stride, at * self.stride + self.size)
                     for at in (row, column))  # type: ignore[return-value]  # fmt: skip

    def covered(self, row: int, column: int) -> Array:
        """The picture (C, H, W) with the square at a place."""
        picture = np.array(self.trace.inputs[0])
        picture[(slice(None), *self.square(row, column))] = PAPER
        return picture

    @cached_property
    def drops(self) -> Array:
        """p(class) − p(class) of the covered picture, at each place: (rows, columns)."""
        pictures = np.stack([self.covered(*place) for place in np.ndindex(self.shape)])
        with np.errstate(all="ignore"):
            logits = self.trace.network.forward(pictures)
        found: Array = self.trace.loss.predict(logits)[:, self.k]
        return self._whole - found.reshape(self.shape)

    @property
    def _whole(self) -> float:
        return float(self.trace.loss.predict(self.trace.outputs[-1])[0, self.k])

    def pass_at(self, name: str) -> Trace | None:
        """The pass of a covered picture by its name, such as covered.2.3; None for another name."""
        kind, *place = name.split(".")
        if kind != COVERED or len(place) != 2 or not all(part.isdigit() for part in place):
            return None
        row, column = map(int, place)
        if row >= self.shape[0] or column >= self.shape[1]:
            return None
        return replace(self.trace, inputs=self.covered(row, column)[None], targets=None)

    def explain(self, ref: Ref) -> Explanation:
        """The drop at a place: two probabilities, each of which opens. Raises ValueError where
        there is no such place."""
        row, column = ref.index
        there = self.pass_at(f"{COVERED}.{row}.{column}")
        if there is None:
            raise ValueError(f"the square has {self.shape} places, none is {ref.index}")
        index = (0, self.k)
        value = float(there.loss.predict(there.outputs[-1])[index])
        name = f"{COVERED}.{row}.{column}"
        whole = Factor(f"p(class {self.k})", self._whole, Ref("prediction", index))
        part = Factor("p, covered", value, address(name, Ref("prediction", index)))
        rows, columns = self.square(row, column)
        note = (f"Rows {rows.start + 1} to {rows.stop} and columns {columns.start + 1} to "
                f"{columns.stop} of the picture are covered: their pixels are 0.")  # fmt: skip
        return Explanation(
            ref, f"drop[{row + 1}, {column + 1}]",
            f"How much less sure of class {self.k} with a part covered", "sum",
            self._whole - value, "p − p of the covered picture",
            f"{self._whole:.6g} − {value:.6g}",
            (Term((whole,)), Term((Factor("", -1.0), part))), note=note,
        )  # fmt: skip
