"""A6: one training step, walked through number by number, or computed by hand."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.neurons import a6_words as words
from app.playground.chapters.neurons.backprop_controls import fields
from app.playground.chapters.neurons.backprop_progress import Progress
from app.playground.chapters.neurons.backprop_state import LIMIT, BackpropState
from app.playground.chapters.neurons.backprop_tables import (
    BIASES,
    STAGES,
    WEIGHTS,
    Place,
    Tables,
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
    lead = words.LEAD
    notes = words.NOTES

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
        self.progress = Progress()
        self.taken = 0  # steps taken so far

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
        self.progress.restart()
        self.trail = []
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.trace = self.state.trace()
        self.tables.build(self.state.num_samples)
        self.progress.begin(self.tables.places, self.state.by_hand)
        self.samples.param.update(values=self.state.rows(), row_labels=[
            str(s + 1) for s in range(self.state.num_samples)])  # fmt: skip
        self.app.controls.fields = fields(self.state)
        self.show_numbers()

    def show_numbers(self) -> None:
        """What the walk, or the learner, has found so far."""
        assert self.trace is not None
        self.tables.show(self.trace, partial(self.progress.cell, self.trace))
        for grid in self.tables.grids:
            grid.editable = self.state.by_hand or grid is self.tables.grids[3]
        self.tables.mark(self.progress.marks())
        self._show_diagram()
        self._say()
        self.show_trail()
        self.light()

    def _show_diagram(self) -> None:
        assert self.trace is not None
        self.diagram.build(self.state.spec(), lambda node: self.trace.names.output(
            node.layer, node.unit) if self.trace else "")  # fmt: skip
        texts = [self._node_text(node) for node in self.diagram.flat]
        self.diagram.show(self.trace.network, texts, [], self.app.theme)

    def _node_text(self, node: Node) -> str:
        assert self.trace is not None
        if node.layer < 0:
            return format_number(self.trace.inputs[0, node.unit], 4)
        ref = Ref(f"layers.{node.layer}.output", (0, node.unit))
        return format_number(value_of(self.trace, ref), 4) if self.progress.is_open(ref) else "?"

    def _say(self) -> None:
        progress = self.progress
        asked, rest = len(progress.asked), len(progress.rest)
        counters = [{"label": "stage", "value": STAGES[progress.stage]},
                    {"label": "numbers", "value": f"{asked - rest} of {asked}"},
                    {"label": "steps taken", "value": str(self.taken)}]  # fmt: skip
        if self.state.by_hand:
            counters.append({"label": "wrong tries", "value": str(progress.hand.tries)})
        self.app.transport.counters = counters
        texts = self._texts(is_done=not rest)
        self.app.stage.blocks = [
            {**block, "text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]

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
        self.tables.light(lit, self.progress.is_found)
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
        if not self.progress.is_over:
            self.progress.walk_on()
            self._open_latest()
        self.app.arithmetic.asked += 1
        self.show_numbers()
        return not self.progress.is_over

    def _open_latest(self) -> None:
        latest = self.progress.latest
        self.trail = [latest.ref] if latest else []

    def _show_me(self) -> bool:
        """By hand, the transport gives away the next number."""
        rest = self.progress.rest
        if rest:
            self.progress.hand.give(rest[0])
            self.trail = [rest[0].ref]
            self.show_numbers()
        return len(rest) > 1

    def _back(self) -> None:
        self.progress.walk_back()
        self._open_latest()
        self.show_numbers()

    def _to_stage(self) -> None:
        stage = self.progress.stage
        while self.advance() and self.progress.stage == stage:
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
        if message["type"] == "edit" and not place.is_parameter:
            if self.state.by_hand and place.asked:
                self._answered(place, str(message.get("text", message["value"])))
            return
        self.number_told(message, place.ref)

    def _answered(self, place: Place, text: str) -> None:
        """Judge a number that was computed by hand, and say what may have gone wrong."""
        assert self.trace is not None
        self.past.will(said=lambda *_: f"the answer {text}")
        hint = self.progress.hand.answer(self.trace, place, text)
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
        is_open = self.progress.is_open
        return [e if is_open(e.ref) else self._question(e) for e in super().explanations()]

    def _question(self, e: Explanation) -> Explanation:
        note = ("Compute it, then type it into its cell." if self.state.by_hand
                else "The walk has not come here yet.")  # fmt: skip
        return Explanation(e.ref, e.symbol, e.title, "given", math.nan, e.formula, note=note)

    def show_trail(self) -> None:
        self.app.arithmetic.trail = [
            e.to_dict() | ({} if self.progress.is_open(e.ref) else {"result": "?"})
            for e in self.explanations()
        ]

    def said(self, before: Memento, after: Memento) -> str:
        return super().said(before, after) or "the walk through the numbers"

    # What would be lost with Python, or by undoing

    def checkpoint(self) -> dict[str, Any]:
        return {"taken": self.taken, **self.progress.saved()}

    def restore(self, data: dict[str, Any]) -> None:
        self.taken = int(data.get("taken", 0))
        self.progress.load(data)
        self.show_numbers()


CHAPTER = Backpropagation
