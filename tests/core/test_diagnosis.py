"""Failures are found where they are, and not where they are not."""

import numpy as np

from core.diagnosis import not_finite, plateau, symmetric
from core.network import Network
from core.spec import mlp


def test_the_first_operation_that_is_not_finite_is_named():
    network = Network(mlp(2, (3,), 1, "relu"))
    network.parameters[:] = 1e200
    found = not_finite(network, np.full((4, 2), 1e200))
    assert "Layer 0 (linear) is the first to give an infinity" in found.seen
    network.view("layers.2.bias")[0] = np.nan
    assert "layers.2.bias holds NaN" in not_finite(network, np.ones((4, 2))).seen


def test_a_plateau_needs_a_loss_that_has_hardly_fallen_at_all():
    steps = np.arange(0, 1000, 10.0)

    def history(losses):
        return np.column_stack([steps, losses, losses])

    assert plateau(history(np.full(100, 1.0)))
    assert plateau(history(np.exp(-steps / 100))) is None  # it has learned, and stands
    assert plateau(history(1 - steps / 2000)) is None  # it still falls
    assert plateau(history(np.full(100, 1.0))[:10]) is None  # it is too early to say


def test_equal_units_are_found_only_when_nothing_tells_them_apart():
    network = Network(mlp(2, (3,), 1))
    network.parameters[:] = 0.5
    assert symmetric(network).kind == "symmetric"
    network.view("layers.2.weight")[0, 1] = 0.6  # one unit goes out with another weight
    assert symmetric(network) is None
