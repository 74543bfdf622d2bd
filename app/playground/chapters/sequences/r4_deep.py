"""R4: four ways to make a recurrent network deep."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.sequences.deep_state import TASKS, WAYS, DeepState
from app.playground.chapters.sequences.lane import Lane
from app.playground.chapters.sequences.side_by_side import SideBySide
from app.playground.figures.deep_rnn import SHOWN, Plan, dots, links, plan
from app.playground.figures.unfolded import UnfoldedPicture
from app.playground.views import Picture
from core.architectures.deep_rnn import Deepening, PathLengths, path_lengths
from core.data.names import DATASETS
from core.explain import Explanation, Ref
from core.explain.path_lengths import LONGEST, SHORTEST, STEP, THROUGH, explain_path
from core.spec import DataSpec, TrainSpec

PLAIN, TOGETHER = "plain", "together"


class DeepRecurrent(SideBySide):
    id = "r4"
    number = "R4"
    part = "sequences"
    title = "Four ways to go deep"
    summary = "Layers before, between, after and on top of the states"
    State = DeepState
    columns = (("parameters", "whole"), ("x to y", "whole"), ("state to state", "whole"),
               ("x₁ to last y, fewest", "whole"), ("most", "whole"))  # fmt: skip
    lead = """
A recurrent network is deep in time already; in each step it is not. Layers can be added in **four places**: between input and
state, between one state and the next, between state and output, or as states on states. Switch them on, alone or
together, and **train** all of them from the same seed.
"""
    notes = """
## Try this

- *Parity* asks at each step whether an odd number of ones has come so far. The new answer is the *exclusive or* of the old one and
  the input, which takes a hidden layer: the plain network must spread it over its units and steps. With one layer more, in any
  of the places, most runs solve it within 60 epochs; plain, few do.
- *Delayed echo* asks for the symbol of five steps before. Here the state must remember much and compute little, and
  [layers after the state](?chapter=r4&task=echo) help most.
- Make the transition [two layers deep](?chapter=r4&transition_layers=2&input_layers=0&output_layers=0&stacked=0), and look at
  the path from the first input to the last output: it becomes three times as long. The
  [shortcut](?chapter=r4&transition_layers=2&input_layers=0&output_layers=0&stacked=0&shortcut=1) gives the short path back.
- Which way is first? [Other random numbers](?chapter=r4&seed=1) tell another story. Compare over several seeds before you believe any.

## What the ways mean

> *Input to state*: the input is first turned into features that are easier to use. *State to state*: one step can compute more. *State
> to output*: the answer can be read off a state that keeps everything in few numbers. *States on states*: each state has a time of its
> own; the upper ones often change more slowly. (Pascanu, Gulcehre, Cho and Bengio 2013,
> [arXiv:1312.6026](https://arxiv.org/abs/1312.6026).)

> Deeper is not better by itself. A deep transition makes each path through time longer, and gradients vanish or explode sooner.
> Gated cells have no such layers here: their state is mostly carried on, not computed anew.
"""

    def __init__(self, app: Instruments) -> None:
        self.picture = UnfoldedPicture("deep-rnn")
        self.picture.on_dot = self._dot_clicked
        self.picture_view = Picture(self.picture.fig)
        super().__init__(app)

    # The contest

    def make_lanes(self) -> dict[str, Lane]:
        alone = self.state.single_ways()
        ways = {PLAIN: Deepening(), **alone}
        if len(alone) > 1:
            ways[TOGETHER] = self.state.ways
        return {key: Lane(key, self.state.network_spec(each)) for key, each in ways.items()}

    def data_spec(self) -> DataSpec:
        return self.state.data_spec()

    def train_spec(self) -> TrainSpec:
        return self.state.train_spec()

    # Numbers

    def own_refs(self, lane: Lane) -> list[Ref]:
        last = (self.state.steps - 1,)
        return [Ref("total.parameters"), Ref(THROUGH), Ref(STEP, (0,)), Ref(SHORTEST, last),
                Ref(LONGEST, last)]  # fmt: skip

    def own_explanation(self, lane: Lane, ref: Ref) -> Explanation:
        if ref.tensor not in (THROUGH, STEP, SHORTEST, LONGEST):
            raise LookupError(ref.tensor)
        return explain_path(self._lengths(lane), ref)

    @staticmethod
    def _lengths(lane: Lane) -> PathLengths:
        return path_lengths(lane.network)

    # Showing

    def own_blocks(self) -> list[tuple[Any, dict[str, Any]]]:
        return [(self.picture_view, {"title": "Unfolded", "text": " ", "wide": True})]

    @property
    def plan(self) -> Plan:
        return plan(self.lanes[self.chosen].network)

    def show_own(self) -> None:
        made = self.plan
        names = [f"{level.name}" for level in made.levels]
        self.picture.update(names, dots(made), links(made), self.app.theme)
        lane = self.lanes[self.chosen]
        lengths = self._lengths(lane)
        ways = "none of the ways" if lane.label == PLAIN else f"“{lane.label}”"
        self.say({
            "Unfolded": f"The network with {ways}, over {SHOWN} of its {self.state.steps} steps. Bold: the path from "
                        f"the first input to the last output that passes the fewest non-linear layers, "
                        f"{lengths.shortest(SHOWN - 1)}. Choose a network in the table; select a dot to open it.",
            "Learning": "The loss of the test samples after each epoch; the same batches for all.",
            "One test sample": self._sample_text(),
            "Side by side": "Choose a network by its name; open any number. The columns in the middle count the non-linear "
                            "layers on a path.",
        })  # fmt: skip

    def _sample_text(self) -> str:
        what = {"parity": "the probability of “odd”", "sine": "the next value",
                "echo": "the probability of the right symbol"}[self.state.task]  # fmt: skip
        return f"Sample {self.sample + 1}. Each network’s answer is {what}."

    def show_answers(self) -> None:
        first = self.trace_of(next(iter(self.lanes)))
        steps = self.state.steps
        counted = first.counting[0] if first.counting is not None else np.ones(steps, bool)
        rows = [[self._value(key, self.answer_ref(row, t)) if row == 0 or counted[t] else None
                 for t in range(steps)]
                for row, key in enumerate(["", "", *self.lanes])]  # fmt: skip
        self.answers.param.update(
            values=rows, row_labels=["x", "y_true", *(lane.label for lane in self.lanes.values())],
            column_labels=[str(t + 1) for t in range(steps)],
        )  # fmt: skip

    def _value(self, key: str, ref: Ref) -> float | str:
        trace = self.trace_of(key or self.chosen)
        arrays = {"input": trace.inputs, "target": self._targets(key)}
        if ref.tensor in arrays:
            array = arrays[ref.tensor]
            value = float(array[ref.index[: array.ndim]])
        else:
            value = float(trace.loss.predict(trace.outputs[-1])[ref.index])
        return value if np.isfinite(value) else "NaN"

    def _targets(self, key: str) -> Any:
        targets = self.trace_of(key or self.chosen).targets
        assert targets is not None
        return targets

    def answer_ref(self, row: int, column: int) -> Ref:
        if row == 0:
            index = (0, column) if self.state.task == "echo" else (0, column, 0)
            return Ref("input", index)
        if row == 1:
            return Ref("target", (0, column, 0))
        right = int(self._targets("")[0, column]) if self.state.task == "echo" else 0
        return Ref("prediction", (0, column, right))

    def controls(self) -> list[dict[str, Any]]:
        tasks = [{"value": name, "label": DATASETS[name].label} for name in TASKS]
        state, count = self.state, len(self.trainer.test_x)
        shortcut = "" if state.transition_layers else "There are no layers to go around."
        return [
            *(field(state, name, "integer", "Deeper, layers added") for name in list(WAYS)[:2]),
            field(state, "shortcut", "switch", "Deeper, layers added", disabled=shortcut),
            *(field(state, name, "integer", "Deeper, layers added") for name in list(WAYS)[2:]),
            field(state, "task", "select", "Task", options=tasks),
            field(state, "steps", "integer", "Task"),
            field(state, "sample", "integer", "Task", max=count),
            field(state, "hidden", "integer", "Training"),
            field(state, "rate", "number", "Training", scale="log"),
            field(state, "seed", "integer", "Training"),
        ]  # fmt: skip

    # What the learner does

    def _dot_clicked(self, at: int) -> None:
        """Open the first unit of a layer at one of the steps."""
        row, step = divmod(at, SHOWN)
        tensor = self.plan.levels[row].tensor
        is_token = row == 0 and self.state.task == "echo"
        self.open(Ref(tensor, (0, step) if is_token else (0, step, 0)))


CHAPTER = DeepRecurrent
