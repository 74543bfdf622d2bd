"""Dense against convolution: the numbers of the lecture, and which of them follows a picture."""

import numpy as np
import pytest

from core.comparison import WAYS, Comparison, explain_misfit, misfit, moved
from core.explain.record import Ref
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec


def test_the_numbers_of_the_lecture():
    it = Comparison()
    assert it.conv.shape("0") == (6, 24, 24)
    assert it.number("dense", "parameters") == 784 * 3456 + 3456 == 2_712_960
    assert it.number("conv", "parameters") == 5 * 5 * 6 + 6 == 156
    assert it.number("local", "parameters") == 3456 * 25 + 3456
    assert it.explanation("dense", "parameters").substituted == "3,456 × 784 + 3,456"
    assert it.explanation("conv", "parameters").substituted == "6 × 1 × 5 × 5 + 6"


def test_local_and_shared_weights_take_the_same_products():
    it = Comparison(side=20, in_channels=3, kernel_size=4, out_channels=8)
    assert it.number("local", "multiply_adds") == it.number("conv", "multiply_adds")
    assert it.number("dense", "multiply_adds") == 3 * 400 * 8 * 17 * 17
    for way in WAYS:
        for what in ("parameters", "multiply_adds"):
            opened = it.explanation(way, what)
            assert sum(term.value for term in opened.terms) == opened.result


@pytest.mark.parametrize("sizes", [{"kernel_size": 29}, {"side": 300, "out_channels": 6}])
def test_sizes_that_cannot_be(sizes):
    with pytest.raises(ValueError, match=r"does not fit|out_features"):
        Comparison(**sizes)


@pytest.mark.parametrize(("dy", "dx"), [(0, 0), (2, -1), (-3, 3), (9, 0)])
def test_moving(dy, dx):
    picture = np.arange(1.0, 26).reshape(1, 5, 5)
    out = moved(picture, dy, dx)
    for y in range(5):
        for x in range(5):
            inside = 0 <= y - dy < 5 and 0 <= x - dx < 5
            assert out[0, y, x] == (picture[0, y - dy, x - dx] if inside else 0)


def test_a_convolution_follows_and_a_dense_layer_does_not():
    rng = np.random.default_rng(0)
    network = Network(NetworkSpec((1, 16, 16), (Conv2dSpec(1, 3),)), "float64")
    network.view("layers.0.weight")[...] = rng.normal(size=(1, 1, 3, 3))
    picture = np.zeros((1, 16, 16))
    picture[:, 6:10, 6:10] = rng.uniform(size=(1, 4, 4))
    weight = rng.normal(size=(196, 256))

    def conv(x):
        return network.forward(x[None])[0]

    def dense(x):
        return (weight @ x.ravel()).reshape(1, 14, 14)

    after = moved(picture, 2, -3)
    assert misfit(conv(picture), conv(after), 2, -3)[0] == pytest.approx(0, abs=1e-12)
    wrong, size = misfit(dense(picture), dense(after), 2, -3)
    assert wrong / size > 0.8


def test_the_misfit_opens():
    opened = explain_misfit(Ref("misfit.conv"), (3.0, 4.0))
    assert (opened.result, opened.substituted) == (0.75, "3 / 4")
    assert explain_misfit(Ref("misfit.conv"), (0.0, 0.0)).result == 0
