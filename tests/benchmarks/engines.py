"""The engines, and which of them does which work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tests.benchmarks import images, mlp, sequences

FAMILIES: tuple[ModuleType, ...] = (mlp, images, sequences)
LIBRARY = "/node_modules/"
PEER_FOLDER = "/tests/benchmarks/peers/"
TF = f"{LIBRARY}@tensorflow/tfjs"
TF_WASM = f"{TF}-backend-wasm/dist/tf-backend-wasm.min.js"
TF_COMMON = f"{PEER_FOLDER}tfjs.js"
# How far a loss may be from the expected one, relatively, for each type of numbers.
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


@dataclass(frozen=True)
class Engine:
    """A peer. `script` is its file in the folder of each family."""

    name: str
    script: str
    libraries: tuple[str, ...]
    tolerance: float
    loss: str = "loss"  # the job's entry that holds the loss to be expected
    worker: str = "peer"

    def files(self, family: str) -> list[str]:
        """What its worker loads, in order."""
        return [*self.libraries, f"{PEER_FOLDER}{family}/{self.script}"]


PEERS = (
    Engine("TensorFlow.js cpu", "tfjs.js", (f"{TF}/dist/tf.min.js", TF_COMMON),
           TOLERANCE["float32"], worker="cpu"),
    Engine("TensorFlow.js wasm", "tfjs.js", (f"{TF}/dist/tf.min.js", TF_WASM, TF_COMMON),
           TOLERANCE["float32"], worker="wasm"),
    Engine("ConvNetJS", "convnetjs.js", (f"{LIBRARY}convnetjs/build/convnet-min.js",),
           TOLERANCE["float64"]),
    # 250 single updates of a deep net magnify float32's rounding: our core in float32 ends 0.6 %
    # away from float64 here.
    Engine("brain.js", "brain.js", (f"{LIBRARY}brain.js/dist/browser.js",), 1e-2,
           loss="loss_of_samples"),
    Engine("recurrent-js", "recurrent.js", (f"{PEER_FOLDER}commonjs.js",), TOLERANCE["float64"]),
)  # fmt: skip


def ours(family: ModuleType) -> Engine:
    """Our own engine, in the numbers that the family trains in."""
    return Engine("Glassnet", "", (), TOLERANCE[family.DTYPE])


def taking_part(family: ModuleType) -> Iterator[Engine]:
    """The peers that can do a family's work."""
    return (engine for engine in PEERS if engine.name not in family.ABSENT)


def name_of(family: ModuleType) -> str:
    return family.__name__.rpartition(".")[2]


def check_loss(engine: Engine, job: dict[str, Any], loss: float) -> None:
    """Raise ValueError unless an engine computed what the job should give."""
    expected = job[engine.loss]
    if not abs(loss - expected) <= engine.tolerance * abs(expected):
        raise ValueError(
            f"{engine.name} does other work: after one unit of {job['name']} its loss is {loss!r}, "
            f"and should be {expected!r}"
        )
