"""What the learner chooses about gated cells: gates set by hand or learned, and a sequence."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.images.conv_state import fitted, flat
from app.playground.state import ChapterState, Numbers
from core.data.sequences import marked, marked_answer
from core.explain import Trace
from core.functional.recurrence import State
from core.gates import INPUTS, PRESETS, hold, preset_rows, put_rows
from core.network import Network
from core.spec import LinearSpec, NetworkSpec, RecurrentSpec, TrainSpec
from core.spec.sequences import GATES

Array = NDArray[np.floating]
HAND, LEARNED, OWN = "hand", "learned", "own"
MAX_UNITS, MAX_HIDDEN, MAX_STEPS = 3, 16, 60
FEW_STEPS, FEW_UNITS = 6, 3  # up to here every number of every unit is in a grid
LIMIT, WEIGHT_LIMIT, DECIMALS = 5.0, 20.0, 3
PULSES = (1.0, 0.0, 0.0, -1.0, 0.0, 0.0)
FIRST_PRESETS = ("add", "overwrite", "latch")  # of the units, in order
ORIGIN = {HAND: "It was set by hand.", LEARNED: "It was drawn at random, and then learned."}
LAST_STATES = "L is the sum of the units' last hidden states: its derivative by each is 1."
RECURRENT = "0"  # the path of the recurrent layer


class GateState(ChapterState):
    CELLS: ClassVar[tuple[str, ...]] = ("lstm",)

    how = param.Selector(default=HAND, objects=[HAND, LEARNED], label="Gates are",
                         doc="Set by hand, or learned from a task")  # fmt: skip
    steps = param.Integer(default=6, bounds=(2, MAX_STEPS), label="Steps",
                          doc="The length of the sequence, and of those of the task")  # fmt: skip
    x = Numbers([], count=(0, INPUTS * MAX_STEPS), limits=(-LIMIT, LIMIT), decimals=2,
                label="Sequence")  # fmt: skip
    sample = param.Integer(default=0, bounds=(0, 9999), label="Which sequence")
    units = param.Integer(default=2, bounds=(1, MAX_UNITS), label="Units",
                          doc="Each has gates and a cell state of its own")  # fmt: skip
    hidden = param.Integer(default=3, bounds=(1, MAX_HIDDEN), label="Units",
                           doc="Each has gates and a cell state of its own")  # fmt: skip
    lstm = Numbers([], count=(0, 4 * MAX_UNITS * (INPUTS + MAX_UNITS + 1)), decimals=DECIMALS,
                   limits=(-WEIGHT_LIMIT, WEIGHT_LIMIT), label="Weights of the LSTM")  # fmt: skip
    start = param.Number(default=1.0, bounds=(-2.0, 2.0), step=0.1, label="Start state",
                         doc="The state before step 1 of all units: something to keep")  # fmt: skip
    unit = param.Integer(default=1, bounds=(1, MAX_HIDDEN), label="Unit")
    step = param.Integer(default=1, bounds=(1, MAX_STEPS), label="Step")
    back = param.Boolean(default=False, label="The way back",
                         doc="Show gradients of the loss in the same places")  # fmt: skip
    forget_bias = param.Number(default=1.0, bounds=(-5.0, 5.0), step=0.5, label="Forget-gate bias",
                               doc="What the bias of every forget gate starts with")  # fmt: skip
    rate = param.Number(default=0.03, bounds=(0.001, 0.3), step=0.001, label="Learning rate")
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed")

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "how", "steps", "x", "sample", "units", "hidden", "lstm", "start", "unit", "step", "back",
        "forget_bias", "rate", "seed",
    )}  # fmt: skip

    def require_fit(self) -> None:
        """Raise ValueError where a list, as from an address, has another length than it needs."""
        needs = {"x": INPUTS * self.steps}
        needs |= {cell: len(GATES[cell]) * self.units * (INPUTS + self.units + 1)
                  for cell in self.CELLS}  # fmt: skip
        for name, wanted in needs.items():
            if (have := len(getattr(self, name))) not in (0, wanted):
                size = f"{self.steps} steps" if name == "x" else f"{self.units} units"
                raise ValueError(f"“{name}” has {have} numbers; for {size} it needs {wanted}")

    # The sequence

    @property
    def is_hand(self) -> bool:
        return bool(self.how == HAND)

    @property
    def size(self) -> int:
        """How many units there are."""
        return int(self.units if self.is_hand else self.hidden)

    @property
    def is_small(self) -> bool:
        return self.steps <= FEW_STEPS and self.size <= FEW_UNITS

    @property
    def place(self) -> tuple[int, int]:
        """The chosen step and unit, from 0."""
        return min(self.step, self.steps) - 1, min(self.unit, self.size) - 1

    def sequence(self) -> Array:
        """The inputs (T, 2): values, and marks."""
        if self.x:
            return fitted(self.x, (INPUTS, self.steps)).T
        if not self.is_hand:
            rng = np.random.default_rng(self.sample)
            return marked(1, self.steps, rng).inputs[0]
        values = np.resize(PULSES, self.steps)
        marks = np.eye(1, self.steps)[0]
        return np.stack([values, marks], axis=1)

    def with_input(self, feature: int, step: int, value: float) -> dict[str, Any]:
        inputs = self.sequence().T.copy()
        inputs[feature, step] = value
        return {"x": flat(inputs)}

    def with_steps(self, steps: int) -> dict[str, Any]:
        """Another length; a sequence of one's own keeps its beginning."""
        if not self.x:
            return {"steps": steps}
        inputs = np.zeros((INPUTS, steps))
        kept = min(steps, self.steps)
        inputs[:, :kept] = self.sequence().T[:, :kept]
        return {"steps": steps, "x": flat(inputs)}

    # Gates set by hand

    def rows(self, cell: str) -> Array:
        """The weights and biases (gates, H, X + H + 1) of a layer that is set by hand."""
        width = INPUTS + self.units + 1
        given = getattr(self, cell)
        if len(given) == len(GATES[cell]) * self.units * width:
            return fitted(given, (len(GATES[cell]), self.units, width))
        presets = [PRESETS[cell][FIRST_PRESETS[unit]] for unit in range(self.units)]
        made = [preset_rows(cell, preset, unit, self.units) for unit, preset in enumerate(presets)]
        return np.stack(made, axis=1)

    def with_rows(self, cell: str, rows: Array) -> dict[str, Any]:
        return {cell: flat(np.round(rows, DECIMALS))}

    def with_gate(self, cell: str, letter: str, value: float) -> dict[str, Any]:
        """One gate of the chosen unit at a value."""
        rows = self.rows(cell).copy()
        hold(rows[GATES[cell].index(letter), self.place[1]], value)
        return self.with_rows(cell, rows)

    def with_weight(self, cell: str, gate: int, column: int, value: float) -> dict[str, Any]:
        rows = self.rows(cell).copy()
        rows[gate, self.place[1], column] = value
        return self.with_rows(cell, rows)

    def with_preset(self, name: str) -> dict[str, Any]:
        """The chosen unit of every cell as a preset has it."""
        values: dict[str, Any] = {}
        unit = self.place[1]
        for cell in self.CELLS:
            rows = self.rows(cell).copy()
            rows[:, unit] = preset_rows(cell, PRESETS[cell][name], unit, self.units)
            values |= self.with_rows(cell, rows)
        return values

    def with_units(self, units: int) -> dict[str, Any]:
        """Other units; those that stay keep what they do, where it does not depend on others."""
        values: dict[str, Any] = {"units": units}
        for cell in self.CELLS:
            old, width = self.rows(cell), INPUTS + units + 1
            made = np.zeros((len(old), units, width))
            for unit in range(units):
                preset = PRESETS[cell][FIRST_PRESETS[unit]]
                made[:, unit] = preset_rows(cell, preset, unit, units)
            kept = min(units, self.units)
            made[:, :kept, : INPUTS + kept] = old[:, :kept, : INPUTS + kept]
            made[:, :kept, -1] = old[:, :kept, -1]
            values |= {cell: flat(made)}
        return values

    @property
    def preset(self) -> str:
        """The preset that the chosen unit is, in every cell, or `own`."""
        unit = self.place[1]
        for name in PRESETS[self.CELLS[0]]:
            made = {cell: preset_rows(cell, PRESETS[cell][name], unit, self.units)
                    for cell in self.CELLS}  # fmt: skip
            if all(np.allclose(self.rows(cell)[:, unit], rows, atol=10**-DECIMALS)
                   for cell, rows in made.items()):  # fmt: skip
                return name
        return OWN

    # What is computed

    def cell_parameters(self, cell: str) -> int:
        """How many numbers the recurrent layer has to learn."""
        spec = self.network_spec(cell)
        shapes = spec.layers[0].parameter_shapes(spec.input_shape)
        return sum(map(math.prod, shapes.values()))

    def network_spec(self, cell: str) -> NetworkSpec:
        layer = RecurrentSpec(cell, self.size, returns="last", forget_bias=self.forget_bias)
        readout = () if self.is_hand else (LinearSpec(1),)
        return NetworkSpec((self.steps, INPUTS), (layer, *readout))

    def hand_trace(self, cell: str) -> Trace:
        """The layer as it is set by hand; on the way back from the sum of its last states."""
        network = Network(self.network_spec(cell))
        put_rows(network, RECURRENT, self.rows(cell))
        begin = np.full((self.units, 1), float(self.start))
        lstm = State(np.zeros_like(begin), begin)
        network.carry_on({RECURRENT: [lstm if cell == "lstm" else State(begin)]})
        return Trace(network, self.sequence()[None], train=TrainSpec(carry_state=True),
                     given=np.ones((1, self.units)), origin=ORIGIN[HAND],
                     origin_of_given=LAST_STATES)  # fmt: skip

    def learned_trace(self, network: Network, train: TrainSpec) -> Trace:
        """A network that learns, on the sequence that is shown, with the answer that is wanted."""
        inputs = self.sequence()[None]
        return Trace(network, inputs, marked_answer(inputs)[:, None].astype(float), train,
                     origin=ORIGIN[LEARNED])  # fmt: skip
