"""The samples on the device, where they are taken from by rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from app.server.engines.base import Task
from core.network import Network
from core.spec import EmbeddingSpec, OneHotSpec

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Batch:
    """Inputs (n, ...), targets, and which steps (n, T) exist and count, None for all."""

    inputs: torch.Tensor
    targets: torch.Tensor
    exist: torch.Tensor | None
    counted: torch.Tensor | None


class Samples:
    """All samples of a task. A graphics card does not say which token is out of range but stops
    working, so that all are looked at here."""

    def __init__(self, task: Task, network: Network, device: torch.device) -> None:
        self._network, self._device, self._masks = network, device, task.masks
        self._inputs = self._on_device(self._checked(task.inputs))
        targets, counted = task.targets, task.masks.counted
        if counted is not None and targets.shape[:2] == counted.shape:
            there = counted.reshape(*counted.shape, *[1] * (targets.ndim - 2))
            targets = np.where(there, targets, 0).astype(targets.dtype)  # whatever stood there
        if task.train.loss == "cross_entropy":
            _require_within("class numbers", targets, network.spec.output_shape[-1])
        self._targets = self._on_device(targets)

    def _checked(self, inputs: NDArray[Any]) -> NDArray[Any]:
        inputs = self._network.checked(inputs)
        first = self._network.spec.layers[0]
        if isinstance(first, EmbeddingSpec):
            _require_within("tokens", inputs, first.num_embeddings)
        elif isinstance(first, OneHotSpec):
            _require_within("tokens", inputs, first.num_classes)
        return inputs

    def _on_device(self, array: NDArray[Any]) -> torch.Tensor:
        if array.dtype.kind in "iu":
            array = array.astype(np.int64, copy=False)
        return torch.from_numpy(np.array(array, order="C")).to(self._device)

    def _flags(self, flags: Flags | None) -> torch.Tensor | None:
        """None where all are set, which makes for less work."""
        return None if flags is None or flags.all() else self._on_device(flags)

    def batches(self, rows: NDArray[np.int64], size: int) -> Iterator[Batch]:
        index = self._on_device(rows)
        for start in range(0, len(rows), size):
            masks = self._masks.rows(rows[start : start + size])
            if masks.counted is not None and not masks.counted.any():
                raise ValueError("at least one step of a batch must count; none does")
            part = index[start : start + size]
            yield Batch(self._inputs[part], self._targets[part], self._flags(masks.exist),
                        self._flags(masks.counted))  # fmt: skip

    def given(
        self, inputs: NDArray[Any], exist: Flags | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Other inputs, and which of their steps exist."""
        return self._on_device(self._checked(inputs)), self._flags(exist)


def _require_within(what: str, numbers: NDArray[Any], count: int) -> None:
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < count:
        raise ValueError(f"{what} must be from 0 to {count - 1}; these are from {numbers.min()} to "
                         f"{numbers.max()}")  # fmt: skip
