"""Heat maps over time: what is drawn where, and which cell a place is."""

import numpy as np
from bokeh.events import Tap

from app.playground.figures.heatmap import Band, HeatMap

BANDS = [Band("f", "f forget"), Band("c", "c cell", signed=True)]
GATE = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
CELL = np.array([[1.0, -4.0, 0.0], [2.0, 0.0, np.nan]])


def heat_map():
    made = HeatMap()
    made.build(BANDS, 2, ["a", "b", "c"])
    made.update({"f": GATE, "c": CELL}, "light")
    return made


def test_gates_are_drawn_as_they_are_and_signed_values_by_their_share():
    made = heat_map()
    (gate,), (cell,) = (made.sources[signed].data["image"] for signed in (False, True))
    np.testing.assert_allclose(gate, GATE[::-1], rtol=1e-6)  # a figure's first row is its lowest
    np.testing.assert_allclose(cell[::-1], [[0.25, -1, 0], [0.5, 0, 0]])
    assert made.fig.xaxis[0].major_label_overrides == {1: "a", 2: "b", 3: "c"}
    assert list(made.fig.yaxis[0].major_label_overrides.values()) == ["f forget", "c cell"]


def test_the_cell_that_is_tapped_is_the_one_that_is_framed():
    made, told = heat_map(), []
    made.on_cell = told.append
    for name, unit, step in (("f", 0, 0), ("f", 1, 2), ("c", 0, 1), ("c", 1, 0)):
        made.mark(step, [(name, unit, step)])
        x, y = made.cells.data["x"][0], made.cells.data["y"][0]
        made._pointed(Tap(None, x=x + 0.3, y=y - 0.3))
        assert told[-1] == (name, unit, step)
        assert made.step.data["left"] == [x - 0.5]
    between = made.top["f"] - 2.3
    assert made.at(1, between) is None
    assert made.at(0.2, made.top["f"] - 0.5) is None


def test_many_units_stay_on_the_screen():
    made = HeatMap()
    made.build(BANDS, 64, [str(t + 1) for t in range(200)])
    assert made.fig.height < 600
    assert len(made.fig.xaxis[0].major_label_overrides) <= 24
