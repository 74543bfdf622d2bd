"""Every number of layers on pictures opens, forward and backward, down to pixels and weights."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.data.samples import Samples
from core.explain import Ref, Trace, explain
from core.network import Network
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
    TrainSpec,
)
from core.training import Trainer

LAYERS = {
    "conv": Conv2dSpec(4, (2, 3), (2, 1), (1, 0, 2, 1), (1, 2)),
    "conv same": Conv2dSpec(3, 4, padding="same", bias=False),
    "conv full": Conv2dSpec(2, 3, padding="full"),
    "conv flip": Conv2dSpec(3, 3, flip=True, padding=1),
    "conv groups": Conv2dSpec(4, 3, groups=2),
    "depth-wise": Conv2dSpec(4, 2, stride=3, groups=4),
    "1x1": Conv2dSpec(3, 1),
    "max": PoolSpec("max", 2),
    "max overlapping": PoolSpec("max", 3, 2, (1, 0, 2, 1), ceil_mode=True),
    "min": PoolSpec("min", (2, 3), 1, 1),
    "average": PoolSpec("average", 3, 2, 1, ceil_mode=True),
    "average with padding": PoolSpec("average", 3, 2, 1, count_include_pad=True),
    "global": PoolSpec("average"),
    "batch norm": BatchNorm2dSpec(),
    "local response norm": LocalResponseNormSpec(3, 0.9, 0.75, 1.5),
    "dropout": DropoutSpec(0.4),
    "residual": BranchesSpec(((Conv2dSpec(4, 3, padding=1), BatchNorm2dSpec()), ())),
}
SHAPE = (4, 5, 6)


def traced(layer, training, l2=0.0):
    """A pass through the layer between a convolution and a head, with whole numbers as pixels so
    that pools meet equal values."""
    rng = np.random.default_rng(11)
    first = Conv2dSpec(SHAPE[0], 1, bias=False)
    spec = NetworkSpec((2, *SHAPE[1:]), (first, layer, ActivationSpec("relu"), FlattenSpec(),
                                         LinearSpec(3)))  # fmt: skip
    network = Network(spec)
    network.initialize(rng)
    network.view("layers.0.weight")[...] = rng.integers(-1, 2, (4, 2, 1, 1))
    x = rng.integers(-2, 3, (2, 2, *SHAPE[1:])).astype(float)
    if not training:  # running averages that are not those of the start
        network.forward(x, training=True, rng=rng)
    return Trace(network, x, rng.integers(0, 3, 2), TrainSpec("cross_entropy", l2=l2),
                 training=training, rng=np.random.default_rng(1))  # fmt: skip


def starts(trace, rng):
    """Random elements of everything about the layer: outputs, gradients by inputs, parameters."""
    arrays = {"layers.1.output": trace.output("1"), "layers.1.dinput": trace.dinput("1"),
              "layers.0.dinput": trace.dinput("0")}  # fmt: skip
    for name in trace.network.parameter_names:
        layer, key = name.rsplit(".", 1)
        arrays[f"{layer}.d{key}"] = trace.network.view(name, trace.gradients)
    for tensor, array in arrays.items():
        for flat in rng.integers(0, array.size, 12):
            index = tuple(int(i) for i in np.unravel_index(flat, array.shape))
            yield Ref(tensor, index), float(array[index])


def adds_up(opened):
    total = math.fsum(term.value for term in opened.terms)
    scale = max((abs(term.value) for term in opened.terms), default=0)
    return math.isclose(opened.result, total, rel_tol=1e-9, abs_tol=1e-12 * scale + 1e-15)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_number_opens_down_to_pixels_and_weights(layer, training):
    trace = traced(layer, training)
    rng = np.random.default_rng(12)
    found = dict(starts(trace, rng))
    for ref, value in found.items():
        assert explain(trace, ref).result == pytest.approx(value, rel=1e-12, abs=1e-300), ref
    pending, seen = list(found), set()
    while pending and len(seen) < 1500:
        ref = pending.pop(int(rng.integers(len(pending))))
        if ref in seen:
            continue
        seen.add(ref)
        opened = explain(trace, ref)
        assert opened.ref == ref
        assert opened.kind == "given" or opened.terms or opened.arguments or opened.result == 0
        if opened.kind == "sum":
            assert adds_up(opened), ref
        for factor in [f for term in opened.terms for f in term.factors] + list(opened.arguments):
            if factor.ref:
                pending.append(factor.ref)
                if factor.symbol.startswith(("is the right", "sign")):
                    continue  # it is made of the number that it opens
                below = explain(trace, factor.ref).result
                assert math.isclose(below, factor.value, rel_tol=1e-9, abs_tol=1e-15), factor


@pytest.mark.parametrize("name", ["conv", "batch norm"])
def test_a_penalty_is_part_of_the_gradient_by_a_weight(name):
    trace = traced(LAYERS[name], True, l2=0.5)
    shape = trace.network.view("layers.1.weight").shape
    opened = explain(trace, Ref("layers.1.dweight", (1,) + (0,) * (len(shape) - 1)))
    assert adds_up(opened)
    assert opened.terms[-1].factors[0].symbol == "l2"
    explain_all = [explain(trace, term.factors[0].ref) for term in opened.terms[:-1]]
    assert all(adds_up(part) for part in explain_all)


def test_a_unit_of_a_convolution_shows_every_product_and_its_padding():
    spec = NetworkSpec((1, 2, 2), (Conv2dSpec(1, 3, padding=1),))
    network = Network(spec)
    network.view("layers.0.weight")[0, 0] = np.arange(1, 10).reshape(3, 3)
    network.view("layers.0.bias")[0] = 0.5
    trace = Trace(network, np.array([[[[1.0, 2], [3, 4]]]]))
    opened = explain(trace, Ref("layers.0.output", (0, 0, 0, 0)))
    assert opened.result == 5 * 1 + 6 * 2 + 8 * 3 + 9 * 4 + 0.5
    assert [term.value for term in opened.terms] == [0, 0, 0, 0, 5, 12, 0, 24, 36, 0.5]
    pixels = [term.factors[1] for term in opened.terms[:-1]]
    assert [pixel.symbol for pixel in pixels[:4]] == ["padding"] * 4
    assert pixels[8].ref == Ref("input", (0, 0, 1, 1))
    assert opened.terms[8].factors[0].ref == Ref("layers.0.weight", (0, 0, 2, 2))


def test_a_maximum_says_who_won():
    x = np.array([[[[1.0, 5, 0, 0], [5, 2, 0, -1]]]])
    spec = NetworkSpec((1, 2, 4), (PoolSpec("max", 2), FlattenSpec(), LinearSpec(1)))
    network = Network(spec)
    network.view("layers.2.weight")[...] = [[10, 20]]
    trace = Trace(network, x, np.zeros((1, 1)))
    opened = explain(trace, Ref("layers.0.output", (0, 0, 0, 0)))
    assert opened.substituted == "max(1, 5, 5, 2)"
    assert opened.note == "x[1, 1, 2] won."
    assert opened.formula.endswith("the largest of 4 pixels, the first of equal ones")
    routed = {
        (y, x): explain(trace, Ref("layers.0.dinput", (0, 0, y, x))) for y in (0, 1) for x in (0, 1)
    }
    assert {place: part.terms[0].factors[1].symbol for place, part in routed.items()} == {
        (0, 0): "did not win", (0, 1): "won", (1, 0): "did not win", (1, 1): "did not win",
    }  # fmt: skip
    assert routed[0, 1].result == explain(trace, Ref("layers.0.doutput", (0, 0, 0, 0))).result != 0
    assert routed[1, 0].result == 0


def test_a_pixel_that_no_unit_reads_has_no_gradient():
    spec = NetworkSpec((1, 3, 3), (PoolSpec("average", 2), FlattenSpec(), LinearSpec(1)))
    trace = Trace(Network(spec), np.ones((1, 1, 3, 3)), np.ones((1, 1)))
    opened = explain(trace, Ref("layers.0.dinput", (0, 0, 2, 2)))
    assert opened.result == 0
    assert opened.terms == ()
    assert "no unit reads" in opened.formula


def test_the_mean_of_a_batch_opens_into_its_samples_and_these_into_pixels():
    trace = traced(BatchNorm2dSpec(), True)
    value = explain(trace, Ref("layers.1.normalized", (0, 2, 1, 1)))
    centred, variance = value.arguments
    mean = explain(trace, explain(trace, centred.ref).terms[1].factors[1].ref)
    values = trace.output("0")[:, 2]
    assert mean.result == pytest.approx(values.mean(), rel=1e-12)
    assert len(mean.terms) == len(trace.inputs)
    assert len(explain(trace, mean.terms[0].factors[1].ref).terms) == values[0].size
    assert explain(trace, variance.ref).result == pytest.approx(values.var(), rel=1e-12)


def test_without_training_the_running_averages_are_given():
    trace = traced(BatchNorm2dSpec(), False)
    mean = explain(trace, Ref("layers.1.mean", (2,)))
    assert mean.kind == "given"
    assert mean.result == trace.network.state()["layers.1.running_mean"][2] != 0
    assert "running average" in mean.note


def test_dropout_shows_what_it_dropped():
    trace = traced(DropoutSpec(0.4), True)
    symbols = set()
    for index in np.ndindex(trace.output("1").shape):
        opened = explain(trace, Ref("layers.1.output", index))
        drawn, value = opened.terms[0].factors
        symbols.add(drawn.symbol)
        assert drawn.value == (0 if drawn.symbol == "dropped" else 1 / 0.6)
        assert value.value == trace.output("0")[index]
    assert symbols == {"kept", "dropped"}
    quiet = traced(DropoutSpec(0.4), False)
    assert explain(quiet, Ref("layers.1.output", (0, 0, 0, 0))).terms[0].factors[0].value == 1


def test_a_snapshot_knows_what_the_next_step_will_drop_and_normalise():
    network = NetworkSpec((1, 6, 6), (
        Conv2dSpec(2, 3), BatchNorm2dSpec(), DropoutSpec(0.5), FlattenSpec(), LinearSpec(3),
    ))  # fmt: skip
    rng, count = np.random.default_rng(2), 12
    everything = np.arange(count)
    samples = Samples(rng.normal(size=(count, 1, 6, 6)), everything % 3, 3, everything,
                      everything[:0])  # fmt: skip
    trainer = Trainer(network, samples, TrainSpec("cross_entropy", batch_size=5))
    for _ in range(4):
        now = trainer.snapshot()
        first, again = (
            Trace(now.network(), now.batch_inputs, now.batch_targets, now.train_spec,
                  training=True, rng=now.rng).gradients
            for _ in range(2)
        )  # fmt: skip
        trainer.step()
        np.testing.assert_array_equal(first, trainer.network.gradients)
        np.testing.assert_array_equal(again, first)  # to explain is not to draw
    assert trainer.snapshot().rng is not None
    plain = replace(network, layers=(*network.layers[:2], *network.layers[3:]))
    assert Trainer(plain, samples, TrainSpec("cross_entropy")).snapshot().rng is None


@pytest.mark.parametrize("ref", [
    Ref("layers.1.output", (0, 0, 9, 0)),
    Ref("layers.1.output", (0, 0)),
    Ref("layers.1.dweight", (9, 0, 0, 0)),
    Ref("layers.1.dweight_of_sample", (7, 0, 0, 0, 0)),
    Ref("layers.1.dgamma", (0,)),
    Ref("layers.1.won", (0, 0, 0, 0, 0, 0)),
])  # fmt: skip
def test_a_number_that_is_not_there_is_refused(ref):
    with pytest.raises(ValueError, match=r"is not in this network"):
        explain(traced(LAYERS["conv"], True), ref)
