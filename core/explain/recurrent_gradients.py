"""Opening the gradients within a recurrent layer: back through gates, and back through time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.explain.record import Factor, Term
from core.explain.walk import Place, Walk
from core.records import transition_names
from core.spec.sequences import GATES


def input_rows(walk: Walk) -> dict[str, int]:
    """The blocks of rows of weight_ih: which sum each goes into."""
    if walk.spec.cell == "rnn":
        return {transition_names(walk.spec.transition_layers)[0]: 0}
    return {gate: block for block, gate in enumerate(GATES[walk.spec.cell])}


def state_gradient(walk: Walk, place: Place, unit: int) -> list[Term]:
    """dL/dh: from the output here, and from all that the next step makes of this state."""
    shown, after = walk.doutput(place, unit), walk.after(place)
    terms = [] if shown is None else [Term((shown,))]
    if after is None or walk.cuts_before(after):
        return terms
    if not walk.exists(after):
        return [*terms, Term((walk.value("dh", after, unit),))]
    for gate, block in input_rows(walk).items():
        name = "dm" if walk.spec.cell == "gru" and gate == "n" else f"d{gate}_sum"
        terms += [
            Term((walk.weight("weight_hh", (block * walk.hidden + j, unit)),
                  walk.value(name, after, j)))
            for j in range(walk.hidden)
        ]  # fmt: skip
    if walk.spec.cell == "gru":
        terms.append(Term((walk.value("dh", after, unit), walk.value("z", after, unit))))
    if walk.spec.transition_shortcut:
        terms += [Term((walk.weight("weight_shortcut", (j, unit)), walk.value("dh_sum", after, j)))
                  for j in range(walk.hidden)]  # fmt: skip
    return terms


def _through_curve(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    """By the sum before a non-linearity: by its value, times its slope."""
    bare = name.removesuffix("_sum")
    slope = walk.value(f"{bare.removeprefix('d')}_slope", place, unit)
    return [Term((walk.value(bare, place, unit), slope))]


def _lstm(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    value = partial(walk.value, place=place, unit=unit)
    if name == "dh":
        return state_gradient(walk, place, unit)
    if name == "dc":
        return _cell_gradient(walk, place, unit)
    if name.endswith("_sum"):
        return _through_curve(walk, name, place, unit)
    return {
        "di": [Term((value("dc"), value("g")))],
        "df": [Term((value("dc"), walk.state_before("c", place, unit)))],
        "dg": [Term((value("dc"), value("i")))],
        "do": [Term((value("dh"), value("tanh_c")))],
    }[name]


def _cell_gradient(walk: Walk, place: Place, unit: int) -> list[Term]:
    """dL/dc: by h here, and by the cell of the next step, which keeps the share f of it."""
    value, terms = partial(walk.value, unit=unit), []
    if walk.exists(place):
        by_h = ("dh", "o", "tanh_c_slope")
        terms.append(Term(tuple(value(name, place) for name in by_h)))
    after = walk.after(place)
    if after is not None and not walk.cuts_before(after):
        kept = ("dc", "f") if walk.exists(after) else ("dc",)
        terms.append(Term(tuple(value(name, after) for name in kept)))
    return terms


def _gru(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    value = partial(walk.value, place=place, unit=unit)
    if name == "dh":
        return state_gradient(walk, place, unit)
    if name.endswith("_sum"):
        return _through_curve(walk, name, place, unit)
    minus = Factor("", -1.0)
    before = walk.state_before("h", place, unit)
    return {
        "dn": [Term((value("dh"),)), Term((minus, value("dh"), value("z")))],
        "dz": [Term((value("dh"), before)), Term((minus, value("dh"), value("n")))],
        "dr": [Term((value("dn_sum"), value("m")))],
        "dm": [Term((value("dn_sum"), value("r")))],
    }[name]


def _rnn(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    if name == "dh":
        return state_gradient(walk, place, unit)
    if name.endswith("_sum"):
        return _through_curve(walk, name, place, unit)
    names = transition_names(walk.spec.transition_layers)
    layer = names.index(name.removeprefix("d"))
    return [
        Term((walk.weight("weight_transition", (layer, j, unit)),
              walk.value(f"d{names[layer + 1]}_sum", place, j)))
        for j in range(walk.hidden)
    ]  # fmt: skip


GRADIENTS: dict[str, Callable[[Walk, str, Place, int], list[Term]]] = {
    "lstm": _lstm, "gru": _gru, "rnn": _rnn,
}  # fmt: skip
