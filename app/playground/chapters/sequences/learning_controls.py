"""The controls of R8: each task has those that say something about it."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.sequences.learning_state import (
    CELLS,
    HELD_OUT,
    LARGE,
    TASKS,
    LearningState,
)
from core.optimizers import OPTIMIZERS

Field = dict[str, Any]


def fields(state: LearningState, held_out: int, kept: int) -> list[Field]:
    writing = writing_fields(state) if state.task == "text" else []
    return [*task_fields(state), *network_fields(state), *training_fields(state, kept), *writing,
            *lens_fields(state, held_out)]  # fmt: skip


def task_fields(state: LearningState) -> list[Field]:
    tasks = [{"value": name, "label": task.label} for name, task in TASKS.items()]
    found = [
        field(state, "task", "select", "Task", options=tasks),
        field(state, "length", "integer", "Task"),
    ]
    return [*found, field(state, "delay", "integer", "Task")] if state.task == "echo" else found


def network_fields(state: LearningState) -> list[Field]:
    cells = [{"value": name, "label": label} for name, label in CELLS.items()]
    return [
        field(state, "cell", "select", "Network", options=cells),
        field(state, "hidden", "integer", "Network"),
        field(state, "layers", "integer", "Network"),
        {"name": "large", "label": "LSTM 512 × 2", "kind": "button", "value": None,
         "group": "Network", "help": "A text learnt with two layers of 512 units, on a training "
         "server", "disabled": "It is chosen." if is_chosen(state) else ""},
    ]  # fmt: skip


def is_chosen(state: LearningState) -> bool:
    return all(getattr(state, name) == value for name, value in LARGE.items())


def training_fields(state: LearningState, kept: int) -> list[Field]:
    optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
    forget = {"name": "forget", "label": "Forget kept curves", "kind": "button", "value": None,
              "group": "Training", "help": "Curves of earlier runs on the same data are kept to "
              "compare",
              "disabled": "" if kept else "No curve of an earlier run is kept."}  # fmt: skip
    return [
        field(state, "optimizer", "select", "Training", options=optimizers),
        field(state, "rate", "number", "Training", scale="log", step=0.01),
        field(state, "clip", "number", "Training"),
        field(state, "batch", "integer", "Training"),
        field(state, "seed", "integer", "Training"),
        forget,
    ]


def writing_fields(state: LearningState) -> list[Field]:
    return [
        field(state, "temperature", "number", "Writing"),
        field(state, "draw", "integer", "Writing"),
        {"name": "again", "label": "Write another text", "kind": "button", "value": None,
         "group": "Writing", "help": "Take the next seed of the draws"},
    ]  # fmt: skip


def lens_fields(state: LearningState, held_out: int) -> list[Field]:
    found = [
        field(state, "sample", "integer", "Under the lens") | {"max": min(held_out, HELD_OUT)},
        field(state, "unit", "integer", "Under the lens") | {"max": state.hidden},
    ]
    if state.layers > 1:
        layer = field(state, "layer", "integer", "Under the lens") | {"max": state.layers}
        found.insert(1, layer)
    return found
