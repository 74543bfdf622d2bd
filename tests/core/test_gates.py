"""Gates that are set by hand do what their presets say, from the numbers that they make."""

import math

import numpy as np
import pytest

from core.data.sequences import marked, marked_answer
from core.explain import Ref, Trace, explain
from core.functional.recurrence import State
from core.gates import (
    INPUTS,
    PRESETS,
    at_rest,
    bias_for,
    hold,
    index_of,
    listens,
    preset_rows,
    put_rows,
    take_rows,
)
from core.network import Network
from core.spec import NetworkSpec, RecurrentSpec, TrainSpec
from core.spec.sequences import GATES

HIDDEN, STEPS = 2, 8


def network_of(cell, preset):
    network = Network(NetworkSpec((STEPS, INPUTS), (RecurrentSpec(cell, HIDDEN, returns="last"),)))
    rows = [preset_rows(cell, PRESETS[cell][preset], unit, HIDDEN) for unit in range(HIDDEN)]
    put_rows(network, "0", np.stack(rows, axis=1))
    return network


def last_state(cell, preset, inputs, start=0.0):
    network = network_of(cell, preset)
    before = np.full((HIDDEN, len(inputs)), start)
    network.carry_on({"0": [State(np.zeros_like(before) if cell == "lstm" else before,
                                  before if cell == "lstm" else None)]})  # fmt: skip
    trace = Trace(network, inputs, train=TrainSpec(carry_state=True))
    name = "c" if cell == "lstm" else "h"
    index = (0, STEPS - 1, 1)
    return explain(trace, Ref(f"layers.0.{name}", index)).result


def pulses(*values):
    inputs = np.zeros((1, STEPS, INPUTS))
    inputs[0, : len(values), 0] = values
    return inputs


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_presets_do_what_they_are_called(cell):
    noisy = pulses(1, -1, 1, -1, -1, 1, -1, -1)
    assert last_state(cell, "remember", noisy, 1.0) == pytest.approx(1, abs=0.2)
    assert abs(last_state(cell, "forget", pulses(), 1.0)) < 0.02
    assert last_state(cell, "overwrite", noisy, 1.0) == pytest.approx(-math.tanh(2), abs=0.05)
    once, twice = (last_state(cell, "add", pulses(*[0.2] * n)) for n in (1, 2))
    assert twice > once + 0.1


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_latch_solves_the_task_of_the_marked_value(cell):
    data = marked(200, STEPS, np.random.default_rng(0))
    network = network_of(cell, "latch")
    answers = network.forward(data.inputs)[:, 0] > 0
    np.testing.assert_array_equal(answers, marked_answer(data.inputs) == 1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_held_gate_has_its_value_at_every_step(cell):
    network = network_of(cell, "latch")
    rows = take_rows(network, "0")
    gate = GATES[cell].index("f" if cell == "lstm" else "z")
    assert listens(rows[gate, 1])
    hold(rows[gate, 1], 0.3)
    assert not listens(rows[gate, 1])
    assert at_rest(rows[gate, 1]) == pytest.approx(0.3)
    put_rows(network, "0", rows)
    trace = Trace(network, np.random.default_rng(0).normal(size=(1, STEPS, INPUTS)))
    for step in range(STEPS):
        ref = Ref(f"layers.0.{GATES[cell][gate]}", (0, step, 1))
        assert explain(trace, ref).result == pytest.approx(0.3)


def test_rows_are_the_parameters():
    network = network_of("lstm", "latch")
    network.parameters[:] = np.arange(network.parameters.size)
    rows = take_rows(network, "0")
    for gate, unit, column in np.ndindex(rows.shape):
        key, index = index_of(gate, unit, column, HIDDEN)
        assert network.view(f"layers.0.{key}")[index] == rows[gate, unit, column]


@pytest.mark.parametrize("value", [0, 1, -0.5, math.nan])
def test_a_gate_cannot_be_set_to_0_or_1(value):
    with pytest.raises(ValueError, match=r"from 0\.001 to 0\.999"):
        bias_for(value)
