"""What chapters on gated cells share: gates by hand, learned ones, and their pictures."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from app.playground.chapters.base import Chapter, Instruments
from app.playground.chapters.sequences import gate_words as words
from app.playground.chapters.sequences.gate_bench import CellBench
from app.playground.chapters.sequences.gate_controls import changed, fields
from app.playground.chapters.sequences.gate_learning import Learners, what_was_trained
from app.playground.chapters.sequences.gate_stage import SPEEDS, blocks, transport
from app.playground.chapters.sequences.gate_state import LIMIT, GateState
from app.playground.chapters.sequences.gate_tables import (
    GateTables,
    transport_by_hand,
    transport_in_training,
)
from app.playground.chapters.trains import Kept
from app.playground.chapters.walk import Walk
from app.playground.past import Memento
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.analysis import analyse
from core.explain import Explanation, Ref, Trace
from core.explain.costs import Costs, explain_cost
from core.explain.record import number

WALK_PAUSE_S = 0.8
FRESH = {"how", "steps", "hidden", "forget_bias", "rate", "seed"}  # training starts anew with them
MOVES = {"how", "back", "unit", "step", "steps", "units", "hidden"}  # another number is then opened


class GatedChapter(Chapter):
    CELLS: ClassVar[tuple[str, ...]]
    State: ClassVar[type[GateState]]
    state: GateState

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.benches = {cell: CellBench(cell, partial(self._told, cell), self._typed)
                        for cell in self.CELLS}  # fmt: skip
        self.inputs = NumberGrid(self._input, label="Sequence", editable=True, compact=True,
                                 decimals=2, scale=1.0, minimum=-LIMIT, maximum=LIMIT,
                                 row_labels=["x[1]", "x[2]"])  # fmt: skip
        self.tables = GateTables(self._told)
        self.training = Learners(self.CELLS)
        self.cell = self.pointed_cell = self.CELLS[0]  # whose numbers are opened, pointed at
        self.speed = 1
        self.laid: tuple[bool, bool] | None = None
        self.pending: dict[str, Any] = {}  # what `light` will show of the sequence
        self.steps_walk = Walk(app, self._walk_on, WALK_PAUSE_S)
        self.training_walk = Walk(app, self._train_on, SPEEDS[self.speed][1])

    # Entering, leaving, changing

    def enter(self) -> None:
        self.laid = None
        self.redraw()

    def leave(self) -> None:
        self._stop()

    def _stop(self) -> None:
        self.steps_walk.stop()
        self.training_walk.stop()

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            self.state.require_fit()
        if MOVES & set(values):
            self.trail = []
        if FRESH & set(values):
            self.training.dismiss()
        if self.app.is_open(self):
            if FRESH & set(values):
                self._stop()
            self.redraw()

    def controlled(self, message: Message) -> None:
        self.apply(changed(self.state, message["name"], message.get("value")))

    def redraw(self) -> None:
        self._lay_out()
        self._compute()
        self.draw()

    def _compute(self) -> None:
        """What every cell makes of the sequence."""
        state = self.state
        self.traces: dict[str, Trace] = (
            {cell: state.hand_trace(cell) for cell in self.CELLS} if state.is_hand
            else self.training.traces(state)
        )  # fmt: skip
        self.trace = self.traces[self.cell]

    # Showing

    def _lay_out(self) -> None:
        """Put the views on the stage, when there are others than before."""
        wanted = (self.state.is_hand, self.state.is_small)
        if self.laid == wanted:
            return
        self.laid = wanted
        self.app.stage.put(*blocks(list(self.benches.values()), self.inputs, self.tables,
                                   self.state))  # fmt: skip
        self.app.transport.param.update(**transport(self.state, self.speed, self.app.place))

    def draw(self) -> None:
        """Everything that follows from the numbers."""
        state = self.state
        for cell, bench in self.benches.items():
            bench.show(self.traces[cell], state, self.app.theme)
        self._show_inputs()
        self.app.controls.fields = fields(state)
        if not self.trail:
            self.trail = [self._first()]
        self.show_trail()
        self.light()
        self._say()
        self._show_transport()

    def _first(self) -> Ref:
        step, unit = self.state.place
        name = "c" if self.cell == "lstm" else "h"
        return Ref(f"layers.0.{'d' * self.state.back}{name}", (0, step, unit))

    def _show_inputs(self) -> None:
        values = self.state.sequence().T
        self.pending = {"values": [[number(value) for value in row] for row in values],
                        "column_labels": [str(t + 1) for t in range(self.state.steps)]}  # fmt: skip

    def _say(self) -> None:
        state, texts = self.state, {"inputs": words.inputs(self.state)}
        for cell, bench in self.benches.items():
            texts |= {
                f"wiring {cell}": words.wiring(bench.walk, state),
                f"gates {cell}": words.gates(state), f"heat {cell}": words.heat(state),
                f"states {cell}": words.states(bench.walk, state),
                f"weights {cell}": words.weights(state),
            }  # fmt: skip
        texts["runs"] = self.tables.summary()
        texts["sums"] = " ".join(words.parameters(cell, state) for cell in self.CELLS)
        said = [block | {"text": texts[block["name"]]} for block in self.app.stage.blocks]
        if said != self.app.stage.blocks:
            self.app.stage.blocks = said
        self.tables.show(state, self.traces)

    def _show_transport(self) -> None:
        shown = (transport_by_hand(self.state) if self.state.is_hand
                 else transport_in_training(self.training.learners))  # fmt: skip
        self.app.transport.param.update(**shown)

    # Opening numbers

    def _told(self, cell: str, message: Message, ref: Ref) -> None:
        self.pointed_cell = cell
        if message["type"] == "open":
            self.cell = cell
            self.trace = self.traces[cell]
        self.number_told(message, ref)

    def explanation(self, ref: Ref) -> Explanation:
        """Numbers of the network, and what it costs."""
        assert self.trace is not None
        if ref.tensor.endswith((".parameters", ".shape")):
            return explain_cost(Costs(analyse(self.trace.network.spec)), ref)
        return super().explanation(ref)

    def opened(self) -> None:
        """A number of the cell at another step or of another unit moves the picture there."""
        ref = self.trail[-1]
        if ref.tensor.startswith("layers.0.") and len(ref.index) == 3:
            _, step, unit = ref.index
            if (step, unit) != self.state.place:
                self.state.apply({"step": step + 1, "unit": unit + 1})
                self.app.arithmetic.asked += 1
                self.draw()
                self.write_address()
                return
        super().opened()

    def light(self) -> None:
        focus = self.pointed_cell if self.pointed else self.cell
        self.trace = self.traces[focus]
        lit = self.lit()
        self.trace = self.traces[self.cell]
        for cell, bench in self.benches.items():
            bench.light(lit if cell == focus else set())
        inside = [ref.index for ref in lit if ref.tensor == "input" and len(ref.index) == 3]
        self.inputs.param.update(
            **self.pending, highlight=[[feature, step] for _, step, feature in inside],
            windows=[[0, self.state.place[0], 1, self.state.place[0]]],
        )
        self.pending = {}

    def _input(self, message: Message) -> None:
        self.pointed_cell = self.cell
        ref = Ref("input", (0, int(message["column"]), int(message["row"])))
        self.number_told(message, ref)

    def edit(self, ref: Ref, value: float) -> None:
        """Only inputs come here; weights by `_typed`."""
        _, step, feature = ref.index
        self.apply(self.state.with_input(feature, step, value))
        self.write_address()

    def _typed(self, cell: str, gate: int, column: int, value: float) -> None:
        self.apply(self.state.with_weight(cell, gate, column, value))
        self.write_address()

    # Undo and redo

    def kept(self) -> dict[str, Kept]:
        return {} if self.state.is_hand else self.training.kept()

    def bring_back(self, kept: dict[str, Kept]) -> None:
        if kept and not self.state.is_hand:
            self.training.bring_back(kept, self.state)
            self.redraw()

    def said(self, before: Memento, after: Memento) -> str:
        return super().said(before, after) or what_was_trained(before.kept, after.kept)

    # The transport

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("play", "step", "reset") and not self.state.is_hand:
            self.past.will()
        if kind == "speed":
            self.speed = int(message["index"]) % len(SPEEDS)
            self.training_walk.pause = SPEEDS[self.speed][1]
            self.app.transport.speed = self.speed
        elif kind == "play":
            self._play()
        else:
            self._stop()
            if kind == "reset":
                self._reset()
            elif kind == "step":
                self._step(str(message["id"]))

    def _play(self) -> None:
        if not self.state.is_hand:
            self.training_walk.play()
            return
        if self.state.place[0] == self.state.steps - 1:
            self._go(0)
        self.steps_walk.play()

    def _reset(self) -> None:
        if self.state.is_hand:
            self.trail = []
            defaults = self.state.defaults()
            self.apply({name: defaults[name] for name in defaults if name != "how"})
        else:
            self.training.dismiss()
            self.redraw()

    def _step(self, kind: str) -> None:
        if kind == "batch":
            self._train(1)
        else:
            self._go(self.state.place[0] + (1 if kind == "next" else -1))

    def _go(self, step: int) -> None:
        """The same number, or the state, at another step."""
        step %= self.state.steps
        last = self.trail[-1] if self.trail else self._first()
        is_inner = last.tensor.startswith("layers.0.") and len(last.index) == 3
        ref = last if is_inner else self._first()
        self.open(Ref(ref.tensor, (0, step, self.state.place[1])))

    def _walk_on(self) -> bool:
        self._go(self.state.place[0] + 1)
        return self.state.place[0] < self.state.steps - 1

    def _train_on(self) -> bool:
        return self._train(SPEEDS[self.speed][0])

    def _train(self, count: int) -> bool:
        """Train every cell that is not done; tell whether one is left."""
        for learner in self.training.train(count):
            self.tables.keep(learner, self.state)
        self._compute()
        self.draw()
        if self.training.all_done:
            self.past.show()
        return not self.training.all_done
