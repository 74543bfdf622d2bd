"""Tables and the transport of chapters on gated cells: parameters, answers, runs, losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.neurons.mlp_readings import history
from app.playground.chapters.sequences.gate_learning import COLUMNS, Learner, counters
from app.playground.chapters.sequences.gate_state import GateState
from app.playground.views import Table
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.training import Snapshot

PARAMETERS = "layers.0.parameters"
SUMS = (Ref(PARAMETERS), Ref("prediction", (0, 0)), Ref("target", (0, 0)))
Traces = dict[str, Trace]


class GateTables:
    """`sums`: the parameters of each cell, and in learning what it answers and what would be right;
    `runs`: what was trained so far. `told` gets a cell, a message and the number it is about."""

    def __init__(self, told: Callable[[str, Message, Ref], None]) -> None:
        self.told = told
        self.sums = Table(self._sum_told, label="Parameters and answers", name_label="cell")
        self.runs = Table(label="Runs so far", name_label="cell", columns=COLUMNS)
        self.rows: dict[str, dict[str, Any]] = {}

    def show(self, state: GateState, traces: Traces) -> None:
        labels = ["parameters"] if state.is_hand else ["parameters", "says: positive", "the answer"]
        kinds = ["whole", "percent", "text"]
        columns = [{"label": label, "kind": kind}
                   for label, kind in zip(labels, kinds, strict=False)]  # fmt: skip
        if columns != self.sums.columns:
            self.sums.columns = columns
        self.sums.rows = [
            {"key": cell, "name": cell.upper(), "detail": "",
             "values": [state.cell_parameters(cell), *_answers(trace)]}
            for cell, trace in traces.items()
        ]  # fmt: skip
        self.runs.rows = list(self.rows.values())

    def keep(self, learner: Learner, state: GateState) -> None:
        """Keep a run that has come to its end; the same run again replaces it."""
        row = learner.row(state)
        self.rows[row["key"]] = row

    def summary(self) -> str:
        if not self.rows:
            return "Train: each run is kept here, until the page is closed."
        return (f"{len(self.rows)} kept. Learned: of 200 test sequences 99 % right, "
                "with a loss below 0.05.")  # fmt: skip

    def _sum_told(self, message: Message) -> None:
        if message["type"] in ("open", "point", "leave"):
            self.told(str(message["row"]), message, SUMS[int(message["column"])])


def _answers(trace: Trace) -> list[Any]:
    if trace.targets is None:
        return []
    said = float(trace.loss.predict(trace.outputs[-1])[0, 0])
    return [said, "positive" if trace.targets[0, 0] else "negative"]


def transport_by_hand(state: GateState) -> dict[str, Any]:
    """What the transport shows while gates are set by hand."""
    step, unit = state.place
    shown = [{"label": "step", "value": f"{step + 1} of {state.steps}"},
             {"label": "unit", "value": f"{unit + 1} of {state.size}"}]  # fmt: skip
    return {"counters": shown, "history": {}, "message": ""}


def transport_in_training(learners: dict[str, Learner]) -> dict[str, Any]:
    snapshots = {cell: learner.snapshot for cell, learner in learners.items()}
    shown = [each for cell, snapshot in snapshots.items()
             for each in counters(learners[cell], snapshot)]  # fmt: skip
    return {"counters": shown, "history": _history(snapshots), "message": _message(learners)}


def _history(snapshots: dict[str, Snapshot]) -> dict[str, Any]:
    """The losses of one cell, or the test losses of two."""
    made = {cell: history(snapshot) for cell, snapshot in snapshots.items()}
    if len(made) == 1:
        return next(iter(made.values()))
    longest = max(made.values(), key=lambda each: len(each["x"]))
    series = [{"label": f"{cell.upper()} test loss", "values": each["series"][-1]["values"]}
              for cell, each in made.items()]  # fmt: skip
    return {"x": longest["x"], "series": series}


def _message(learners: dict[str, Learner]) -> str:
    """What came of the training of each cell that has come to its end."""
    said = []
    for cell, learner in learners.items():
        count, name = learner.trainer.step_count, cell.upper()
        if learner.trainer.message:
            said.append(f"{name}: {learner.trainer.message}")
        elif learner.solved:
            said.append(f"{name} has learned it after {learner.solved} batches.")
        elif learner.is_done:
            said.append(f"{name} has not learned it in {count} batches.")
    return " ".join(said)
