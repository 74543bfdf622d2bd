"""The contract that every engine keeps. An engine joins by its line in the catalogue."""

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from app.server.engines.base import EngineError
from app.server.engines.catalogue import ENGINES, engine_class
from app.server.training import ServedTrainer
from core.network import Network
from core.spec import (
    ANY,
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DataSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
    RecurrentSpec,
    TrainSpec,
    mlp,
)
from core.training import Trainer
from tests.golden.export_cases import CASES
from tests.server import engine_cases as cases
from tests.server.engine_cases import (
    CLASSIFY,
    DENSE,
    NEAR,
    STEPS,
    STREAM,
    VALUES,
    agree,
    apart,
    exact,
    full_place,
    make,
    start_of,
    task_of,
)

pytestmark = pytest.mark.parametrize("name", ENGINES)

EXACT = 2e-6  # gradients, against float64
SINGLE = {"webgpu"}  # these compute in float32, whatever type is asked for
NORMED = NetworkSpec((2, 5, 5), (
    Conv2dSpec(3, 3), BatchNorm2dSpec(0.3), ActivationSpec("relu"), FlattenSpec(), LinearSpec(2),
))  # fmt: skip
DROPPED = NetworkSpec((5000,), (DropoutSpec(0.3), LinearSpec(1)))


@pytest.fixture(scope="module")
def references():
    """Tasks, where they start, and what PyTorch makes of them in float64; once for all engines."""
    made = {}
    for key, network in cases.NETWORKS.items():
        task = task_of(network, CLASSIFY)
        place = start_of(task)
        made[key] = task, place, cases.by_pytorch(task, place)
    return made


@pytest.mark.parametrize("network", cases.NETWORKS)
def test_gradients_and_the_first_ten_losses_are_those_of_pytorch_in_float64(
    name, network, references
):
    task, place, reference = references[network]
    engine, rows = make(name, task, place), np.arange(len(task.inputs))
    losses = [*engine.run(rows, len(rows))]
    gradients, layout = engine.unload().gradients, Network(task.network, "float32")
    for tensor, wanted in reference.gradients.items():
        assert apart(layout.view(tensor, gradients), wanted) < EXACT, tensor
    losses += [*engine.run(np.tile(rows, STEPS - 1), len(rows))]
    np.testing.assert_allclose(losses, reference.losses, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_every_layer_is_computed_as_the_core_does_or_refused_with_a_reason(name, case, dtype):
    network = without_dropout(CASES[case])
    task = task_of(network, replace(VALUES, dtype=dtype))
    obstacle = engine_class(name).obstacle(network, task.train)
    if obstacle:
        with pytest.raises(EngineError, match=obstacle.split(";")[0]):
            make(name, task)
        return
    within = NEAR if dtype == "float32" or name in SINGLE else 1e-10
    engines = agree(name, task, within=within)
    outputs, wanted = (engine.outputs(task.inputs) for engine in engines)
    assert outputs.dtype == dtype
    assert apart(outputs, wanted) < within


def without_dropout(network):
    """Each engine has random numbers of its own."""
    def kept(layers):
        return tuple(
            replace(layer, branches=tuple(map(kept, layer.branches)))
            if isinstance(layer, BranchesSpec) else layer
            for layer in layers if not isinstance(layer, DropoutSpec)
        )  # fmt: skip

    return replace(network, layers=kept(network.layers))


def test_a_place_is_given_back_as_it_was_loaded(name):
    task = task_of(replace(STREAM, layers=(*STREAM.layers, DropoutSpec())),
                   replace(CLASSIFY, optimizer="adam", carry_state=True))  # fmt: skip
    place = full_place(task)
    engine = make(name, task, place)
    for _ in range(2):
        found = engine.unload()
        np.testing.assert_array_equal(found.parameters, place.parameters)
        np.testing.assert_array_equal(found.gradients, place.gradients)
        assert found.num_steps == place.num_steps
        for key, array in place.slots.items():
            np.testing.assert_array_equal(found.slots[key], array)
        for path, states in place.carried.items():
            for ours, theirs in zip(found.carried[path], states, strict=True):
                np.testing.assert_array_equal(ours.h, theirs.h)
                np.testing.assert_array_equal(ours.c, theirs.c)
        found.parameters[:] = 0  # a copy, of which the engine sees nothing
        found.slots["m"][:] = 0
    task = task_of(NORMED, VALUES)
    place = full_place(task)
    state = make(name, task, place).unload().state
    assert state.keys() == place.state.keys()
    for key, array in place.state.items():
        np.testing.assert_array_equal(state[key], array)


@pytest.mark.parametrize("case", [
    (STREAM, replace(CLASSIFY, optimizer="adam", carry_state=True)), (NORMED, VALUES),
])  # fmt: skip
def test_what_is_to_be_seen_comes_without_the_rest(name, case):
    task = task_of(*case)
    engine = make(name, task, full_place(task))
    whole, seen = engine.unload(), engine.unload(whole=False)
    assert not seen.gradients.size
    assert not seen.slots
    np.testing.assert_array_equal(seen.parameters, whole.parameters)
    for key, array in whole.state.items():
        np.testing.assert_array_equal(seen.state[key], array)
    assert seen.num_steps == whole.num_steps
    for path, states in whole.carried.items():
        np.testing.assert_array_equal(seen.carried[path][0].h, states[0].h)


def test_dropout_drops_its_share_and_keeps_the_mean(name):
    task = task_of(DROPPED, replace(VALUES, batch_size=1, learning_rate=0.0), 1)
    task.inputs[:] = 1
    engine = make(name, task)
    factors = []
    for _ in range(2):
        engine.run(np.array([0]), 1)
        *by_weight, by_bias = engine.unload().gradients
        factors.append(np.array(by_weight) / by_bias)
        kept = factors[-1] != 0
        np.testing.assert_allclose(factors[-1][kept], 1 / 0.7, rtol=1e-5)
        assert abs(kept.mean() - 0.7) < 5 * np.sqrt(0.3 * 0.7 / 5000)
    assert (factors[0] != factors[1]).any()
    place = start_of(task)
    outputs = [engine.outputs(task.inputs), exact(task, place).outputs(task.inputs)]
    assert apart(*outputs) < NEAR


def test_going_on_from_a_place_is_as_if_nothing_had_been_between(name):
    network = replace(STREAM, layers=(DropoutSpec(0.3), *STREAM.layers))
    task = task_of(network, replace(VALUES, optimizer="adam", carry_state=True))
    engine, rows = make(name, task), np.tile(np.arange(4), 3)
    engine.run(rows, 4)
    place = engine.unload()
    wanted = engine.run(rows, 4)
    np.testing.assert_array_equal(make(name, task, place).run(rows, 4), wanted)


def test_running_averages_follow_the_batches_and_are_used_afterwards(name):
    task = task_of(NORMED, replace(VALUES, batch_size=4), 12)
    engines = agree(name, task)
    outputs, wanted = (engine.outputs(task.inputs) for engine in engines)
    assert apart(outputs, wanted) < NEAR
    assert apart(engines[0].outputs(task.inputs[:1]), wanted[:1]) < NEAR


def test_a_last_batch_may_be_smaller(name):
    task = task_of(DENSE, VALUES, 10)
    rows = np.random.default_rng(0).permutation(10)
    engine, _ = agree(name, task, rows)
    assert len(engine.run(rows[:7], 4)) == 2


def test_a_loss_that_is_not_finite_tells_that_training_has_diverged(name):
    network = mlp(3, (8,), 2, "relu")
    engine = make(name, task_of(network, replace(VALUES, learning_rate=1000.0)))
    losses = engine.run(np.tile(np.arange(4), 60), 4)
    assert np.isfinite(losses[0])
    assert not np.isfinite(losses[-1])


def test_a_device_that_is_not_there_is_named_with_those_that_are(name):
    made = engine_class(name)
    with pytest.raises(EngineError, match=r"the moon.*" + made.devices()[0].split("(")[0]):
        made(task_of(DENSE, VALUES), "the moon")


def resident():
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def test_memory_stays_what_it_is_over_500_steps(name):
    network = NetworkSpec((ANY, 3), (RecurrentSpec("lstm", 16), LinearSpec(2)))
    for net in (network, NORMED):
        engine = make(name, task_of(net, VALUES))
        engine.run(np.tile(np.arange(4), 50), 4)
        gc.collect()
        before = resident()
        for _ in range(50):
            engine.run(np.tile(np.arange(4), 10), 4)
            engine.unload()
        gc.collect()
        assert resident() - before < 500 * 8192, "more than 8 kB a step"
        engine.close()


def test_a_trainer_learns_by_it_what_it_learns_by_itself(name):
    specs = (mlp(2, (4,), 1), DataSpec("circles", 45),
             TrainSpec(optimizer="adam", dtype="float32"))  # fmt: skip
    made = engine_class(name)
    here, there = Trainer(*specs), ServedTrainer(*specs, lambda task: made(task,
                                                                           made.devices()[0]))
    for trainer in (here, there):
        trainer.step_epoch()
        trainer.step_epoch()
    ours, theirs = there.snapshot(), here.snapshot()
    np.testing.assert_allclose(ours.history, theirs.history, rtol=1e-4)
    assert apart(ours.parameters, theirs.parameters) < 1e-4


PICTURES = st.one_of(
    st.builds(Conv2dSpec, st.sampled_from([2, 4]), st.integers(1, 3), st.integers(1, 2),
              st.sampled_from([0, 1, (2, 1), (0, 1, 2, 0), "same", "full"]), st.integers(1, 2),
              st.sampled_from([1, 2]), st.booleans(), st.booleans()),
    st.builds(PoolSpec, st.sampled_from(["max", "min", "average"]), st.integers(2, 3),
              st.integers(1, 3), st.sampled_from([0, 1, (1, 0, 0, 1)]), st.booleans(),
              st.booleans()),
    st.just(BatchNorm2dSpec()),
    st.builds(LocalResponseNormSpec, st.integers(1, 4), st.just(0.5)),
    st.builds(ActivationSpec, st.sampled_from(["sigmoid", "elu", "gelu", "softplus", "identity"])),
)  # fmt: skip


def pictured(chain, skips):
    """A network of such layers; with `skips` their input stands beside their output."""
    inner = (BranchesSpec((tuple(chain), ()), "concatenate"),) if skips else chain
    return NetworkSpec((2, 9, 8), (Conv2dSpec(4, 3), *inner, FlattenSpec(), LinearSpec(2)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(chain=st.lists(PICTURES, min_size=1, max_size=4), skips=st.booleans())
def test_any_chain_of_layers_on_pictures_has_numpys_loss(name, chain, skips):
    try:
        network = pictured(chain, skips)
        task = task_of(network, VALUES)
        place = start_of(task)
    except ValueError:
        reject()  # the core refuses what does not fit
    if engine_class(name).obstacle(network, VALUES):
        return
    rows = np.arange(4)
    losses = make(name, task, place).run(rows, 4), exact(task, place).run(rows, 4)
    np.testing.assert_allclose(*losses, rtol=1e-4)
