"""What a job is to do, read from a `submit` and checked before anything is allocated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

from app.protocol.frames import Message, Tensors
from app.server.engines.catalogue import ENGINES
from app.server.engines.choice import AUTO, Choice
from app.server.limits import Limits
from app.server.refusal import refusing
from core.data.samples import Samples, make_samples
from core.spec import ANY, DataSpec, NetworkSpec, TrainSpec, from_json, require_tunable
from core.spec.checks import require, require_choice, require_flag, require_whole
from core.spec.data import DATASETS

NUMBER_BYTES = 8  # of a sample; data sets are made in float64



class Source(Protocol):
    """Where samples of learners' files come from; it is sent to the process that trains. Files that
    are held stay until they are released."""

    def hold(self, reference: dict[str, Any]) -> None: ...
    def release(self, reference: dict[str, Any]) -> None: ...
    def samples(self, reference: dict[str, Any]) -> Samples: ...


@dataclass(frozen=True, eq=False)
class Assignment:
    """All that a process needs to train: specifications, where the samples come from, which engine,
    whether to begin at once, and where to go on from, if not afresh. known: the fastest engine, if
    an earlier job of such a network has found it out."""

    network: NetworkSpec
    train: TrainSpec
    data: dict[str, Any]
    engine: str
    play: bool
    checkpoint: dict[str, Any] | None
    arrays: Tensors
    limits: Limits
    source: Source | None
    known: Choice | None = None

    @property
    def nbytes(self) -> int:
        """Of the arrays."""
        return sum(array.nbytes for array in self.arrays.values())

    def samples(self) -> Samples:
        """Raises ValueError where there are none such, or too many."""
        if "spec" in self.data:
            made = make_samples(from_json(DataSpec, self.data["spec"]))
        else:
            assert self.source is not None
            made = self.source.samples(self.data)
        arrays = (made.inputs, made.targets)
        _at_most("the bytes of all samples", sum(each.nbytes for each in arrays), self.limits)
        return made


def read_submit(
    order: Message, arrays: Tensors, limits: Limits, source: Source | None
) -> Assignment:
    """Raises Refusal: `invalid` for what cannot be, `limit` for what is too large here."""
    with refusing("invalid"):
        network = from_json(NetworkSpec, order.get("network"))
        train = from_json(TrainSpec, order.get("train"))
        data, checkpoint = _data(order.get("data"), source), order.get("checkpoint")
        require_flag("play", order.get("play"))
        require_choice("engine", order.get("engine"), (AUTO, *ENGINES))
        _require_pair(checkpoint, arrays)
        values = _values(network, data)
    with refusing("limit"):
        _require_within(network, train, arrays, limits)
        _require_room(values, network, train, data, limits)
    return Assignment(network, train, data, order["engine"], order["play"], checkpoint, arrays,
                      limits, source)  # fmt: skip


def _data(data: Any, source: Source | None) -> dict[str, Any]:
    """A specification, or files: what is said about those is checked where they are held."""
    require(isinstance(data, dict), "data", data, "an object with spec, or with opened")
    if "spec" in data:
        require(set(data) == {"spec"}, "data", sorted(data), "nothing but spec")
        from_json(DataSpec, data["spec"])
    else:
        require(source is not None, "data", data, "a spec: this server takes no files")
    return dict(data)


def _require_pair(checkpoint: Any, arrays: Tensors) -> None:
    """What is in a checkpoint is checked where the network is built; see core.checkpoint."""
    is_object = checkpoint is None or isinstance(checkpoint, dict)
    require(is_object, "checkpoint", checkpoint, "null or an object")
    require(checkpoint is not None or not arrays, "arrays", sorted(arrays),
            "none without a checkpoint that says what they are")  # fmt: skip


def _values(network: NetworkSpec, data: dict[str, Any]) -> int:
    """How many numbers the layers give for one sample; raises ShapeError where they do not fit."""
    assert network.shapes
    steps = _steps(data) if ANY in network.input_shape else 1
    return steps * sum(abs(math.prod(layer.output_shape(shape)))
                       for _, layer, shape in network.walk())  # fmt: skip


def _steps(data: dict[str, Any]) -> int:
    """Of a sequence, as far as is known before the samples are made."""
    if "spec" not in data:
        return 1
    spec = from_json(DataSpec, data["spec"])
    return spec.chosen("num_steps") if DATASETS[spec.name].num_steps else 1


def _require_within(
    network: NetworkSpec, train: TrainSpec, arrays: Tensors, limits: Limits
) -> None:
    most = limits.max_parameters
    require(network.num_parameters <= most, "the number of parameters", network.num_parameters,
            f"at most {most} on this server")  # fmt: skip
    network.require_runnable()
    require(train.batch_size <= limits.max_batch, "batch_size", train.batch_size,
            f"at most {limits.max_batch} on this server")  # fmt: skip
    _at_most("the bytes of all arrays", sum(each.nbytes for each in arrays.values()), limits)


def _require_room(
    values: int, network: NetworkSpec, train: TrainSpec, data: dict[str, Any], limits: Limits
) -> None:
    """Nobody can ask for more memory than there may be, by any of the numbers."""
    batch = train.batch_size
    if "spec" in data:
        spec = from_json(DataSpec, data["spec"])
        count = spec.num_samples * (1 + (spec.copies or 0))
        shape = [_steps(data) if size == ANY else size for size in network.input_shape]
        _at_most("the bytes of all samples", count * math.prod(shape) * NUMBER_BYTES, limits)
        batch = min(batch, count)
    _at_most("the bytes that all layers give for a batch", batch * values * NUMBER_BYTES, limits)


def _at_most(what: str, size: int, limits: Limits) -> None:
    require(size <= limits.max_bytes, what, size, f"at most {limits.max_bytes} on this server")


def read_tune(job_train: TrainSpec, order: Message) -> TrainSpec:
    """The other way to train that a `tune` asks for; raises Refusal."""
    with refusing("invalid"):
        train = from_json(TrainSpec, order.get("train"))
        require_tunable(job_train, train)
        return train


def read_count(order: Message, limits: Limits) -> int:
    """Of a `step`; raises Refusal."""
    with refusing("invalid"):
        require_whole("count", order.get("count"), 1, limits.max_steps)
        return int(order["count"])
