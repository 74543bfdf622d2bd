"""The WebGPU engine's layers on sequences, against the core in double precision."""

import numpy as np
import pytest

from app.server.engines.base import EngineError
from app.server.engines.webgpu import WebGPUEngine
from core.masks import Masks
from core.spec import (
    ANY,
    EmbeddingSpec,
    FlattenSpec,
    LinearSpec,
    OneHotSpec,
    RecurrentSpec,
    TrainSpec,
)
from tests.server.webgpu_cases import compare, device, make_task, network


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_recurrent_layers(cell, direction):
    layer = RecurrentSpec(cell, 5, direction)
    spec = network((ANY, 3), layer, RecurrentSpec(cell, 4, direction, merge="sum"), LinearSpec(2))
    compare(make_task(spec, 5), batch_size=3)
    last = RecurrentSpec(cell, 4, direction, returns="last", truncate=3)
    compare(make_task(network((ANY, 3), layer, last, LinearSpec(2)), length=7))


def test_summed_last_states():
    layer = RecurrentSpec("lstm", 4, "both", merge="sum", returns="last")
    compare(make_task(network((ANY, 3), layer, LinearSpec(2))))


def test_a_wide_cell():
    """What passes back through its product is summed in slices."""
    compare(make_task(network((ANY, 3), RecurrentSpec("lstm", 260), LinearSpec(2)), 3, length=3))


def test_a_rectified_cell():
    layer = RecurrentSpec("rnn", 5, activation="relu")
    compare(make_task(network((ANY, 3), layer, layer, LinearSpec(2))))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("returns", ["sequence", "last"])
def test_unequal_lengths(cell, returns):
    """Steps that do not exist, at the end and in between, and steps that do not count."""
    layers = (RecurrentSpec(cell, 4, "both"), RecurrentSpec(cell, 3, "both", returns=returns))
    spec = network((ANY, 3), *layers, LinearSpec(4))
    exist = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0], [1, 0, 1, 1, 0, 0],
                      [1, 1, 1, 1, 1, 0]], bool)  # fmt: skip
    counted = exist & np.array([[0, 1, 1, 0, 1, 1]], bool)
    train = TrainSpec(loss="cross_entropy")
    compare(make_task(spec, 4, train, Masks(exist, counted), 6), batch_size=3)


def test_targets_that_do_not_count_may_be_no_numbers():
    counted = np.array([[True, False, True]] * 2)
    task = make_task(network((3, 2), LinearSpec(2)), 2, masks=Masks(None, counted), length=3)
    task.targets[:, 1] = np.nan
    compare(task)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_carried_states(cell):
    """Batches that continue each other, the last with fewer sequences; then from zero again."""
    layers = (RecurrentSpec(cell, 4, "both"), RecurrentSpec(cell, 3))
    spec = network((ANY, 3), *layers, LinearSpec(2))
    task = make_task(spec, 8, TrainSpec(carry_state=True, batch_size=3))
    engine = compare(task, batch_size=3)
    place = engine.unload()
    with pytest.raises(EngineError, match="states of 2 sequences"):
        engine.run(np.arange(3), 3)
    engine.forget()
    assert not engine.unload().carried
    engine.run(np.arange(6), 3)
    again = WebGPUEngine(task, device())
    again.load(place)
    again.run(np.arange(2), 2)
    carried = again.unload().carried
    assert all(state.h.shape[1] == 2 for states in carried.values() for state in states)


@pytest.mark.parametrize("first", [EmbeddingSpec(7, 4), OneHotSpec(7)])
def test_tokens(first):
    spec = network((ANY,), first, RecurrentSpec("gru", 5), LinearSpec(7))
    compare(make_task(spec, 6, TrainSpec(loss="cross_entropy")), batch_size=4)
    compare(make_task(network((5,), first, FlattenSpec(), LinearSpec(3))))


def test_flattened_sequences():
    spec = network((5, 3), LinearSpec(4), FlattenSpec(), LinearSpec(2))
    compare(make_task(spec))
