"""A6: one training step, walked through number by number, or computed by hand."""

from __future__ import annotations

import math
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.neurons.backprop_controls import fields
from app.playground.chapters.neurons.backprop_hand import HandWork
from app.playground.chapters.neurons.backprop_state import LIMIT, BackpropState
from app.playground.chapters.neurons.backprop_tables import (
    BIASES,
    NOW,
    STAGES,
    WEIGHTS,
    Place,
    Tables,
    shown,
    value_of,
)
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.diagram import Diagram, Node
from app.playground.past import Memento
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.explain import Explanation, Ref, format_number

TITLES = ("Forward: the outputs", "Loss: how wrong", "Backward: the chain rule",
          "Parameters: gradients, and the step")  # fmt: skip


class Backpropagation(WalkingChapter):
    id = "a6"
    number = "A6"
    part = "neurons"
    title = "Back-propagation"
    summary = "One training step, number by number: explained, or computed by hand"
    State = BackpropState
    pause_s = 0.8
    buttons = (
        {"id": "next", "label": "Next number", "help": "Compute the next number (key .)"},
        {"id": "back", "label": "Back", "help": "One number back"},
        {"id": "stage", "label": "Next stage", "help": "To the end of this stage"},
    )
    lead = """
One step of training, on a copy: **forward** to the output, the **loss**, **backward** by the chain rule, and the
**update**. Walk through it with *Next number*, open any number on the way, and take the step or drop it. Or switch
to **by hand** and compute it yourself.
"""
    notes = """
## Try this

- Compare each gradient with the number *by trying* beside it: the weight was moved a little each way, and the loss computed
  anew. Two ways to the same number, and only one of them is fast.
- Open ∂L/∂w₁. It is a product along one path: from the loss to o₁, through h₁, to the weight.
  With [three samples](?chapter=a6&x=2.0~3.0~-1.0~0.5~1.0~-2.0&y=1.0~0.0~1.0) it is a sum of three such products.
- [By hand](?chapter=a6&hand=1) with new numbers: pencil, paper, and a calculator. A wrong number is answered with what may
  have gone wrong.

## One path, or many

> In this network every weight of a hidden neuron reaches the loss by a single path, so that its gradient is one product per
> sample. In deeper networks there are many paths, and the gradient is the **sum over all of them**.

All gradients are computed with the weights from *before* the update, and only then do all weights move at once.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.diagram = Diagram(with_pictures=False, height=210)
        self.diagram.on_node = self._node_clicked
        self.diagram.on_edge = lambda layer, unit, source: self.open(
            Ref(f"layers.{layer}.weight", (unit, source)))  # fmt: skip
        self.picture = Picture(self.diagram.fig)
        self.tables = Tables(LIMIT, self._told)
        self.samples = NumberGrid(self._sample_told, label="Samples", editable=True, decimals=2,
                                  column_labels=["x₁", "x₂", "y_true"],
                                  minimum=-LIMIT, maximum=LIMIT)  # fmt: skip
        self.reached = 0  # how many numbers of the step have been computed
        self.taken = 0  # steps taken so far
        self.hand = HandWork()

    # Showing

    def enter(self) -> None:
        forward, loss, backward, parameters = (
            (grid, {"title": title, "text": " ", "wide": grid is not self.tables.grids[1]})
            for grid, title in zip(self.tables.grids, TITLES, strict=True)
        )
        self.app.stage.put(
            (self.picture, {"title": "The network", "text": " ", "wide": True}),
            (self.samples, {"title": "Samples", "text": "Type to change them."}),
            loss, forward, backward, parameters,
        )  # fmt: skip
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        self.reached, self.trail = 0, []
        self.hand.restart()
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.trace = self.state.trace()
        self.tables.build(self.state.num_samples)
        self.samples.param.update(values=self.state.rows(), row_labels=[
            str(s + 1) for s in range(self.state.num_samples)])  # fmt: skip
        self.app.controls.fields = fields(self.state)
        self.show_numbers()

    def show_numbers(self) -> None:
        """What the walk, or the learner, has found so far."""
        assert self.trace is not None
        self.tables.show(self.trace, self._cell)
        for grid in self.tables.grids:
            grid.editable = self.state.by_hand or grid is self.tables.grids[3]
        self.tables.mark(self.hand.marks() if self.state.by_hand else {})
        self._show_diagram()
        self._say()
        self.show_trail()
        self.light()

    def _cell(self, place: Place) -> Any:
        assert self.trace is not None
        if self.state.by_hand and place in self.hand.wrong:
            return self.hand.wrong[place]
        return shown(value_of(self.trace, place.ref)) if self.is_found(place) else ""

    def is_found(self, place: Place) -> bool:
        """Whether a number may be shown: it is given, or was reached, or was found by hand."""
        if (place.table == 3 and place.row == NOW) or place.ref.tensor == "target":
            return True
        if self.state.by_hand:
            return self.hand.is_found(place, self.tables.places)
        return self.tables.places.index(place) < self.reached

    def _show_diagram(self) -> None:
        assert self.trace is not None
        self.diagram.build(self.state.spec(), lambda node: self.trace.names.output(
            node.layer, node.unit) if self.trace else "")  # fmt: skip
        network = self.trace.network
        weights = [float(network.view(f"layers.{layer}.weight")[unit, source])
                   for layer, unit, source in self.diagram.edge_keys]  # fmt: skip
        texts = [self._node_text(node) for node in self.diagram.flat]
        self.diagram.show(weights, list(self.state.b), texts, [], self.app.theme)

    def _node_text(self, node: Node) -> str:
        assert self.trace is not None
        if node.layer < 0:
            return format_number(self.trace.inputs[0, node.unit], 4)
        ref = Ref(f"layers.{node.layer}.output", (0, node.unit))
        place = next(p for p in self.tables.places if p.ref == ref)
        return format_number(value_of(self.trace, ref), 4) if self.is_found(place) else "?"

    def _say(self) -> None:
        found = sum(self.is_found(p) for p in self.tables.places if p.asked)
        asked = sum(p.asked for p in self.tables.places)
        stage = self._stage()
        counters = [{"label": "stage", "value": STAGES[stage]},
                    {"label": "numbers", "value": f"{found} of {asked}"},
                    {"label": "steps taken", "value": str(self.taken)}]  # fmt: skip
        if self.state.by_hand:
            counters.append({"label": "wrong tries", "value": str(self.hand.tries)})
        self.app.transport.counters = counters
        texts = self._texts(found == asked)
        self.app.stage.blocks = [
            {**block, "text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]

    def _stage(self) -> int:
        """The stage of the next number."""
        places = self.tables.places
        return next((p.stage for p in places if p.asked and not self.is_found(p)), len(STAGES) - 1)

    def _texts(self, is_done: bool) -> dict[int, str]:
        by_hand = "Type each number; it is marked at once." if self.state.by_hand else ""
        done = "All computed: take the step, or drop it." if is_done else ""
        return {
            0: f"Shown for sample 1. {done or 'What is not yet computed is a question mark.'}",
            2: by_hand or "(1/n) · Σ (y_true − y_pred)², with y_pred = o₁.",
            3: by_hand or "Sums and outputs, from the inputs on.",
            4: by_hand or "What comes back, times the slope, goes on.",
            5: by_hand or "Change the numbers under “now” as you like.",
        }

    def light(self) -> None:
        lit = self.lit()
        self.tables.light(lit, self.is_found)
        self.diagram.light(self.diagram.marks(lit), self.app.theme)

    # Walking

    def transported(self, message: Message) -> None:
        if message["type"] in ("play", "step", "reset"):
            self.past.will()
        super().transported(message)

    def stepped(self, button: str) -> None:
        if button == "stage":
            self._to_stage()
        elif button == "back":
            self._back()
        else:
            self.advance()

    def reset(self) -> None:
        self.taken = 0
        defaults = self.state.defaults()
        self.apply({name: defaults[name] for name in defaults if name != "by_hand"})

    def advance(self, by: int = 1) -> bool:
        """Compute the next number and open it; tell whether more follow."""
        if self.state.by_hand:
            return self._show_me()
        places = self.tables.places
        while self.reached < len(places):
            self.reached += 1
            if places[self.reached - 1].asked:
                self.trail = [places[self.reached - 1].ref]
                break
        self.app.arithmetic.asked += 1
        self.show_numbers()
        return self.reached < len(places)

    def _show_me(self) -> bool:
        """By hand, the transport gives away the next number."""
        rest = [p for p in self.tables.places if p.asked and not self.is_found(p)]
        if rest:
            self.hand.give(rest[0])
            self.trail = [rest[0].ref]
            self.show_numbers()
        return len(rest) > 1

    def _back(self) -> None:
        places = self.tables.places
        while self.reached > 0:
            self.reached -= 1
            if places[self.reached].asked:
                break
        self.trail = [places[self.reached - 1].ref] if self.reached else []
        self.show_numbers()

    def _to_stage(self) -> None:
        stage = self._stage()
        while self.advance() and self._stage() == stage:
            pass

    # What the learner does

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name == "draw":
            self.apply(self.state.drawn((self.state.seed + 1) % 1_000_000))
        elif name == "samples":
            self.apply(self.state.resized(int(message["value"])))
        elif name == "take":
            self.past.will(said=lambda *_: "the step taken")
            self._take()
        elif name == "drop":
            self.past.will()
            self.apply({})
        else:
            self.apply({name: message["value"]})

    def _take(self) -> None:
        """Move all parameters to where the step leads."""
        assert self.trace is not None
        network, after = self.trace.network, self.trace.updated[0]
        w = [float(network.view(f"layers.{k}.weight", after)[i]) for k, i in WEIGHTS]
        b = [float(network.view(f"layers.{k}.bias", after)[i]) for k, i in BIASES]
        self.apply({"w": w, "b": b})
        self.taken += 1
        self._say()

    def _node_clicked(self, node: Node) -> None:
        tensor = "input" if node.layer < 0 else f"layers.{node.layer}.output"
        self.open(Ref(tensor, (0, node.unit)))

    def _told(self, message: Message, place: Place) -> None:
        if message["type"] == "edit" and not (place.table == 3 and place.row == NOW):
            if self.state.by_hand and place.asked:
                self._answered(place, str(message.get("text", message["value"])))
            return
        self.number_told(message, place.ref)

    def _answered(self, place: Place, text: str) -> None:
        """Judge a number that was computed by hand, and say what may have gone wrong."""
        assert self.trace is not None
        self.past.will(said=lambda *_: f"the answer {text}")
        hint = self.hand.answer(self.trace, place, text)
        self.tables.grids[place.table].error = self.app.transport.message = hint
        self.trail = [place.ref]
        self.show_numbers()
        self.past.show()

    def _sample_told(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        self.number_told(message, Ref("target", (row, 0)) if column == 2 else Ref(
            "input", (row, column)))  # fmt: skip

    def edit(self, ref: Ref, value: float) -> None:
        if ref.tensor == "input":
            self._set("x", 2 * ref.index[0] + ref.index[1], value)
        elif ref.tensor == "target":
            self._set("y", ref.index[0], value)
        else:
            layer = int(ref.tensor.split(".")[1])
            key, table = ("w", WEIGHTS) if ref.tensor.endswith("weight") else ("b", BIASES)
            self._set(key, table.index((layer, ref.index)), value)
        self.write_address()

    def _set(self, name: str, at: int, value: float) -> None:
        values = list(getattr(self.state, name))
        values[at] = value
        self.apply({name: values})

    def explanations(self) -> list[Explanation]:
        """By hand, a number that is not yet found is a question, not an answer."""
        found = super().explanations()
        known = {p.ref: self.is_found(p) for p in self.tables.places}
        return [e if known.get(e.ref, True) else self._question(e) for e in found]

    def _question(self, e: Explanation) -> Explanation:
        note = ("Compute it, then type it into its cell." if self.state.by_hand
                else "The walk has not come here yet.")  # fmt: skip
        return Explanation(e.ref, e.symbol, e.title, "given", math.nan, e.formula, note=note)

    def show_trail(self) -> None:
        known = {p.ref: self.is_found(p) for p in self.tables.places}
        self.app.arithmetic.trail = [
            e.to_dict() | ({} if known.get(e.ref, True) else {"result": "?"})
            for e in self.explanations()
        ]

    def said(self, before: Memento, after: Memento) -> str:
        return super().said(before, after) or "the walk through the numbers"

    # What would be lost with Python, or by undoing

    def checkpoint(self) -> dict[str, Any]:
        return {"reached": self.reached, "taken": self.taken, "hand": self.hand.saved()}

    def restore(self, data: dict[str, Any]) -> None:
        self.reached = min(int(data.get("reached", 0)), len(self.tables.places))
        self.taken = int(data.get("taken", 0))
        self.hand.load(data.get("hand", {}), self.tables.places)
        self.show_numbers()


CHAPTER = Backpropagation
