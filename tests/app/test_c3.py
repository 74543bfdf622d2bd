"""C3 without a page: every number is the convolution's, opens, and shows where it goes."""

import numpy as np
import pytest

from core.explain import Ref
from tests.app.helpers import tell


def grid(app, kind, i=0):
    return app.chapter.grids.plane(kind, i).grid


def naive(x, w, b, flip=False):
    """x (C, H, W), w (K, C, kh, kw) -> (K, rows, columns), by its definition."""
    w = w[:, :, ::-1, ::-1] if flip else w
    kh, kw = w.shape[2:]
    rows, columns = x.shape[1] - kh + 1, x.shape[2] - kw + 1
    return np.array([[[float((x[:, u:u + kh, v:v + kw] * kernel).sum()) + bias
                       for v in range(columns)] for u in range(rows)]
                     for kernel, bias in zip(w, b, strict=True)])  # fmt: skip


def test_the_start_is_the_example_of_the_lecture(open_app):
    app = open_app("?chapter=c3")
    assert grid(app, "image").values[1] == [0, 1, 1, 1, 0]
    assert grid(app, "kernel").values == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert grid(app, "output").values == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert grid(app, "product").values == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert app.chapter.grids.sum.values == [[4, 0, 4]]
    assert app.arithmetic.trail[-1]["substituted"].count("×") == 9


@pytest.mark.parametrize("query", [
    "picture=digit&channels=3&kernels=2&b=1.5~-2", "picture=step&k=-1~0~1~-2~0~2~-1~0~1&flip=1",
    "picture=board&kh=2&kw=4&k=1~2~3~4~5~6~7~8",
])  # fmt: skip
def test_outputs_are_those_of_the_definition_and_open_to_the_same(open_app, query):
    app = open_app(f"?chapter=c3&{query}")
    state = app.chapter.state
    expected = naive(state.pixels(), state.weights(), state.biases(), state.flip)
    for o in range(state.kernels):
        np.testing.assert_allclose(grid(app, "output", o).values, expected[o])
        tell(grid(app, "output", o), "open", row=1, column=2)
        assert app.arithmetic.trail[-1]["result"] == pytest.approx(expected[o, 1, 2])
        products = [np.sum(grid(app, "product", c).values) for c in range(state.channels)]
        assert app.chapter.grids.sum.values[0][:-2] == pytest.approx(products)
        assert sum(products) + state.biases()[o] == pytest.approx(expected[o, 1, 2])


def test_pointing_slides_the_kernel_and_leaving_brings_it_back(open_app):
    app = open_app("?chapter=c3")
    tell(grid(app, "output"), "point", row=2, column=1)
    assert grid(app, "image").windows == [[2, 1, 4, 3]]
    assert grid(app, "image").captions["2,1"] == "×1"
    assert grid(app, "output").windows == [[2, 1, 2, 1]]
    assert app.chapter.grids.sum.values == [[3, 0, 3]]
    tell(grid(app, "output"), "leave", row=2, column=1)
    assert grid(app, "image").windows == [[0, 0, 2, 2]]


def test_a_pixel_is_traced_to_every_output_it_goes_into(open_app):
    app = open_app("?chapter=c3&k=1~2~3~4~5~6~7~8~9")
    tell(grid(app, "image"), "open", row=0, column=1)
    assert sorted(grid(app, "output").highlight) == [[0, 0], [0, 1]]
    assert grid(app, "output").captions == {"0,0": "×2", "0,1": "×1"}
    assert [use["symbol"] for use in app.arithmetic.trail[-1]["uses"]] == ["y[1, 1]", "y[1, 2]"]


def test_a_flipped_kernel_lies_the_other_way_round(open_app):
    app = open_app("?chapter=c3&picture=dot&k=1~2~3~4~5~6~7~8~9&flip=1")
    assert grid(app, "output").values == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert grid(app, "image").captions["0,0"] == "×9"
    tell(app.controls, "set", name="flip", value=False)
    assert grid(app, "output").values == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


def test_gradients_are_those_of_the_loss_and_open(open_app):
    app = open_app("?chapter=c3&picture=digit&kernels=2&channels=2&back=1&loss=squares")
    state = app.chapter.state

    def loss(x, w):
        return 0.5 * (naive(x, w, state.biases()) ** 2).sum()

    x, w = state.pixels(), state.weights()
    for kind, array, index in (("dimage", x, (1, 3, 4)), ("dkernel", w, (0, 1, 2, 0))):
        moved = [array.copy(), array.copy()]
        moved[0][index] += 0.5
        moved[1][index] -= 0.5
        both = [loss(m, w) if array is x else loss(x, m) for m in moved]
        plane = grid(app, kind, index[-3])
        assert plane.values[index[-2]][index[-1]] == pytest.approx(both[0] - both[1])
        tell(plane, "open", row=index[-2], column=index[-1])
        assert app.arithmetic.trail[-1]["result"] == pytest.approx(both[0] - both[1])
    tell(app.chapter.biases, "open", row=1, column=1)
    outputs = naive(x, w, state.biases())
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(outputs[1].sum())


def test_the_gradient_of_one_output_is_the_kernel_at_its_place(open_app):
    app = open_app("?chapter=c3&back=1&loss=one&k=1~2~3~4~5~6~7~8~9")
    tell(grid(app, "output"), "open", row=1, column=2)
    assert np.array(grid(app, "dimage").values)[1:4, 2:].ravel().tolist() == [*range(1, 10)]
    assert np.sum(grid(app, "dimage").values) == 45
    tell(app.transport, "step", id="next")
    assert np.array(grid(app, "dimage").values)[2:, :3].ravel().tolist() == [*range(1, 10)]


def test_presets_sizes_and_numbers_of_kernels_keep_what_they_can(open_app):
    app = open_app("?chapter=c3")
    tell(app.controls, "set", name="preset", value="sobel_x")
    assert grid(app, "kernel").values[1] == [-2, 0, 2]
    tell(app.controls, "set", name="kernels", value=3)
    tell(app.controls, "set", name="preset", value="blur")
    assert app.chapter.state.kernel_name == "blur"
    tell(app.controls, "set", name="kernel_width", value=2)
    assert app.chapter.state.weights()[0, 0].tolist() == [[-1, 0], [-2, 0], [-1, 0]]
    tell(app.controls, "set", name="channels", value=2)
    weights = app.chapter.state.weights()
    np.testing.assert_array_equal(weights[:, 0], weights[:, 1])
    tell(grid(app, "image", 1), "edit", row=0, column=0, value=7.5)
    tell(app.controls, "set", name="height", value=4)
    assert app.chapter.state.pixels()[1, 0, 0] == 7.5
    again = open_app(app.bridge.address)
    np.testing.assert_array_equal(again.chapter.state.pixels(), app.chapter.state.pixels())
    np.testing.assert_array_equal(again.chapter.state.weights(), app.chapter.state.weights())
    tell(app.transport, "reset")
    assert grid(app, "output").values[0] == [4, 3, 4]


def test_a_kernel_that_does_not_fit_is_refused_in_words(open_app):
    app = open_app("?chapter=c3")
    tell(app.controls, "set", name="height", value=2)
    assert "a kernel that spans 3 × 3 does not fit" in app.controls.errors["height"].lower()
    assert len(grid(app, "image").values) == 5


def test_the_longest_state_fits_into_an_address(open_app):
    app = open_app("?chapter=c3&channels=3&kernels=3&picture=digit")
    state = app.chapter.state
    tell(app.controls, "set", name="kernel_height", value=5)
    tell(app.controls, "set", name="kernel_width", value=5)
    app.chapter.apply({"weight": [-12.3456] * 225, "bias": [-12.3456] * 3})
    app.chapter.apply({"picture": "own", "image": [-12.3456] * 192, "height": 8, "width": 8})
    app.chapter.write_address()
    again = open_app(app.bridge.address)
    assert again.bridge.notices == []
    np.testing.assert_array_equal(again.chapter.state.pixels(), state.pixels())


def test_the_walk_ends_at_the_last_place(open_app):
    app = open_app("?chapter=c3")
    moves = 0
    while app.chapter.advance():
        moves += 1
    assert moves == 7
    assert app.chapter.trail == [Ref("layers.0.output", (0, 0, 2, 2))]
    assert {"label": "place", "value": "9 of 9"} in app.transport.counters
