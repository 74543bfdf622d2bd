"""Where the views of chapters on gated cells stand on the stage, and what the transport is then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.playground.chapters.sequences.gate_bench import Block, CellBench
from app.playground.chapters.sequences.gate_state import GateState
from app.playground.chapters.sequences.gate_tables import GateTables
from app.playground.views import NumberGrid

HAND_STEPS = [
    {"id": "next", "label": "Next step", "help": "One step on in time (key .)"},
    {"id": "back", "label": "Back", "help": "One step back"},
]
LEARN_STEPS = [{"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"}]
SPEEDS = ((1, 0.2), (5, 0.05), (50, 0.0))  # updates between two pictures, seconds between them
SPEED_LABELS = ["5 batches a second", "5 batches a picture", "as fast as it can"]


def blocks(benches: Iterable[CellBench], inputs: NumberGrid, tables: GateTables,
           state: GateState) -> list[Block]:  # fmt: skip
    """The pictures of all cells first; then what is given, numbers over time, runs and weights."""
    made = [block for bench in benches for block in bench.blocks(state)]
    pictures = [b for b in made if b[1]["name"].startswith(("wiring", "heat"))]
    over_time = [b for b in made if b not in pictures]
    span = {"span": 3} if state.is_small else {"wide": True}
    given: list[Block] = [
        (inputs, span | {"title": "The sequence", "text": " ", "name": "inputs"}),
        (tables.sums, span | {"title": "In numbers", "text": " ", "name": "sums"}),
    ]
    runs: Block = (tables.runs, {"title": "Runs so far", "wide": True, "name": "runs", "text": " "})
    weights = [bench.weight_block() for bench in benches]
    return [*pictures, *given, *over_time, *([] if state.is_hand else [runs]), *weights]


def transport(state: GateState, speed: int, place: str) -> dict[str, Any]:
    """The buttons: a walk through time, or training."""
    by_hand: dict[str, Any] = {"play_label": "Walk", "steps": HAND_STEPS, "speeds": []}
    learning = {"play_label": "Train", "steps": LEARN_STEPS, "speeds": SPEED_LABELS}
    return (by_hand if state.is_hand else learning) | {
        "running": False, "speed": speed, "history": {}, "message": "", "engine": f"NumPy {place}",
    }  # fmt: skip
