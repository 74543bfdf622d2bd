"""R7 without a page: gates by hand and learned, on the belt and over time, forward and back."""

import asyncio
import json
import math

import numpy as np
import pytest

from core.data.sequences import marked_answer
from tests.app.helpers import tell


def bench(app, cell="lstm"):
    return app.chapter.benches[cell]


def wires(app, cell="lstm"):
    numbers = json.loads(bench(app, cell).wiring.view.numbers_text)
    return {number["key"]: number for number in numbers}


def press(app, name, value=None):
    app.controls.receive({"type": "set", "name": name, "value": value})


def text(app, name):
    return next(block["text"] for block in app.stage.blocks if block["name"] == name)


def sums(app, cell="lstm"):
    return next(row["values"] for row in app.chapter.tables.sums.rows if row["key"] == cell)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def test_the_belt_shows_the_step_and_every_number_on_it_opens(open_app):
    app = open_app("?chapter=r7&step=4&unit=2")
    shown = wires(app)
    c_before, f, i, g = (shown[key] for key in ("c_before", "f", "i", "g"))
    assert f["symbol"] == "σ f₄[2]"
    assert shown["f_times_c"]["value"] == "9.6e−07"
    view = bench(app).wiring.view
    for key, number in shown.items():
        press(app, "step", 4)  # opening the state before went back to where it was made
        tell(view, "open", key=key)
        opened = app.arithmetic.trail[-1]
        if key not in ("f_times_c", "i_times_g"):
            assert opened["result"] == pytest.approx(float(number["value"].replace("−", "-")),
                                                     rel=0.06), key  # fmt: skip
    press(app, "step", 4)
    tell(view, "open", key="c")
    opened = app.arithmetic.trail[-1]
    values = [float(n["value"].replace("−", "-")) for n in (f, c_before, i, g)]
    wanted = values[0] * values[1] + values[2] * values[3]
    assert opened["result"] == pytest.approx(wanted, abs=1e-2)
    assert {"f", "c_before", "i", "g", "c"} <= set(view.lit)


def test_a_gate_that_is_held_has_no_weights_and_opens_to_its_bias(open_app):
    app = open_app("?chapter=r7")
    press(app, "lstm.f", 0.8)
    grid = bench(app).gates.grid
    np.testing.assert_allclose(grid.values[0], [0.8] * 6, atol=1e-3)
    np.testing.assert_allclose(grid.values[1], [0.01] * 6, atol=1e-3)  # the other unit stays
    assert bench(app).weights.values[1] == [0, 0, 0, 0, pytest.approx(math.log(4), abs=1e-3)]
    tell(grid, "open", row=0, column=2)
    app.chapter.follow({"type": "open", "ref": {"tensor": "layers.0.f_sum", "index": [0, 2, 0]}})
    factors = [[f["symbol"] for f in term["factors"]] for term in app.arithmetic.trail[-1]["terms"]]
    assert factors[-1] == ["b_f[1]"]
    assert "lstm=" in app.bridge.address
    again = open_app(app.bridge.address)
    np.testing.assert_array_equal(bench(again).gates.grid.values, grid.values)
    press(app, "lstm.f", 1.0)
    assert "reaches neither" in app.controls.errors["lstm.f"]
    np.testing.assert_allclose(grid.values[0], [0.8] * 6, atol=1e-3)


@pytest.mark.parametrize(("preset", "last"), [
    ("remember", 0.94), ("forget", 0.0), ("overwrite", 0.0), ("add", 0.91), ("latch", 0.92),
])  # fmt: skip
def test_presets(open_app, preset, last):
    app = open_app("?chapter=r7")
    press(app, "preset", preset)
    assert app.chapter.state.preset == preset
    assert bench(app).states.grid.values[0][-1] == pytest.approx(last, abs=0.02)


def test_weights_and_the_sequence_can_be_typed(open_app):
    app = open_app("?chapter=r7")
    tell(bench(app).weights, "edit", row=2, column=0, value=0.5, text="0.5")
    tell(app.chapter.inputs, "edit", row=0, column=5, value=-2.0, text="-2")
    grid = bench(app).gates.grid
    assert grid.values[4][5] == pytest.approx(math.tanh(-1))
    assert app.arithmetic.trail[-1]["symbol"] == "x₆[1]"
    assert app.chapter.state.preset == "own"
    press(app, "steps", 8)
    assert app.chapter.inputs.values[0] == [1, 0, 0, -1, 0, -2, 0, 0]
    press(app, "units", 3)
    assert bench(app).weights.values[2][0] == 0.5
    press(app, "fresh")
    assert app.chapter.inputs.values[0][5] == 0


def test_the_way_back_goes_along_the_belt(open_app):
    app = open_app("?chapter=r7&step=3&back=1")
    states = bench(app).states.grid
    dc, kept = np.array(states.values[4]), np.array(states.values[6])
    np.testing.assert_allclose(dc, dc[-1] * kept, rtol=1e-12)  # no weight leads from state to state
    np.testing.assert_allclose(kept, [0.99 ** (5 - t) for t in range(6)], rtol=1e-3)
    assert app.arithmetic.trail[0]["symbol"] == "∂L/∂c₃[1]"
    tell(bench(app).wiring.view, "open", key="f_times_c")
    opened = app.arithmetic.trail[-1]
    assert opened["symbol"] == "∂L/∂c₂[1]"
    assert [f["symbol"] for f in opened["terms"][-1]["factors"]] == ["∂L/∂c₃[1]", "f₃[1]"]
    assert bench(app).wiring.view.backward


def test_opening_a_number_moves_the_picture_to_its_step_and_unit(open_app):
    app = open_app("?chapter=r7")
    tell(bench(app).states.grid, "open", row=1, column=4)
    assert app.chapter.state.place == (4, 1)
    assert wires(app)["c"]["symbol"] == "c₅[2]"
    assert bench(app).gates.grid.windows == [[0, 4, 7, 4]]
    assert "step=5" in app.bridge.address
    app.chapter.transported({"type": "step", "id": "next"})
    assert app.arithmetic.trail[-1]["symbol"] == "c₆[2]"


def test_parameters_are_counted(open_app):
    for units in (1, 2, 3):
        app = open_app(f"?chapter=r7&units={units}")
        size = app.chapter.trace.network.parameters.size
        assert size == 4 * (units * 2 + units * units + units)
        assert text(app, "sums").endswith(f"= {size}.")
        assert sums(app) == [size]
        tell(app.chapter.tables.sums, "open", row="lstm", column=0)
        opened = app.arithmetic.trail[-1]
        assert opened["result"] == size
        assert [term["value"] for term in opened["terms"]] == [
            8 * units, 4 * units * units, 4 * units
        ]  # fmt: skip
        app.chapter.follow({"type": "open", "ref": opened["terms"][0]["factors"][2]["ref"]})
        assert app.arithmetic.trail[-1]["result"] == 2


def train(app):
    async def run():
        app.transport.receive({"type": "speed", "index": 2})
        app.transport.receive({"type": "play"})
        while app.transport.running:
            await asyncio.sleep(0)

    asyncio.run(run())


def test_gates_are_learned_and_runs_are_kept(open_app):
    app = open_app("?chapter=r7&how=learned")
    train(app)
    assert "has learned it after" in app.transport.message
    learner = app.chapter.training.learners["lstm"]
    inputs = learner.trainer.test_x
    answers = learner.trainer.network.forward(inputs)[:, 0] > 0
    assert (answers == (marked_answer(inputs) == 1)).mean() >= 0.99
    trace = app.chapter.trace
    size, said, answer = sums(app)
    assert size == 4 * (3 * 2 + 3 * 3 + 3)
    assert answer == ("positive" if trace.targets[0, 0] else "negative")
    assert said == pytest.approx(sigmoid(trace.outputs[-1][0, 0]))
    tell(app.chapter.tables.sums, "open", row="lstm", column=1)
    assert app.arithmetic.trail[-1]["result"] == said
    solved = learner.solved
    app.transport.receive({"type": "reset"})
    assert app.chapter.training.learners["lstm"].trainer.step_count == 0
    train(app)
    assert app.chapter.training.learners["lstm"].solved == solved  # the very same start
    assert len(app.chapter.tables.runs.rows) == 1
    press(app, "forget_bias", -2.0)
    train(app)
    assert [row["values"][3] for row in app.chapter.tables.runs.rows] == ["1", "−2"]


def test_long_sequences_and_many_units_are_a_heat_map(open_app):
    app = open_app("?chapter=r7&how=learned&steps=20&hidden=8")
    made = bench(app)
    assert [block["name"] for block in app.stage.blocks][1] == "heat lstm"
    values = made.walk.record.values
    drawn = made.heat.sources[False].data["image"][0]
    np.testing.assert_allclose(drawn[::-1], values["f"][0].T, rtol=1e-6)
    made.heat.on_cell(("c", 5, 12))
    assert app.arithmetic.trail[-1]["symbol"] == "c₁₃[6]"
    assert app.chapter.state.place == (12, 5)
    assert len(made.gates.grid.values) == 4  # one row a gate of the chosen unit


@pytest.mark.parametrize("query", [
    "?chapter=r7&how=learned&steps=2&hidden=1", "?chapter=r7&steps=60&units=3&unit=3&step=60",
    "?chapter=r7&unit=9&step=44",
])  # fmt: skip
def test_odd_addresses_show_something(open_app, query):
    app = open_app(query)
    assert app.bridge.notices == []
    assert app.arithmetic.trail


@pytest.mark.parametrize(("query", "says"), [
    ("?chapter=r7&lstm=1~2~3", "“lstm” has 3 numbers; for 2 units it needs 40"),
    ("?chapter=r7&x=1&steps=4", "“x” has 1 numbers; for 4 steps it needs 8"),
])  # fmt: skip
def test_lists_that_do_not_fit_are_named(open_app, query, says):
    app = open_app(query)
    assert says in app.bridge.notices[0]["text"]
    np.testing.assert_allclose(bench(app).gates.grid.values[0], [0.99] * 6)


def test_training_is_undone_and_done_again(open_app):
    app = open_app("?chapter=r7&how=learned")
    start = app.chapter.training.learners["lstm"].trainer.network.parameters.copy()
    train(app)
    learned = app.chapter.training.learners["lstm"].trainer.network.parameters.copy()
    solved = app.chapter.training.learners["lstm"].solved
    assert "trained" in app.transport.undo
    app.transport.receive({"type": "undo"})
    learner = app.chapter.training.learners["lstm"]
    np.testing.assert_array_equal(learner.trainer.network.parameters, start)
    assert learner.solved is None
    app.transport.receive({"type": "redo"})
    np.testing.assert_array_equal(learner.trainer.network.parameters, learned)
    assert learner.solved == solved
    app.transport.receive({"type": "undo"})
    train(app)
    np.testing.assert_array_equal(learner.trainer.network.parameters, learned)


def test_gates_that_were_moved_are_moved_back(open_app):
    app = open_app("?chapter=r7")
    app.controls.receive({"type": "set", "name": "lstm.f", "value": 0.4})
    app.transport.receive({"type": "undo"})
    np.testing.assert_allclose(bench(app).gates.grid.values[0], [0.99] * 6)
