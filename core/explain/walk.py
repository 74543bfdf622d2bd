"""Walking through one pass of a recurrent layer: where each of its numbers came from.

A place is (n, t): sample n at step t; in a window (n, t, a): step t + a within the window that ends
at step t. The pass goes through places by `before` and `after`, in its own order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain.factors import doutput, parameter, source
from core.explain.record import Factor, Ref
from core.explain.trace import Trace
from core.layers import Recurrent
from core.layout import features_first
from core.records import KEEPERS, PassRecord, RecurrentRecord, record_recurrent
from core.spec import FIRST, RecurrentSpec
from core.spec.sequences import REVERSE

Place = tuple[int, ...]


def recorded(trace: Trace, path: str) -> RecurrentRecord:
    """What the layer at a path computed, with gradients where there are targets; made once."""
    key = ("recurrent", path)
    if key not in trace.memory:
        layer = trace.network.layer(path)
        assert isinstance(layer, Recurrent)
        x = features_first(trace.layer_input(path))
        mask = None if trace.mask is None else features_first(trace.mask)
        one_way = trace.targets is None and trace.given is None
        dy = None if one_way else features_first(trace.doutput(path))
        starts = layer.starts(x.shape[-1]) if trace.train.carry_state else None
        trace.memory[key] = record_recurrent(layer, x, mask, dy, starts)
    found: RecurrentRecord = trace.memory[key]
    return found


def all_recorded(trace: Trace) -> dict[str, RecurrentRecord]:
    """What every recurrent layer of the network computed, by path."""
    layers = trace.network.chain.walk()
    return {path: recorded(trace, path) for path, layer in layers if isinstance(layer, Recurrent)}


@dataclass(frozen=True)
class Walk:
    """One pass: `ending` is what its tensors' names end in."""

    trace: Trace
    path: str
    number: int
    spec: RecurrentSpec
    record: PassRecord

    @property
    def ending(self) -> str:
        return REVERSE if self.number else ""

    @property
    def length(self) -> int:
        return self.record.values["h"].shape[1]

    @property
    def hidden(self) -> int:
        return self.spec.hidden_size

    # Places

    def time(self, place: Place) -> int:
        """The step of the input that is seen at a place."""
        return sum(place[1:])

    def exists(self, place: Place) -> bool:
        time, mask = self.time(place), self.trace.mask
        return time < self.length and (mask is None or bool(mask[place[0], time]))

    def before(self, place: Place) -> Place | None:
        """The place whose state this one receives; None at the start of the pass."""
        return self._beside(place, -1)

    def after(self, place: Place) -> Place | None:
        return self._beside(place, 1)

    def _beside(self, place: Place, by: int) -> Place | None:
        by = -by if self.record.way.reverse else by
        *head, last = place
        size = self.record.values["h"].shape[len(place) - 1]
        return (*head, last + by) if 0 <= last + by < size else None

    def cuts_before(self, place: Place) -> bool:
        """Whether truncation lets no gradient pass from a place to the one before it."""
        last, size = place[-1], self.record.values["h"].shape[len(place) - 1]
        taken = size - 1 - last if self.record.way.reverse else last
        return self.spec.truncate is not None and taken % self.spec.truncate == 0

    def places(self) -> list[Place]:
        """All places of all samples, but for those that a window has beyond the end."""
        places = np.ndindex(self.record.values["h"].shape[:-1])
        return [place for place in places if self.time(place) < self.length]

    def places_of_input(self, n: int, t: int) -> list[Place]:
        """Where step t of the input is seen: in one place, or in several windows."""
        if not self.record.is_windowed:
            return [(n, t)]
        ahead = self.record.values["h"].shape[2]
        return [(n, t - a, a) for a in range(ahead) if t - a >= 0]

    # Numbers

    def has(self, name: str) -> bool:
        return name in self.record.values

    def value(self, name: str, place: Place, unit: int) -> Factor:
        value = float(self.record.values[name][(*place, unit)])
        index = (*place, unit)
        return Factor(self.symbol(name, index), value,
                      Ref(f"{FIRST}{self.path}.{name}{self.ending}", index))  # fmt: skip

    def symbol(self, name: str, index: Place) -> str:
        """Such as f⁽1⁾[3, 2]: without the sample, of the pass from the end with an arrow."""
        if name.startswith("d"):
            return f"∂L/∂{self.symbol(name[1:], index)}"
        arrow = "←" if self.record.way.reverse else ""
        letter = name
        for ending, form in (("_sum", "a({})"), ("_slope", "a′({})")):
            if name.endswith(ending):
                letter = form.format(name.removesuffix(ending))
        letter = letter.replace("tanh_c", "tanh(c)")
        if letter == "kept":
            letter = f"Π{KEEPERS[self.spec.cell]}"
        return self.trace.names.inner(self.path, f"{arrow}{letter}", index[1:])

    def state_before(self, name: str, place: Place, unit: int) -> Factor:
        """h or c as it comes to a place; before the first step what was carried on, or 0."""
        before = self.before(place)
        if before is not None:
            return self.value(name, before, unit)
        return self.start(name, place[0], unit)

    def start(self, name: str, n: int, unit: int) -> Factor:
        """h or c of sample n before the first step."""
        start = self.record.start
        states = None if start is None else {"h": start.h, "c": start.c}[name]
        symbol = f"{name}₀"
        if self.trace.names.cell:
            symbol = self.trace.names.cell.inner(name, (-1, unit))
        return Factor(symbol, 0.0 if states is None else float(states[unit, n]),
                      Ref(f"{FIRST}{self.path}.{name}_start{self.ending}", (n, unit)))  # fmt: skip

    def weight(self, key: str, index: Place) -> Factor:
        return parameter(self.trace, self.path, f"{key}{self.ending}", index)

    def input(self, place: Place, feature: int) -> Factor:
        return source(self.trace, self.path, (place[0], self.time(place), feature))

    def doutput(self, place: Place, unit: int) -> Factor | None:
        """dL/d the output that h at a place is; None where it is none."""
        is_last = self.after(place) is None
        if self.record.is_windowed:
            is_output, is_end = is_last, is_last and place[1] == 0
        else:
            is_output, is_end = True, is_last
        first = self.number * self.hidden if self.spec.merge == "concatenate" else 0
        if self.spec.returns == "last":
            index: Place = (place[0], first + unit)
            return doutput(self.trace, self.path, index) if is_end else None
        return doutput(self.trace, self.path, (*place[:2], first + unit)) if is_output else None


def walks(trace: Trace, path: str) -> list[Walk]:
    """The passes of the layer at a path."""
    layer = trace.network.layer(path)
    assert isinstance(layer, Recurrent)
    passes = recorded(trace, path).passes
    return [Walk(trace, path, number, layer.spec, each) for number, each in enumerate(passes)]
