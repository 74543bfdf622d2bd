"""What recurrent layers compute within, as a record and in a snapshot."""

import dataclasses
import math

import numpy as np
import pytest

from core.data.samples import Samples
from core.explain import Ref, Trace, explain
from core.network import Network
from core.records import record_recurrent
from core.spec import ANY, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec
from core.training import Trainer
from tests.core.recurrent_cases import CASES

N, T, TOKENS, HIDDEN = 6, 5, 3, 4
TRAIN = TrainSpec("cross_entropy", batch_size=3)
LAYERS = (OneHotSpec(TOKENS), RecurrentSpec("lstm", HIDDEN, "both"),
          RecurrentSpec("gru", HIDDEN, "both", look_ahead=2), LinearSpec(TOKENS))  # fmt: skip
MASK = np.arange(T) < np.array([5, 3, 4, 1, 5, 2])[:, None]


def make_trainer(train=TRAIN, mask=MASK):
    tokens = np.random.default_rng(0).integers(0, TOKENS, (N, T))
    data = Samples(tokens, tokens, TOKENS, np.arange(N), np.arange(0), mask)
    return Trainer(NetworkSpec((ANY,), LAYERS), data, train)


def test_a_snapshot_has_records_when_asked():
    trainer = make_trainer()
    assert not trainer.snapshot().records
    trainer.step()
    parameters, gradients = trainer.network.parameters.copy(), trainer.network.gradients.copy()
    snapshot = trainer.snapshot(records=True)
    np.testing.assert_array_equal(trainer.network.parameters, parameters)
    np.testing.assert_array_equal(trainer.network.gradients, gradients)
    assert list(snapshot.records) == ["1", "2"]
    first, second = snapshot.records["1"].passes
    n = len(snapshot.batch_samples)
    for name in ("i", "f", "g", "o", "h", "c", "dh", "dc", "f_sum", "df", "do_sum"):
        assert first.values[name].shape == second.values[name].shape == (n, T, HIDDEN)
    assert snapshot.records["2"].passes[1].values["z"].shape == (n, T, 3, HIDDEN)
    with pytest.raises(ValueError, match="read-only"):
        first.values["i"][0] = 0
    outputs = snapshot.network().forward(snapshot.batch_inputs, mask=snapshot.batch_masks.exist)
    trace = Trace(snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, TRAIN,
                  mask=snapshot.batch_masks.exist)  # fmt: skip
    np.testing.assert_allclose(trace.outputs[-1], outputs, rtol=1e-12)
    h = np.concatenate([each.values["h"] for each in (first, second)], axis=-1)
    np.testing.assert_allclose(h, trace.output("1"), rtol=1e-12)


def test_records_and_explanations_say_the_same():
    snapshot = make_trainer().snapshot(records=True)
    trace = Trace(snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, TRAIN,
                  mask=snapshot.batch_masks.exist)  # fmt: skip
    for name in ("o", "c", "dc", "dg_sum"):
        value = snapshot.records["1"].passes[1].values[name][1, 2, 3]
        opened = explain(trace, Ref(f"layers.1.{name}_reverse", (1, 2, 3)))
        assert math.isclose(opened.result, value, rel_tol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gradients_by_sums_are_those_by_the_bias(case):
    """Each sum has the bias as a term, so all its gradients together are the bias's."""
    spec = RecurrentSpec(case.cell.name, HIDDEN, transition_layers=case.layers,
                         transition_shortcut=case.shortcut, activation=case.activation)  # fmt: skip
    network = Network(NetworkSpec((ANY, 2), (spec,)))
    network.initialize(np.random.default_rng(0))
    rng = np.random.default_rng(1)
    x, dy = rng.normal(size=(2, T, N)), rng.normal(size=(HIDDEN, T, N))
    network.forward(x.transpose(2, 1, 0), training=True, mask=MASK)
    network.backward(dy.transpose(2, 1, 0))
    (found,) = record_recurrent(network.layers[0], x, MASK.T, dy).passes
    first = {"lstm": "ifgo", "gru": "rzn", "rnn": ["u0" if case.layers else "h"]}[case.cell.name]
    sums = [found.values[f"d{name}_sum"].sum(axis=(0, 1)) for name in first]
    wanted = network.view("layers.0.bias", network.gradients)
    np.testing.assert_allclose(np.concatenate(sums), wanted, rtol=1e-10, atol=1e-12)
    if case.cell.name == "gru":
        wanted = network.view("layers.0.bias_hn", network.gradients)
        np.testing.assert_allclose(found.values["dm"].sum(axis=(0, 1)), wanted, rtol=1e-10)


def test_gates_lie_between_0_and_1():
    for found in make_trainer(mask=None).snapshot(records=True).records.values():
        for each in found.passes:
            for name in {"i", "f", "o", "r", "z"} & set(each.values):
                assert each.values[name].min() > 0 if not each.is_windowed else True
                assert each.values[name].max() <= 1


def test_an_update_from_carried_states_is_foreseen():
    train = dataclasses.replace(TRAIN, carry_state=True)
    trainer = make_trainer(train, mask=None)
    trainer.step()
    snapshot = trainer.snapshot(records=True)
    start = snapshot.records["1"].passes[0].start
    np.testing.assert_array_equal(start.h, trainer.network.carried()["1"][0].h)
    trace = Trace(snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, train,
                  snapshot.optimizer)  # fmt: skip
    trainer.step()
    np.testing.assert_allclose(trace.updated[0], trainer.network.parameters, rtol=1e-12)


@pytest.mark.parametrize("bounds", [{"clip_norm": 0.05}, {"clip_value": 0.01},
                                    {"clip_norm": 0.05, "clip_value": 0.02}])  # fmt: skip
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_bounded_update_that_is_explained_is_the_one_that_happens(bounds, optimizer):
    train = dataclasses.replace(TRAIN, optimizer=optimizer, l2=0.01, **bounds)
    trainer = make_trainer(train)
    trainer.step()
    snapshot = trainer.snapshot()
    trace = Trace(snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, train,
                  snapshot.optimizer, mask=snapshot.batch_masks.exist)  # fmt: skip
    name = "layers.1.weight_hh"
    foreseen = [explain(trace, Ref(f"update.{name}", index)).result
                for index in np.ndindex(trainer.network.view(name).shape)]  # fmt: skip
    clipped = explain(trace, Ref(f"clipped.{name}", (2, 1)))
    assert clipped.arguments[0].ref == Ref("layers.1.dweight_hh", (2, 1))
    trainer.step()
    np.testing.assert_allclose(foreseen, trainer.network.view(name).ravel(), rtol=1e-12)
    inside = trainer.network.view(name, trainer.network.gradients)[2, 1]
    assert math.isclose(clipped.result, inside, rel_tol=1e-10)
    for key, limit in bounds.items():
        assert f"{limit:g}" in clipped.formula, key
