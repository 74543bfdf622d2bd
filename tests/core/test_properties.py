"""What holds for any network, any data and any number in it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.explain import Ref, Trace, explain
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES, softmax
from core.network import Network
from core.optimizers import OPTIMIZERS
from core.spec import DataSpec, NetworkSpec, TrainSpec, from_json, mlp, to_json
from core.training import Trainer

finite = st.floats(-50, 50)
activations = st.sampled_from(sorted(ACTIVATIONS))
networks = st.builds(
    mlp, st.integers(1, 4), st.lists(st.integers(1, 5), max_size=3).map(tuple), st.integers(1, 3),
    activations,
)  # fmt: skip


@given(arrays(float, (3, 4), elements=finite), finite)
def test_softmax_sums_to_one_and_ignores_shifts(logits, shift):
    p = softmax(logits)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(logits + shift), p, rtol=1e-10, atol=1e-15)


@given(arrays(float, 5, elements=st.floats(-1e4, 1e4)), activations)
def test_activations_stay_in_their_range(z, name):
    activation = ACTIVATIONS[name]
    with np.errstate(all="raise", under="ignore"):
        a, slope = activation.function(z), activation.derivative(z)
    assert (a >= activation.low - 1e-9).all()
    assert (a <= activation.high).all()
    assert np.isfinite(slope).all()


@settings(max_examples=50)
@given(networks, st.integers(0, 1000))
def test_a_batch_equals_its_samples_one_by_one(spec, seed):
    rng = np.random.default_rng(seed)
    network = Network(spec)
    network.initialize(rng)
    x = rng.normal(size=(4, spec.input_size))
    single = np.concatenate([network.forward(row[None]) for row in x])
    np.testing.assert_allclose(network.forward(x), single, rtol=1e-12, atol=1e-14)


@given(networks)
def test_network_specs_survive_json(spec):
    assert from_json(NetworkSpec, to_json(spec)) == spec


@given(st.sampled_from([DataSpec("spiral", num_classes=4), TrainSpec("cross_entropy", "adam")]))
def test_other_specs_survive_json(spec):
    assert from_json(type(spec), to_json(spec)) == spec


BAD_FIELDS = [
    (DataSpec, "num_samples", [0, -1, 10**9, 2.5, True, "10", None]),
    (DataSpec, "noise", [-0.1, 0.6, math.nan, math.inf, "0", True]),
    (DataSpec, "name", ["", "__import__", 3]),
    (DataSpec, "num_classes", [1, 6]),
    (DataSpec, "features", [(), ("x9",)]),
    (TrainSpec, "learning_rate", [-1, math.nan, 1e9]),
    (TrainSpec, "batch_size", [0, 1.5]),
    (TrainSpec, "optimizer", ["lbfgs"]),
    (TrainSpec, "dtype", ["float16"]),
]


@pytest.mark.parametrize(("cls", "name", "values"), BAD_FIELDS)
def test_a_bad_field_is_named(cls, name, values):
    words = {"name": "data set", "features": "feature"}.get(name, name)
    for value in values:
        with pytest.raises(ValueError, match=words):
            cls(**{name: value})


def test_unknown_and_misplaced_json_is_named():
    with pytest.raises(ValueError, match="surprise"):
        from_json(TrainSpec, {"surprise": 1})
    with pytest.raises(ValueError, match="kind of a layer"):
        from_json(NetworkSpec, {"input_shape": [2], "layers": [{"kind": "eval"}]})
    with pytest.raises(ValueError, match="an object"):
        from_json(DataSpec, [1, 2])


def traces():
    """A trace of a small trainer after a few steps, for each loss and optimizer."""
    cases = [
        (mlp(2, (3, 2), 1, "tanh", "tanh"), DataSpec(num_samples=25), "mse"),
        (mlp(2, (3,), 3, "sigmoid"), DataSpec("spiral", 25, num_classes=3), "cross_entropy"),
        (mlp(2, (3, 2), 1, "gelu"), DataSpec("xor", 25), "binary_cross_entropy"),
        (mlp(2, (2,), 3, "relu", "tanh"), DataSpec("circles", 25, num_classes=3), "mse"),
    ]
    for optimizer in OPTIMIZERS:
        for network, data, loss in cases:
            train = TrainSpec(loss, optimizer, 0.1, 4, l1=0.01, l2=0.02)
            trainer = Trainer(network, data, train)
            for _ in range(5):
                trainer.step()
            yield pytest.param(trainer, id=f"{optimizer}-{loss}-{network.sizes[-1]}")


@pytest.mark.parametrize("trainer", list(traces()))
def test_every_number_opens_down_to_what_was_given(trainer):
    """From the loss and every update down: sums add up, and each factor opens to its value."""
    network = trainer.network
    x, y = trainer.batch_arrays()
    trace = Trace(network, x, y, trainer.train_spec, trainer.optimizer)
    pending = [Ref("loss")]
    for name in network.parameter_names:
        pending += [Ref(f"update.{name}", i) for i in np.ndindex(network.view(name).shape)]
    seen = {}
    while pending:
        ref = pending.pop()
        if ref in seen:
            continue
        seen[ref] = explanation = explain(trace, ref)
        if explanation.kind == "sum":
            total = sum(term.value for term in explanation.terms)
            assert math.isclose(explanation.result, total, rel_tol=1e-9, abs_tol=1e-15), ref
        factors = [f for term in explanation.terms for f in term.factors]
        for factor in (*factors, *explanation.arguments):
            if factor.ref is None:
                continue
            pending.append(factor.ref)
            if not factor.symbol.startswith(("is the right", "sign")):
                opened = explain(trace, factor.ref).result
                assert math.isclose(opened, factor.value, rel_tol=1e-12), factor
    kinds = {ref.tensor.split(".")[0] for ref in seen}
    assert {"input", "target", "loss", "sample_loss", "update", "layers"} <= kinds


def test_the_update_that_is_explained_is_the_one_that_happens():
    for optimizer in OPTIMIZERS:
        train = TrainSpec("mse", optimizer, 0.1, 4, l2=0.02)
        trainer = Trainer(mlp(2, (3,), 1, "tanh", "tanh"), DataSpec(num_samples=30), train)
        trainer.step()
        trainer.step()
        x, y = trainer.batch_arrays()
        before = Network(trainer.network_spec)
        before.parameters[:] = trainer.network.parameters
        trace = Trace(before, x, y, train, trainer.snapshot().optimizer)
        foreseen = [
            explain(trace, Ref(f"update.{name}", i)).result
            for name in before.parameter_names
            for i in np.ndindex(before.view(name).shape)
        ]
        trainer.step()
        np.testing.assert_allclose(foreseen, trainer.network.parameters, rtol=1e-12)


@pytest.mark.parametrize(
    "ref",
    [
        Ref("layers.0.output", (0, 99)),
        Ref("layers.9.weight", (0, 0)),
        Ref("__class__", ()),
        Ref("layers.0.weight", ()),
        Ref("layers.1.weight", (0, 0)),
    ],
)
def test_a_number_that_is_not_there_is_refused(ref):
    trainer = Trainer(mlp(2, (3,), 1, "tanh", "tanh"), DataSpec(), TrainSpec())
    x, y = trainer.batch_arrays()
    with pytest.raises(ValueError, match=r"number|network|there is no"):
        explain(Trace(trainer.network, x, y), ref)


def test_losses_refuse_targets_that_do_not_fit():
    output = np.zeros((3, 2))
    for name, target in [
        ("mse", np.zeros(3)),
        ("cross_entropy", np.zeros((3, 2))),
        ("cross_entropy", np.array([0, 1, 2])),
        ("binary_cross_entropy", np.zeros((2, 2))),
    ]:
        with pytest.raises(ValueError, match=name):
            LOSSES[name](output, target)
    with pytest.raises(ValueError, match="at least 1"):
        LOSSES["mse"](np.zeros((0, 2)), np.zeros((0, 2)))


@pytest.mark.parametrize("num_outputs", [1, 3])
def test_a_prediction_of_squared_errors_opens_as_the_output_that_it_is(num_outputs):
    trainer = Trainer(mlp(2, (3,), num_outputs, "relu", "tanh"),
                      DataSpec("circles", 25, num_classes=max(2, num_outputs)),
                      TrainSpec("mse"))  # fmt: skip
    trace = Trace(trainer.network, *trainer.batch_arrays(), trainer.train_spec)
    for k in range(num_outputs):
        opened = explain(trace, Ref("prediction", (0, k)))
        output = explain(trace, Ref("layers.3.output", (0, k)))
        assert opened.ref == Ref("prediction", (0, k))
        assert (opened.result, opened.formula, opened.arguments) == (
            output.result, output.formula, output.arguments)  # fmt: skip
        assert "softmax" not in opened.formula
