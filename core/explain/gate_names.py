"""How weights of gated cells are called: w_hf[2, 1] takes unit 1's h to unit 2's forget gate.

The rows of such a layer's tensors are those of all its gates, one below the other; a row's number
alone would say little.
"""

from __future__ import annotations

from core.spec import NetworkSpec, RecurrentSpec
from core.spec.sequences import GATES, REVERSE

GATE_WORDS = {
    "lstm": {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"},
    "gru": {"r": "reset gate", "z": "update gate", "n": "candidate"},
}
SOURCES = {"weight_ih": ("x", "input"), "weight_hh": ("h", "state of unit")}
Index = tuple[int, ...]


def gate_parameter(spec: NetworkSpec, path: str, key: str, index: Index) -> tuple[str, str] | None:
    """A symbol such as w_hf[2, 1], and a title; None where the layer is no gated one."""
    layer = next((layer for at, layer, _ in spec.walk() if at == path), None)
    bare = key.removesuffix(REVERSE)
    if not isinstance(layer, RecurrentSpec) or layer.cell not in GATE_WORDS:
        return None
    if bare == "bias_hn":
        return f"b_hn[{index[0] + 1}]", f"Bias of the candidate of unit {index[0] + 1}, beside h"
    gate, unit = divmod(index[0], layer.hidden_size)
    letter = GATES[layer.cell][gate]
    of = f"the {GATE_WORDS[layer.cell][letter]} of unit {unit + 1}"
    arrow = "←" if key.endswith(REVERSE) else ""
    if bare == "bias":
        return f"{arrow}b_{letter}[{unit + 1}]", f"Bias of {of}"
    source, word = SOURCES[bare]
    when = "" if source == "x" else " one step before"
    title = f"Weight of {of} from {word} {index[1] + 1}{when}"
    return f"{arrow}w_{source}{letter}[{unit + 1}, {index[1] + 1}]", title
