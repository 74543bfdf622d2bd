"""The controls of the MLP playground, with the reason where one is switched off."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.neurons.mlp_state import MAX_DEPTH, MAX_WIDTH, OWN, PlaygroundState
from core.data.features import FEATURES
from core.data.names import DATASETS, of_family
from core.explain.record import subscript
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS

Field = dict[str, Any]
ACTIVATION_OPTIONS = [{"value": a.name, "label": a.label} for a in ACTIVATIONS.values()]
DEPTH_HELP = (f"Up to {MAX_DEPTH}: the diagram has no room for more, and deeper plain networks "
              "hardly train")  # fmt: skip
LAYER_GROUP = "One layer"
WIDTH_HELP = f"Up to {MAX_WIDTH}: the diagram has no room for more"


def fields(state: PlaygroundState, shown: int, table: list[Field]) -> list[Field]:
    """All controls; the layer `shown`, counted from 0, is looked at more closely. `table` are those
    of the learner's own table."""
    picture = field(state, "discrete", "switch", "Picture")
    return [*data_fields(state, table), *network_fields(state), *layer_fields(state, shown),
            *training_fields(state), picture]  # fmt: skip


def data_fields(state: PlaygroundState, table: list[Field]) -> list[Field]:
    """What there is to choose about the data; of a table, which columns are what."""
    sets = {name: DATASETS[name].label for name in of_family("plane")} | OWN
    options = [{"value": name, "label": label} for name, label in sets.items()]
    features = [{"value": name, "label": f.symbol} for name, f in FEATURES.items()]
    made = [] if state.data in OWN else sample_fields(state)
    return [
        field(state, "data", "select", "Data", options=options),
        *(table if state.data == "table" else []),
        *made,
        field(state, "test", "number", "Data"),
        field(state, "features", "chips", "Data", options=features),
    ]


def sample_fields(state: PlaygroundState) -> list[Field]:
    """How samples are made."""
    low, high = DATASETS[state.data].classes
    count = "no" if high == 1 else low
    fixed = "" if low < high else f"This data set has {count} classes to choose."
    return [
        field(state, "classes", "integer", "Data", disabled=fixed),
        field(state, "samples", "integer", "Data"),
        field(state, "noise", "number", "Data"),
    ]


def network_fields(state: PlaygroundState) -> list[Field]:
    depth = {"name": "depth", "label": "Hidden layers", "kind": "integer",
             "value": len(state.hidden), "min": 0, "max": MAX_DEPTH, "step": 1,
             "group": "Network", "help": DEPTH_HELP}  # fmt: skip
    starts = [
        {"value": name, "label": name.replace("_", ", ").capitalize()} for name in INITIALIZERS
    ]
    own = {"name": "own", "label": "Each hidden layer its own", "kind": "switch",
           "value": state.is_own, "group": "Network",
           "help": "An activation and a dropout for each hidden layer",
           "disabled": "" if state.hidden else "There is no hidden layer."}  # fmt: skip
    return [
        depth,
        *(layer_rows(state) if state.is_own else shared_fields(state)),
        own,
        field(state, "start", "select", "Network", options=starts),
    ]


def _width(state: PlaygroundState, i: int) -> Field:
    return {"name": f"width{i}", "label": f"Neurons in {i + 1}", "kind": "integer",
            "value": state.hidden[i], "min": 1, "max": MAX_WIDTH, "step": 1, "group": "Network",
            "help": WIDTH_HELP}  # fmt: skip


def shared_fields(state: PlaygroundState) -> list[Field]:
    """The width of each hidden layer, and what they have in common."""
    return [
        *(_width(state, i) for i in range(len(state.hidden))),
        field(state, "activation", "select", "Network", options=ACTIVATION_OPTIONS),
        field(state, "dropout", "number", "Network"),
    ]


def layer_rows(state: PlaygroundState) -> list[Field]:
    """A row for each hidden layer: its neurons, its activation, its dropout."""
    own = state.own(len(state.hidden))
    return [
        {"name": f"layer{i}", "label": f"Layer {i + 1}", "kind": "row", "group": "Network",
         "parts": [
             _width(state, i) | {"label": "Neurons"},
             {"name": f"activation{i}", "label": "Activation", "kind": "select",
              "value": own["activations"][i], "options": ACTIVATION_OPTIONS},
             field(state, "dropout", "number") | {"name": f"dropout{i}",
                                                  "value": own["dropouts"][i]},
         ]}
        for i in range(len(state.hidden))
    ]  # fmt: skip


def layer_fields(state: PlaygroundState, shown: int) -> list[Field]:
    """Which layer's weights are shown, and which of its neurons are on."""
    count = len(state.hidden)
    layers = [{"value": k, "label": f"hidden layer {k + 1}" if k < count else "output"}
              for k in range(count + 1)]  # fmt: skip
    choice = {"name": "layer", "label": "Layer", "kind": "select", "value": shown,
              "options": layers, "group": LAYER_GROUP,
              "help": "Whose weights are shown"}  # fmt: skip
    return [choice, switch_field(state, shown)] if shown < count else [choice]


def switch_field(state: PlaygroundState, k: int) -> Field:
    units = range(state.hidden[k])
    off = state.off_in(k)
    return {"name": f"on{k}", "label": "Neurons that are on", "kind": "chips",
            "group": LAYER_GROUP,
            "options": [{"value": str(j), "label": f"h{subscript(j + 1)}"} for j in units],
            "value": [str(j) for j in units if j not in off],
            "help": "One that is off gives 0; its weights rest until it is on again"}  # fmt: skip


def training_fields(state: PlaygroundState) -> list[Field]:
    losses = [{"value": loss.name, "label": loss.label} for loss in LOSSES.values()]
    optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
    loss = field(state, "loss", "select", "Training", options=losses)
    if state.used_loss != state.loss:
        loss |= {"value": state.used_loss, "help": "The chosen loss does not fit these data."}
    return [
        loss,
        field(state, "optimizer", "select", "Training", options=optimizers),
        field(state, "rate", "number", "Training", scale="log", step=0.01),
        field(state, "batch", "integer", "Training"),
        field(state, "l1", "number", "Training"),
        field(state, "l2", "number", "Training"),
        field(state, "stop", "number", "Training"),
        field(state, "epochs", "integer", "Training"),
        field(state, "seed", "integer", "Training"),
        {"name": "new_seed", "label": "Other random numbers", "kind": "button", "value": None,
         "group": "Training", "help": "Take the next seed"},
    ]  # fmt: skip


def layer_change(state: PlaygroundState, name: str, value: Any) -> dict[str, Any] | None:
    """What follows for the state when the learner sets a field of one hidden layer, or of all;
    None for another field."""
    word, number = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
    if name == "own":
        depth = len(state.hidden)
        return state.own(depth) if value else {"activations": [], "dropouts": []}
    if name == "depth":
        return _resized(state, int(value))
    if not number:
        return None
    k = int(number)
    if word == "width":
        hidden = [*state.hidden[:k], int(value), *state.hidden[k + 1 :]]
        return {"hidden": hidden, "off": _fitting(state, hidden)}
    if word in ("activation", "dropout"):
        lists = state.own(len(state.hidden))
        lists[f"{word}s"][k] = value
        return lists
    if word == "on":
        others = [each for each in state.off if not each.startswith(f"{k + 1}.")]
        off = [unit for unit in range(state.hidden[k]) if str(unit) not in value]
        return {"off": [*others, *(f"{k + 1}.{unit + 1}" for unit in off)]}
    return None


def _resized(state: PlaygroundState, depth: int) -> dict[str, Any]:
    """Layers are added and taken away at the end; new ones are like the last."""
    hidden = list(state.hidden)
    hidden = (hidden + [hidden[-1] if hidden else 4] * depth)[:depth]
    own = state.own(depth) if state.is_own else {}
    return {"hidden": hidden, "off": _fitting(state, hidden)} | own


def _fitting(state: PlaygroundState, hidden: list[int]) -> list[str]:
    """The neurons that are off, without those that there will not be."""
    pairs = [(each, *map(int, each.split("."))) for each in state.off]
    return [word for word, k, unit in pairs if k <= len(hidden) and unit <= hidden[k - 1]]


def new_seed(seed: int) -> int:
    return (seed + 1) % 1_000_000
