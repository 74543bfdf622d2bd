"""Opening where the field of one unit lies, and how much of it counts.

`reach.first` and `reach.last` of axis 0, rows, and 1, columns, count pixels from 1; `reach.offset`
is where the first unit's field begins; `effective.pixels` and `effective.side` are of the gradient.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.effective import LEAST_SHARE, effective_pixels, effective_side
from core.explain.cost_record import Costs, given, summed
from core.explain.cost_shapes import field_jump, field_size
from core.explain.paths import INPUT
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.receptive import Field, ReceptiveField

AXES = ("row", "column")


@dataclass(frozen=True)
class Reach:
    """A unit (row, column) of the layer at a path; gradient (H, W): of it by every pixel."""

    costs: Costs
    path: str
    place: tuple[int, int]
    gradient: NDArray[np.floating]

    def axis(self, axis: int) -> Field:
        found = ReceptiveField() if self.path == INPUT else self.costs.layer(self.path).field
        assert found is not None
        return (found.rows, found.columns)[axis]

    def first(self, axis: int) -> int:
        """The first pixel of the field, from 1; less where it lies in the padding."""
        return self.axis(axis).pixels(self.place[axis])[0] + 1

    def last(self, axis: int) -> int:
        return self.axis(axis).pixels(self.place[axis])[1]

    @property
    def greatest(self) -> Ref:
        """Where the gradient is the greatest."""
        row, column = np.unravel_index(np.abs(self.gradient).argmax(), self.gradient.shape)
        return Ref("layers.0.dinput", (0, 0, int(row), int(column)))


def explain_reach(it: Reach, at: Ref) -> Explanation:
    """Open one number; raises ValueError when `at` names none of this unit."""
    if at.tensor == "effective.pixels":
        return _pixels(it, at)
    if at.tensor == "effective.side":
        return _side(it, at)
    match = re.fullmatch(r"reach\.(first|last|offset)", at.tensor)
    if not match or at.index not in ((0,), (1,)):
        raise ValueError(f"{at.tensor}{list(at.index)} is no number of a unit's field")
    return {"first": _first, "last": _last, "offset": _offset}[match[1]](it, at, at.index[0])


def _first(it: Reach, at: Ref, axis: int) -> Explanation:
    way, u = AXES[axis], it.place[axis]
    offset = Factor("offset", it.axis(axis).start + 1, Ref("reach.offset", at.index))
    steps = Factor(f"units before it in its {'column' if axis == 0 else 'row'}", u)
    terms = [Term((offset,)), Term((steps, field_jump(it.costs, it.path, axis)))]
    note = "" if it.first(axis) > 0 else "Below 1: the field begins in the padding."
    return summed(at, "first", f"The first {way} that the unit sees", "offset + units · jump",
                  terms, note)  # fmt: skip


def _last(it: Reach, at: Ref, axis: int) -> Explanation:
    first = Factor("first", it.first(axis), Ref("reach.first", at.index))
    terms = [Term((first,)), Term((field_size(it.costs, it.path, axis),)), Term((Factor("", -1),))]
    height = it.costs.analysis.spec.input_shape[axis + 1]
    note = "" if it.last(axis) <= height else f"The picture has {height}: the rest is padding."
    return summed(at, "last", f"The last {AXES[axis]} that the unit sees", "first + field − 1",
                  terms, note)  # fmt: skip


def _offset(it: Reach, at: Ref, axis: int) -> Explanation:
    """1, less what every layer's padding moves it back, in pixels."""
    title = f"The {AXES[axis]} in which the field of the layer's first unit begins"
    value = it.axis(axis).start + 1
    note = ("1, where no layer has padding; each row of it moves the field back by as many pixels "
            "as its layer's units are apart.")  # fmt: skip
    return given(at, "offset", title, value, note)


def _pixels(it: Reach, at: Ref) -> Explanation:
    greatest = float(np.abs(it.gradient).max())
    return Explanation(
        at, "pixels", "Pixels that the unit really draws from", "function",
        effective_pixels(it.gradient), "those with |gradient| above 4.55 % of the greatest",
        f"{format_number(LEAST_SHARE, 4)} × {format_number(greatest)} = "
        f"{format_number(LEAST_SHARE * greatest)}",
        arguments=(Factor("greatest |gradient|", greatest, it.greatest),),
        note="As a Gaussian is within two standard deviations (Luo et al. 2016).",
    )  # fmt: skip


def _side(it: Reach, at: Ref) -> Explanation:
    pixels = Factor("pixels", effective_pixels(it.gradient), Ref("effective.pixels"))
    return Explanation(at, "effective", "Side of the effective field", "function",
                       effective_side(it.gradient), "√pixels", f"√{pixels.value:.0f}",
                       arguments=(pixels, field_size(it.costs, it.path, 0)))  # fmt: skip
