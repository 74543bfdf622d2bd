"""Words for training that broke."""

from __future__ import annotations

import numpy as np

from core.network import Network
from core.spec import TrainSpec


def diagnose(network: Network, step: int, train: TrainSpec) -> str:
    """Say where the first number that is not finite arose, in which step, and what helps."""
    where = next(
        (name for name in network.parameter_names if not np.isfinite(network.view(name)).all()),
        "the sum of the parameters",
    )
    return (
        f"Training stopped after step {step}: {where} is no longer a finite number. The updates "
        f"had grown without limit; a smaller learning rate than {train.learning_rate:g} usually "
        "helps. Reset, or edit the weights, to go on."
    )
