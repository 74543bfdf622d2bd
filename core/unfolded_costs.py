"""What a recurrent network's parameters come to, shared over the steps of a sequence or not.

Three networks with as many states and outputs at each of T steps: the recurrent one, whose steps
all use the same weights; the same with weights of its own at each step, which is a feed-forward
network through time; and a dense one, whose states each see the inputs of all steps.

Names of numbers, where K is a tensor such as weight_ih, or of the output weight_hy and bias_hy:
size.features, size.hidden, size.outputs, size.steps, size.gates; shared.K and own.K; and for a way
of WAYS its total, such as own.total. In dense.K, K is weight_xh, bias_h, weight_hy and bias_hy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from core.explain.cost_record import given, summed
from core.explain.record import Explanation, Factor, Ref, Term
from core.spec import LinearSpec, NetworkSpec, RecurrentSpec
from core.spec.sequences import GATES

WAYS = ("shared", "own", "dense")
SIZES = {
    "features": ("features", "Numbers that come in at each step"),
    "hidden": ("hidden units", "Numbers of the state"),
    "outputs": ("outputs", "Numbers that go out at each step"),
    "steps": ("steps", "The length of the sequence"),
}
GATES_SAID = {
    "rnn": "One: a plain cell has one sum a unit, that of the new state.",
    "lstm": "Four sums a unit: input gate, forget gate, candidate, output gate.",
    "gru": "Three sums a unit: reset gate, update gate, candidate.",
}
PARTS = {
    "weight_ih": ("W_ih", "from the input to the state", ("gates", "hidden", "features")),
    "weight_hh": ("W_hh", "from the state before to the state", ("gates", "hidden", "hidden")),
    "bias": ("b", "of the state", ("gates", "hidden")),
    "bias_hn": ("b_hn", "beside the state before, in the candidate", ("hidden",)),
    "weight_hy": ("W_hy", "from the state to the output", ("outputs", "hidden")),
    "bias_hy": ("b_y", "of the output", ("outputs",)),
}
DENSE = {
    "weight_xh": ("W_xh", "from the inputs of all steps to the states of all steps",
                  ("steps", "hidden", "steps", "features")),
    "bias_h": ("b_h", "of the states", ("steps", "hidden")),
    "weight_hy": ("W_hy", "from the states of all steps to the outputs of all steps",
                  ("steps", "outputs", "steps", "hidden")),
    "bias_hy": ("b_y", "of the outputs", ("steps", "outputs")),
}  # fmt: skip
TOTALS = {
    "shared": ("Parameters of one cell that serves all steps", "all tensors, each once",
               "The number of steps is not in it: the same weights serve at every step, however "
               "many there are."),
    "own": ("Parameters with weights of its own at each step", "all tensors, once for each step",
            "Nothing ties the steps together any more: this is a feed-forward network, as deep as "
            "the sequence is long, which reads one input at each layer."),
    "dense": ("Parameters of dense layers over the whole sequence", "two dense layers",
              "Each state sees the inputs of all steps, those to come included. Another length "
              "needs another network."),
}  # fmt: skip


@dataclass(frozen=True)
class UnfoldedCosts:
    """A cell of GATES with its sizes, on sequences of so many steps."""

    cell: str
    features: int
    hidden: int
    outputs: int
    steps: int

    @property
    def spec(self) -> NetworkSpec:
        """The recurrent network that is counted."""
        layers = (RecurrentSpec(self.cell, self.hidden), LinearSpec(self.outputs))
        return NetworkSpec((self.steps, self.features), layers)

    @cached_property
    def tensors(self) -> tuple[str, ...]:
        """The tensors of PARTS that this cell has."""
        return tuple(key for key in PARTS if key != "bias_hn" or self.cell == "gru")

    def of_length(self, steps: int) -> UnfoldedCosts:
        return replace(self, steps=steps)

    def number(self, name: str) -> int:
        return int(self.explanation(Ref(name)).result)

    def explanation(self, at: Ref) -> Explanation:
        """Open one number; raises ValueError for a name that is none."""
        kind, _, name = at.tensor.partition(".")
        if kind == "size" and (name in SIZES or name == "gates"):
            return self._size(at, name)
        keys = DENSE if kind == "dense" else self.tensors
        if kind in WAYS and name == "total":
            return self._total(at, kind, tuple(keys))
        if kind in WAYS and name in keys:
            return self._part(at, kind, name)
        raise ValueError(f"no number is called {at.tensor!r}; see core.unfolded_costs")

    def _size(self, at: Ref, name: str) -> Explanation:
        if name == "gates":
            return given(at, "gates", f"Sums a unit of the {self.cell.upper()} cell",
                         len(GATES[self.cell]), GATES_SAID[self.cell])  # fmt: skip
        symbol, title = SIZES[name]
        return given(at, symbol, title, getattr(self, name), "It was chosen.")

    def _factor(self, name: str) -> Factor:
        opened = self._size(Ref(f"size.{name}"), name)
        return Factor(opened.symbol, opened.result, opened.ref)

    def _part(self, at: Ref, way: str, key: str) -> Explanation:
        """A tensor's elements: a product of sizes; with weights of one's own once a step."""
        symbol, where, sizes = (DENSE if way == "dense" else PARTS)[key]
        names = ("steps", *sizes) if way == "own" else sizes
        factors = tuple(self._factor(name) for name in names if self._matters(name))
        kind = "Biases" if key.startswith("bias") else "Weights"
        formula = " × ".join(factor.symbol for factor in factors)
        note = "One set for each step." if way == "own" else ""
        return summed(at, symbol, f"{kind} {symbol}, {where}", formula, [Term(factors)], note)

    def _matters(self, name: str) -> bool:
        """One gate is not written as a factor."""
        return name != "gates" or self.cell != "rnn"

    def _total(self, at: Ref, way: str, keys: tuple[str, ...]) -> Explanation:
        opened = [self._part(Ref(f"{way}.{key}"), way, key) for key in keys]
        terms = [Term((Factor(each.symbol, each.result, each.ref),)) for each in opened]
        title, formula, note = TOTALS[way]
        return summed(at, "parameters", title, formula, terms, note)
