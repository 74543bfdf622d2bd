"""Where training stands, as plain data and arrays: to be kept, or to go on from elsewhere.

A checkpoint is a pair: what JSON can say, and the arrays by name. Together with the specifications
and the samples it is all that `Trainer.restore` needs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.recurrence import State
from core.network import Network
from core.optimizers import Optimizer, make_optimizer
from core.seeds import generators
from core.snapshot import Snapshot
from core.spec import RecurrentSpec, TrainSpec, from_json, to_json
from core.spec.checks import require, require_whole

Tensors = dict[str, NDArray[Any]]
COUNTS = ("step", "epoch", "batch", "sample")
ARRAYS = ("parameters", "gradients", "history", "order")
MOST = 2**53  # of anything that is counted


def to_checkpoint(snapshot: Snapshot) -> tuple[dict[str, Any], Tensors]:
    """All of a snapshot that training goes on from."""
    plain: dict[str, Any] = {name: getattr(snapshot, name) for name in COUNTS}
    plain |= {
        "message": snapshot.message, "train_spec": to_json(snapshot.train_spec),
        "num_steps": snapshot.optimizer.num_steps, "streams": list(snapshot.streams),
    }  # fmt: skip
    arrays = {name: getattr(snapshot, name) for name in ARRAYS}
    arrays["order"] = snapshot.order.astype(np.int64)  # NumPy draws 32 bits where pointers have 32
    return plain, arrays | named(snapshot.optimizer.state, snapshot.state, snapshot.carried)


def is_start(snapshot: Snapshot) -> bool:
    """Whether the specifications say all that a checkpoint would: nothing was learnt, or edited."""
    if snapshot.step or snapshot.sample:
        return False
    start = Network(snapshot.network_spec, snapshot.train_spec.dtype)
    start.initialize(generators(snapshot.train_spec.seed, 3)[0])
    return np.array_equal(start.parameters, snapshot.parameters)


def named(
    slots: dict[str, NDArray[Any]], state: dict[str, NDArray[Any]], carried: dict[str, list[State]]
) -> Tensors:
    """What optimizer and layers remember, by the names it has in a checkpoint."""
    arrays = {f"slot.{name}": array for name, array in slots.items()}
    arrays |= {f"state.{name}": array for name, array in state.items()}
    return arrays | _carried_arrays(carried)


def _carried_arrays(carried: dict[str, list[State]]) -> Tensors:
    """The states of each pass of each recurrent layer, by path, pass and kind."""
    return {
        f"carried.{path}/{way}/{kind}": array
        for path, states in carried.items()
        for way, state in enumerate(states)
        for kind, array in (("h", state.h), ("c", state.c))
        if array is not None
    }


def from_checkpoint(
    start: Snapshot, plain: dict[str, Any], arrays: Tensors, same_samples: bool = True
) -> Snapshot:
    """The snapshot behind a checkpoint; `start` is one of the same specifications and samples,
    which says what fits. Its scores and batch stay those of `start`. Raises ValueError where
    anything does not fit.

    Without `same_samples`, one side may have more samples of the kind than the other; where their
    numbers differ, the order of the epoch and the batch at hand are those of `start`.
    """
    for name in (*COUNTS, "num_steps"):
        require_whole(name, plain.get(name), 0, MOST)
    train = from_json(TrainSpec, plain.get("train_spec"))
    if not same_samples:
        plain, arrays = _reordered(start, plain, arrays)
    _require_arrays(start, arrays)
    is_finite = bool(plain.get("message")) or np.isfinite(arrays["parameters"]).all()
    require(bool(is_finite), "parameters", "not finite", "finite numbers")
    taken: dict[str, Any] = {name: plain[name] for name in COUNTS}
    taken |= {name: arrays[name] for name in ARRAYS}
    return replace(
        start,
        **taken,
        message=str(plain.get("message", "")),
        train_spec=train,
        optimizer=_optimizer(train, start, plain, arrays),
        state={name: _same(f"state.{name}", arrays, array) for name, array in start.state.items()},
        carried=_carried(start, arrays),
        streams=tuple(_stream(each) for each in plain.get("streams", ())),
    )


def _reordered(
    start: Snapshot, plain: dict[str, Any], arrays: Tensors
) -> tuple[dict[str, Any], Tensors]:
    """The checkpoint with the order of `start`, if its own is of another number of samples."""
    order = arrays.get("order")
    if order is None or order.shape == start.order.shape:
        return plain, arrays
    place = {"batch": plain["batch"] % start.num_batches, "sample": 0}
    return plain | place, arrays | {"order": start.order}


def _optimizer(
    train: TrainSpec, start: Snapshot, plain: dict[str, Any], arrays: Tensors
) -> Optimizer:
    made = make_optimizer(
        train.optimizer, start.parameters, train.learning_rate, train.momentum
    )
    made.num_steps = plain["num_steps"]
    for name, array in made.state.items():
        array[:] = _same(f"slot.{name}", arrays, array)
    return made


def _require_arrays(start: Snapshot, arrays: Tensors) -> None:
    for name in ("parameters", "gradients"):
        _same(name, arrays, getattr(start, name))
    order = _same("order", arrays, start.order)
    is_order = np.array_equal(np.sort(order), np.arange(len(order)))
    require(is_order, "order", "something else", "every sample's number once")
    history = arrays.get("history", np.zeros(0))
    require(history.ndim == 2 and history.shape[1] == 3, "history", history.shape, "(points, 3)")


def _same(name: str, arrays: Tensors, like: NDArray[Any]) -> NDArray[Any]:
    """The named array, which must be like another, and finite where that is asked for."""
    require(name in arrays, "an array of the checkpoint", "missing", f"called {name}")
    array = arrays[name]
    fits = array.shape == like.shape and array.dtype.kind == like.dtype.kind
    require(fits, name, f"{array.dtype} {array.shape}", f"{like.dtype} {like.shape}")
    return array.astype(like.dtype, copy=False)


def _carried(start: Snapshot, arrays: Tensors) -> dict[str, list[State]]:
    """The states that recurrent layers go on from; there are none before the first batch."""
    found, dtype = {}, start.parameters.dtype
    for path, layer, _ in start.network_spec.walk():
        if isinstance(layer, RecurrentSpec) and f"carried.{path}/0/h" in arrays:
            found[path] = [_carried_state(layer, f"carried.{path}/{way}/", arrays, dtype)
                           for way in range(layer.num_directions)]  # fmt: skip
    return found


def _carried_state(
    layer: RecurrentSpec, prefix: str, arrays: Tensors, dtype: np.dtype[Any]
) -> State:
    kinds = ("h", "c") if layer.cell == "lstm" else ("h",)
    like = np.zeros((layer.hidden_size, arrays[f"{prefix}h"].shape[-1]), dtype)
    return State(*(_same(prefix + kind, arrays, like) for kind in kinds))


def _stream(state: Any) -> Any:
    """A generator's state, tried on one."""
    try:
        np.random.PCG64().state = state
    except (ValueError, TypeError, KeyError):
        raise ValueError("streams must be the states of PCG64 generators") from None
    return state
