"""Which steps of sequences exist, and which of them the loss counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Masks:
    """Both (N, T); None where all steps do."""

    exist: Mask | None = None
    counted: Mask | None = None

    def rows(self, index: Any) -> Masks:
        """Those of some samples."""
        if self.exist is None and self.counted is None:
            return self
        both = (self.exist, self.counted)
        return Masks(*(None if each is None else each[index] for each in both))

    def frozen(self) -> Masks:
        """Read-only copies."""
        copies = [None if each is None else each.copy() for each in (self.exist, self.counted)]
        for each in copies:
            if each is not None:
                each.flags.writeable = False
        return Masks(*copies)


ALL = Masks()


def make_masks(mask: Mask | None, counted: Mask | None, inputs: NDArray[Any]) -> Masks:
    """What a data set says; all steps that exist count, unless told otherwise. Raises ValueError
    where a mask does not fit the inputs (N, T, ...)."""
    for name, given in (("mask", mask), ("counted", counted)):
        if given is not None and (given.shape != inputs.shape[:2] or given.dtype != bool):
            raise ValueError(f"{name} must be true or false for each step, {inputs.shape[:2]}, not "
                             f"{given.dtype} of shape {given.shape}")  # fmt: skip
    if counted is None:
        return Masks(mask, mask)
    return Masks(mask, counted if mask is None else counted & mask)
