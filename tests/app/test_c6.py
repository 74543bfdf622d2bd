"""C6 without a page: four pools of one picture, disturbed, padded and traced back."""

import numpy as np
import pytest

from tests.app.helpers import tell


def pool(app, name):
    return app.chapter.grids.pools[name].grid


def text(app, name):
    return next(b["text"] for b in app.stage.blocks if b["name"] == name)


def naive(x, k, s, reduce):
    rows, columns = ((x.shape[a] - k[a]) // s[a] + 1 for a in (0, 1))
    return [[float(reduce(x[u * s[0]:u * s[0] + k[0], v * s[1]:v * s[1] + k[1]]))
             for v in range(columns)] for u in range(rows)]  # fmt: skip


@pytest.mark.parametrize(("query", "k", "s"), [
    ("", (2, 2), (2, 2)), ("k=3~2&s=1~2", (3, 2), (1, 2)),
    ("picture=square&k=3~3&s=2~2", (3, 3), (2, 2)),
])  # fmt: skip
def test_every_pool_is_that_of_its_definition_and_opens(open_app, query, k, s):
    app = open_app(f"?chapter=c6&{query}")
    picture = app.chapter.state.clean()
    for name, reduce in (("max", np.max), ("min", np.min), ("average", np.mean)):
        expected = naive(picture, k, s, reduce)
        np.testing.assert_allclose(pool(app, name).values, expected)
        tell(pool(app, name), "open", row=1, column=1)
        assert app.arithmetic.trail[-1]["result"] == pytest.approx(expected[1][1])
        assert app.chapter.state.pool == name
    np.testing.assert_allclose(pool(app, "global").values, [[picture.mean()]])
    np.testing.assert_array_equal(np.negative(pool(app, "negated").values), pool(app, "min").values)


def test_pointing_shows_the_window_and_the_pixel_that_won(open_app):
    app = open_app("?chapter=c6")
    image = app.chapter.grids.image.grid
    tell(pool(app, "max"), "point", row=0, column=1)
    assert image.windows == [[0, 2, 1, 3]]
    assert [at for at, mark in image.marks.items() if "won" in mark] == ["0,3"]
    assert pool(app, "average").windows == [[0, 1, 0, 1]]
    tell(pool(app, "min"), "point", row=0, column=1)
    assert [at for at, mark in image.marks.items() if "won" in mark] == ["1,3"]
    tell(pool(app, "global"), "point", row=0, column=0)
    assert image.windows == [[0, 0, 7, 7]]


def test_the_gradient_goes_to_winners_or_to_all(open_app):
    app = open_app("?chapter=c6")
    back = app.chapter.grids.back
    values = np.array(back.grid.values)
    assert values.sum() == 16
    assert set(values.ravel()) == {0, 1}
    tell(back.grid, "open", row=0, column=3)
    assert app.arithmetic.trail[-1]["terms"][0]["factors"][1]["symbol"] == "won"
    tell(app.controls, "set", name="pool", value="average")
    np.testing.assert_array_equal(back.grid.values, np.full((8, 8), 0.25))
    tell(app.controls, "set", name="pool", value="global")
    np.testing.assert_array_equal(back.grid.values, np.full((8, 8), 1 / 64))


def test_a_shift_by_the_stride_moves_the_output_by_one(open_app):
    app = open_app("?chapter=c6&picture=square&shift=0~2")
    moved = np.array(pool(app, "max").values)
    still = np.array(open_app("?chapter=c6&picture=square").chapter.grids.pools["max"].grid.values)
    np.testing.assert_array_equal(moved[:, 1:], still[:, :-1])
    changed = np.argwhere(moved != still)
    assert pool(app, "max").marks == {f"{u},{v}": "changed" for u, v in changed}
    assert text(app, "max").startswith(f"{len(changed)} of 9 changed")
    assert not app.chapter.grids.image.grid.editable


def test_noise_comes_from_the_seed_and_moves_the_average_least(open_app):
    app = open_app("?chapter=c6&noise=2.0")
    clean = open_app("?chapter=c6")
    off = {name: np.abs(np.subtract(pool(app, name).values, pool(clean, name).values)).mean()
           for name in ("max", "average", "global")}  # fmt: skip
    assert off["global"] < off["average"] < off["max"]
    again = open_app("?chapter=c6&noise=2.0")
    assert pool(again, "max").values == pool(app, "max").values
    tell(app.controls, "press", name="new_noise")
    assert pool(again, "max").values != pool(app, "max").values
    assert "seed=1" in app.bridge.address


def test_padding_never_wins_unless_it_is_zeros(open_app):
    app = open_app("?chapter=c6&picture=own&h=4&w=4&x=" + "~".join(["-3.0"] * 16) + "&p=1")
    image = app.chapter.grids.image.grid
    assert image.values[0] == ["−∞"] * 6
    assert pool(app, "max").values == [[-3] * 3] * 3
    assert pool(app, "average").values == [[-3] * 3] * 3
    tell(pool(app, "min"), "open", row=0, column=0)
    assert image.values[0][0] == "∞"
    tell(app.controls, "set", name="zeros", value=True)
    assert pool(app, "max").values[0] == [0, 0, 0]
    assert pool(app, "average").values[0][0] == -0.75
    assert image.marks["0,0"].startswith("padding")
    tell(image, "edit", row=0, column=0, value=5.0)
    tell(image, "edit", row=1, column=1, value=5.0)
    assert app.chapter.state.clean()[0].tolist() == [5, -3, -3, -3]


def test_windows_that_cannot_be_are_refused_in_words(open_app):
    app = open_app("?chapter=c6&picture=dot")
    tell(app.controls, "set", name="window.down", value=6)
    assert "does not fit" in app.controls.errors["window.down"]
    tell(app.controls, "set", name="padding", value=2)
    assert "less than the kernel_size" in app.controls.errors["padding"]
    assert app.chapter.state.window == [2, 2]
    assert app.chapter.state.padding == 0
