"""How engines take sequences: steps that do not exist, and states that are carried on."""

from dataclasses import replace

import numpy as np
import pytest

from app.server.engines.catalogue import ENGINES, engine_class
from core.masks import Masks
from core.spec import ANY, BranchesSpec, LinearSpec, NetworkSpec, RecurrentSpec
from tests.server.engine_cases import (
    CLASSIFY,
    LENGTH,
    NEAR,
    STREAM,
    VALUES,
    agree,
    apart,
    full_place,
    task_of,
)

pytestmark = pytest.mark.parametrize("name", ENGINES)


def masks(count, holes):
    """Unequal lengths, or steps missing anywhere; of those that exist, not all count."""
    rng = np.random.default_rng(4)
    exist = np.arange(LENGTH) < rng.integers(1, LENGTH + 1, (count, 1))
    if holes:
        exist = rng.random((count, LENGTH)) < 0.6
        exist[0], exist[:, 2] = False, True
        exist[0] = [False, False, True, False, False, False]
    counted = exist & (rng.random(exist.shape) < 0.7)
    counted[:, 0] |= ~counted.any(axis=1)
    return Masks(exist, counted)


MASKED = {
    "lstm": (RecurrentSpec("lstm", 4, "both"), RecurrentSpec("lstm", 3, "backward")),
    "gru": (RecurrentSpec("gru", 4, "both", "sum"), RecurrentSpec("gru", 3)),
    "rnn": (RecurrentSpec("rnn", 4, "both", activation="relu"),
            RecurrentSpec("rnn", 3, transition_layers=1)),
    "cut": (RecurrentSpec("lstm", 4, truncate=2), RecurrentSpec("gru", 3, "both", truncate=3)),
    "look-ahead": (RecurrentSpec("lstm", 4, "both", look_ahead=2),),
}  # fmt: skip


@pytest.mark.parametrize("carry", [False, True], ids=["", "carried"])
@pytest.mark.parametrize("holes", [False, True], ids=["lengths", "holes"])
@pytest.mark.parametrize("layers", MASKED)
def test_steps_that_do_not_exist_change_nothing(name, layers, holes, carry):
    network = NetworkSpec((ANY, 2), (*MASKED[layers], LinearSpec(2)))
    train = replace(VALUES, carry_state=carry)
    if engine_class(name).obstacle(network, train):
        return
    task = task_of(network, train, 8, masks(8, holes))
    task.targets[~task.masks.counted] = np.nan
    engines = agree(name, task)
    outputs = [engine.outputs(task.inputs, task.masks.exist) for engine in engines]
    assert apart(*outputs) < NEAR


def test_gradients_go_back_no_further_than_truncate(name):
    network = NetworkSpec((ANY, 2), (*MASKED["cut"], LinearSpec(2)))
    if not engine_class(name).obstacle(network, VALUES):
        agree(name, task_of(network, VALUES))


def test_the_last_state_is_that_of_the_last_step_that_exists(name):
    layers = (BranchesSpec(tuple((RecurrentSpec(cell, 3, "both", returns="last"),)
                                 for cell in ("rnn", "lstm", "gru")), "concatenate"),
              LinearSpec(2))  # fmt: skip
    agree(name, task_of(NetworkSpec((ANY, 2), layers), CLASSIFY, 4, Masks(masks(4, False).exist)))


def test_states_are_carried_from_batch_to_batch_and_forgotten(name):
    task = task_of(STREAM, replace(VALUES, carry_state=True), 10)
    engine, other = agree(name, task)  # the last batch takes the states of its two samples
    with pytest.raises(ValueError, match="call forget"):
        engine.run(np.arange(4), 4)
    losses = []
    for each in (engine, other):
        each.forget()
        losses.append(each.run(np.arange(8), 4))
    np.testing.assert_allclose(*losses, rtol=NEAR)
    place = full_place(task)
    agree(name, task, np.arange(3), place)
