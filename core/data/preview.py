"""Some of many samples, for whoever wants to look at them but not to hold them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.data.samples import Samples

MOST_TRAIN, MOST_TEST = 128, 200
OF_EACH = ("inputs", "targets", "mask", "counted", "points")  # what has a row for each sample
MOST_VALUES = 1 << 21  # numbers of the inputs of each kind: 8 MiB in float32


def preview(samples: Samples, most_train: int = MOST_TRAIN, most_test: int = MOST_TEST) -> Samples:
    """The first so many samples for training, then the first so many for testing, in the order in
    which a trainer holds them; fewer of large ones, but at least one for training."""
    room = max(1, MOST_VALUES // max(1, samples.inputs[0].size))
    train = samples.train_indices[: min(most_train, room)]
    test = samples.test_indices[: min(most_test, room)]
    rows = np.concatenate([train, test])
    arrays = {name: getattr(samples, name) for name in OF_EACH}
    some: dict[str, Any] = {
        name: None if array is None else array[rows] for name, array in arrays.items()
    }
    indices = np.arange(len(rows))
    return replace(samples, **some, train_indices=indices[: len(train)],
                   test_indices=indices[len(train) :])  # fmt: skip
