"""Opening recurrent layers: gates, states and sums at any step, and the gradients by each of them.

Names of tensors are those of core.records, such as layers.1.f, layers.1.i_sum, layers.1.dc; of a
second pass with `_reverse` at the end. Indices are (n, t, unit), in a window (n, t, a, unit).
"""

from __future__ import annotations

from functools import partial

from core.explain.dense import passed_back, summed_gradient
from core.explain.explainers import Explain, Explainers, Index
from core.explain.factors import bracket, output, paths_rule, symbols, written
from core.explain.record import Explanation, Factor, Term
from core.explain.recurrent_gradients import GRADIENTS, input_rows
from core.explain.trace import Trace
from core.explain.walk import Place, Walk, walks
from core.records import KEEPERS, transition_names
from core.spec.sequences import MAX_TRANSITION_LAYERS, REVERSE

TITLES = {
    "h": "hidden state", "c": "cell state", "tanh_c": "tanh of the cell state",
    "i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate",
    "r": "reset gate", "z": "update gate", "n": "candidate",
    "m": "recurrent part of the candidate", "kept": "share that stays to the end, of the state",
}  # fmt: skip
LAYERS = transition_names(MAX_TRANSITION_LAYERS)[:-1]
TITLES |= {name: "layer between two states" for name in LAYERS}
SIGMOIDS = {"lstm": "ifo", "gru": "rz", "rnn": ""}
ORIGIN = "Nothing was seen yet: the state starts at 0."
CARRIED = "The state that this pass starts from; it was there before the first step."
ALL_THERE = "No step follows: all of the state is there."
NOT_THERE = "This step does not exist for this sample; its state is that of the step before."


def explain_inner(name: str, number: int, trace: Trace, path: str, index: Index) -> Explanation:
    """A value within the layer, or its gradient, by its name and the number of its pass."""
    walk = walks(trace, path)[number]
    assert walk.has(name)
    *head, unit = index
    place: Place = tuple(head)
    made = walk.value(name, place, unit)
    if name in ("h", "c", "dh", "dc", "kept") or walk.exists(place):
        return _opened(walk, name, place, unit, made)
    return _explanation(walk, name, index, made, kind="given", note=NOT_THERE)


def explain_start(name: str, number: int, trace: Trace, path: str, index: Index) -> Explanation:
    """The state before the first step."""
    walk = walks(trace, path)[number]
    n, unit = index
    assert walk.has(name)
    made = walk.start(name, n, unit)
    assert made.ref is not None
    note = ORIGIN if walk.record.start is None else CARRIED
    title = f"{TITLES[name].capitalize()} of unit {unit + 1} before the first step"
    return Explanation(made.ref, made.symbol, f"{title}{of_sample(trace, n)}", "given", made.value,
                       note=note)  # fmt: skip


def _opened(walk: Walk, name: str, place: Place, unit: int, made: Factor) -> Explanation:
    index = (*place, unit)
    if name.endswith("_slope"):
        return _slope(walk, name, place, unit, made)
    if name == "kept":
        return _kept(walk, place, unit, made)
    if name.startswith("d"):
        terms = GRADIENTS[walk.spec.cell](walk, name, place, unit)
        return _explanation(walk, name, index, made, paths_rule(terms), written(terms), terms)
    if walk.has(f"{name}_sum") and (name != "h" or walk.exists(place)):
        return _curve(walk, name, place, unit, made)
    if name == "tanh_c":
        c = walk.value("c", place, unit)
        return _explanation(walk, name, index, made, f"tanh({c.symbol})",
                            f"tanh({bracket(c.value)})", arguments=(c,))  # fmt: skip
    terms = _sum(walk, name, place, unit)
    return _explanation(walk, name, index, made, symbols(terms), written(terms), terms)


def _kept(walk: Walk, place: Place, unit: int, made: Factor) -> Explanation:
    """What the next step keeps, of what is kept from there on."""
    index, after = (*place, unit), walk.after(place)
    if after is None:
        return _explanation(walk, "kept", index, made, kind="given", note=ALL_THERE)
    gate = walk.value(KEEPERS[walk.spec.cell], after, unit)
    terms = [Term((gate, walk.value("kept", after, unit)))]
    return _explanation(walk, "kept", index, made, symbols(terms), written(terms), terms)


def _explanation(
    walk: Walk, name: str, index: Index, made: Factor, formula: str = "", substituted: str = "",
    terms: list[Term] | None = None, arguments: tuple[Factor, ...] = (), kind: str = "",
    note: str = "",
) -> Explanation:  # fmt: skip
    assert made.ref is not None
    kind = kind or ("sum" if terms is not None else "function")
    return Explanation(made.ref, made.symbol, title(walk, name, index), kind, made.value,  # type: ignore[arg-type]
                       formula, substituted, tuple(terms or ()), arguments, note)  # fmt: skip


def title(walk: Walk, name: str, index: Index) -> str:
    """Such as: Forget gate of unit 2 at step 3, sample 1."""
    bare = name
    if name.startswith("d"):
        bare = name[1:]
    for ending, words in (("_sum", "sum before the "), ("_slope", "slope of the ")):
        if bare.endswith(ending):
            bare = words + TITLES[bare.removesuffix(ending)]
    bare = TITLES.get(bare, bare)
    text = f"gradient of the loss by the {bare}" if name.startswith("d") else bare
    n, *place, unit = index
    step = f"step {place[0] + 1}" if len(place) == 1 else (
        f"step {sum(place) + 1} in the window of step {place[0] + 1}")  # fmt: skip
    return f"{text[0].upper()}{text[1:]} of unit {unit + 1} at {step}{of_sample(walk.trace, n)}"


def of_sample(trace: Trace, n: int) -> str:
    """Which sample, where there are several."""
    return f", sample {n + 1}" if len(trace.inputs) > 1 else ""


# Non-linearities


def _function(walk: Walk, name: str) -> str:
    if name in SIGMOIDS[walk.spec.cell]:
        return "sigmoid"
    return walk.spec.activation if walk.spec.cell == "rnn" else "tanh"


def _curve(walk: Walk, name: str, place: Place, unit: int, made: Factor) -> Explanation:
    """A gate, a candidate or a state, from the sum before it."""
    a = walk.value(f"{name}_sum", place, unit)
    formula, written_out = {
        "sigmoid": (f"1 / (1 + e^(−{a.symbol}))", f"1 / (1 + e^(−{bracket(a.value)}))"),
        "tanh": (f"tanh({a.symbol})", f"tanh({bracket(a.value)})"),
        "relu": (f"max(0, {a.symbol})", f"max(0, {bracket(a.value)})"),
    }[_function(walk, name)]
    return _explanation(walk, name, (*place, unit), made, formula, written_out, arguments=(a,))


def _slope(walk: Walk, name: str, place: Place, unit: int, made: Factor) -> Explanation:
    bare = name.removesuffix("_slope")
    y = walk.value(bare, place, unit)
    number = bracket(y.value)
    formula, written_out = {
        "sigmoid": (f"{y.symbol} · (1 − {y.symbol})", f"{number} × (1 − {number})"),
        "tanh": (f"1 − {y.symbol}²", f"1 − {number}²"),
        "relu": (f"1 if {y.symbol} > 0, else 0", f"{y.symbol} = {number}"),
    }[_function(walk, bare)]
    return _explanation(walk, name, (*place, unit), made, formula, written_out, arguments=(y,))


# Sums


def _sum(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    """The terms of a state, of a sum before a gate, or of a GRU's m."""
    if not walk.exists(place):
        return [Term((walk.state_before(name, place, unit),))]
    value = partial(walk.value, place=place, unit=unit)
    if name == "c":
        kept, new = (value("f"), walk.state_before("c", place, unit)), (value("i"), value("g"))
        return [Term(kept), Term(new)]
    if name == "h" and walk.spec.cell == "lstm":
        return [Term((value("o"), value("tanh_c")))]
    if name == "h":
        kept = (value("z"), walk.state_before("h", place, unit))
        return [Term((value("n"),)), Term((Factor("", -1.0), value("z"), value("n"))), Term(kept)]
    if name == "m":
        return [*_by_state(walk, place, 2 * walk.hidden + unit),
                Term((walk.weight("bias_hn", (unit,)),))]  # fmt: skip
    return _before_a_gate(walk, name.removesuffix("_sum"), place, unit)


def _by_state(walk: Walk, place: Place, row: int, key: str = "weight_hh") -> list[Term]:
    return [
        Term((walk.weight(key, (row, k)), walk.state_before("h", place, k)))
        for k in range(walk.hidden)
    ]


def _before_a_gate(walk: Walk, gate: str, place: Place, unit: int) -> list[Term]:
    rows = input_rows(walk)
    if gate not in rows:  # a further layer of a deep transition
        return _between_states(walk, gate, place, unit)
    row = rows[gate] * walk.hidden + unit
    features = walk.trace.layer_input(walk.path).shape[-1]
    terms = [Term((walk.weight("weight_ih", (row, k)), walk.input(place, k)))
             for k in range(features)]  # fmt: skip
    if walk.spec.cell == "gru" and gate == "n":
        gated = (walk.value("r", place, unit), walk.value("m", place, unit))
        terms.append(Term(gated))
    else:
        terms += _by_state(walk, place, row)
    return [*terms, Term((walk.weight("bias", (row,)),))]


def _between_states(walk: Walk, name: str, place: Place, unit: int) -> list[Term]:
    names = transition_names(walk.spec.transition_layers)
    layer = names.index(name) - 1
    terms = [
        Term((walk.weight("weight_transition", (layer, unit, k)),
              walk.value(names[layer], place, k)))
        for k in range(walk.hidden)
    ]  # fmt: skip
    terms.append(Term((walk.weight("bias_transition", (layer, unit)),)))
    if walk.spec.transition_shortcut and name == "h":
        terms += _by_state(walk, place, unit, "weight_shortcut")
    return terms


# The layer as a whole


def recurrent_output(trace: Trace, path: str, index: Index) -> Explanation:
    """The state of one pass, or of two added up."""
    made = output(trace, path, index)
    *place, feature = index
    terms = []
    for walk in walks(trace, path):
        first = walk.number * walk.hidden if walk.spec.merge == "concatenate" else 0
        if 0 <= feature - first < walk.hidden:
            terms.append(Term((_seen(walk, tuple(place), feature - first),)))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum",
                       made.value, symbols(terms), written(terms), tuple(terms))  # fmt: skip


def _seen(walk: Walk, place: Place, unit: int) -> Factor:
    """The state that a pass shows at an output (n, t), or at the end (n,)."""
    if len(place) == 1:
        place = (*place, 0 if walk.record.way.reverse else walk.length - 1)
    return walk.value("h", (*place, 0) if walk.record.is_windowed else place, unit)


def recurrent_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """By every sum that the input goes into, in every pass and every window."""
    n, t, feature = index
    terms = []
    for walk in walks(trace, path):
        for place in walk.places_of_input(n, t):
            for gate, block in input_rows(walk).items():
                for unit in range(walk.hidden):
                    row = block * walk.hidden + unit
                    terms.append(Term((walk.weight("weight_ih", (row, feature)),
                                       walk.value(f"d{gate}_sum", place, unit))))  # fmt: skip
    return passed_back(trace, path, index, terms)


def recurrent_gradient(trace: Trace, path: str, key: str, index: Index) -> Explanation:
    """A sum over all samples and all steps: the same weights serve at each of them."""
    walk = walks(trace, path)[int(key.endswith(REVERSE))]
    bare = key.removesuffix(REVERSE) if walk.number else key
    terms = [Term(_share(walk, bare, index, place)) for place in walk.places()]
    return summed_gradient(trace, path, key, index, terms)


def _share(walk: Walk, key: str, index: Index, place: Place) -> tuple[Factor, ...]:
    """What one place adds to the gradient by a parameter."""
    hidden, cell = walk.hidden, walk.spec.cell
    if "transition" in key:
        names = transition_names(walk.spec.transition_layers)
        layer, unit, *source = index
        above = walk.value(f"d{names[layer + 1]}_sum", place, unit)
        return (above, *(walk.value(names[layer], place, k) for k in source))
    if key == "bias_hn":
        return (walk.value("dm", place, index[0]),)
    block, unit = divmod(index[0], hidden)
    name = "h" if key == "weight_shortcut" else list(input_rows(walk))[block]
    is_gated = cell == "gru" and name == "n" and key == "weight_hh"
    by = walk.value("dm" if is_gated else f"d{name}_sum", place, unit)
    if key == "bias":
        return (by,)
    if key == "weight_ih":
        return (by, walk.input(place, index[1]))
    return (by, walk.state_before("h", place, index[1]))


def _inner() -> dict[str, Explain]:
    """An explainer for every name that a layer of any cell may have."""
    names = [*TITLES]
    names += [f"{name}_{what}" for name in TITLES if name != "c" for what in ("sum", "slope")]
    names += [f"d{name}" for name in names if not name.endswith("_slope")]
    endings = list(enumerate(("", REVERSE)))
    found: dict[str, Explain] = {f"{name}{ending}": partial(explain_inner, name, number)
                                 for name in names for number, ending in endings}  # fmt: skip
    return found | {f"{name}_start{ending}": partial(explain_start, name, number)
                    for name in ("h", "c") for number, ending in endings}  # fmt: skip


RECURRENT = Explainers(recurrent_output, recurrent_dinput, recurrent_gradient, _inner())
