"""R9 without a page: the GRU beside the LSTM, on the same sequence and the same task."""

import asyncio
import json

import numpy as np
import pytest

from core.gates import PRESETS
from tests.app.helpers import tell

SIZES = {"gru": 3, "lstm": 4}


def wires(app, cell):
    numbers = json.loads(app.chapter.benches[cell].wiring.view.numbers_text)
    return {number["key"]: number for number in numbers}


def values(app, cell):
    return app.chapter.benches[cell].walk.record.values


def press(app, name, value=None):
    app.controls.receive({"type": "set", "name": name, "value": value})


def test_both_cells_see_the_same_sequence_and_their_numbers_open(open_app):
    app = open_app("?chapter=r9&step=4")
    assert wires(app, "gru")["x0"]["value"] == wires(app, "lstm")["x0"]["value"] == "−1"
    cases = (("gru", "z", "Update gate"), ("lstm", "o", "Output gate"),
             ("gru", "m", "Recurrent part"), ("lstm", "c", "Cell state"))  # fmt: skip
    for cell, key, title in cases:
        tell(app.chapter.benches[cell].wiring.view, "open", key=key)
        opened = app.arithmetic.trail[-1]
        assert opened["title"].startswith(title)
        assert opened["result"] == pytest.approx(float(wires(app, cell)[key]["value"].replace(
            "−", "-")), rel=0.06)  # fmt: skip
        other = "lstm" if cell == "gru" else "gru"
        assert app.chapter.benches[other].wiring.view.lit == []


def test_the_state_of_a_gru_is_a_mean_of_old_and_new(open_app):
    app = open_app("?chapter=r9")
    shown = values(app, "gru")
    z, n, h = (shown[name][0] for name in "znh")
    before = np.concatenate([[[1.0, 1.0]], h[:-1]])
    np.testing.assert_allclose(h, z * before + (1 - z) * n, rtol=1e-12)
    np.testing.assert_allclose(shown["kept"][0], [np.prod(z[t + 1 :], axis=0) for t in range(6)])


@pytest.mark.parametrize("preset", PRESETS["gru"])
def test_a_preset_is_for_the_chosen_unit_of_both_cells(open_app, preset):
    app = open_app("?chapter=r9&unit=2")
    press(app, "preset", preset)
    assert app.chapter.state.preset == preset
    again = open_app(app.bridge.address)
    for cell, gate in (("gru", "z"), ("lstm", "f")):
        np.testing.assert_array_equal(values(again, cell)[gate], values(app, cell)[gate])
        wanted = PRESETS[cell][preset].gates[gate]
        low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        np.testing.assert_allclose(values(app, cell)[gate][0, :, 1], [high, *[low] * 5], atol=1e-3)


def test_an_lstm_adds_up_what_a_gru_averages(open_app):
    app = open_app("?chapter=r9&x=1~1~1~1~1~1~0~0~0~0~0~0&start=0.0")
    assert values(app, "lstm")["c"][0, -1, 0] > 5
    assert 0 < values(app, "gru")["h"][0, -1, 0] < 1


@pytest.mark.parametrize("units", [1, 2, 3])
def test_parameters_are_counted_with_the_second_bias(open_app, units):
    app = open_app(f"?chapter=r9&units={units}")
    for row in app.chapter.tables.sums.rows:
        cell = row["key"]
        size = app.chapter.traces[cell].network.parameters.size
        assert row["values"] == [size]
        more = units if cell == "gru" else 0
        assert size == SIZES[cell] * (units * 2 + units * units + units) + more
        tell(app.chapter.tables.sums, "open", row=cell, column=0)
        assert app.arithmetic.trail[-1]["result"] == size


def test_both_learn_the_same_task_and_are_compared(open_app):
    app = open_app("?chapter=r9&how=learned")
    learners = app.chapter.training.learners
    np.testing.assert_array_equal(learners["gru"].trainer.train_x, learners["lstm"].trainer.train_x)

    async def run():
        app.transport.receive({"type": "speed", "index": 2})
        app.transport.receive({"type": "play"})
        while app.transport.running:
            await asyncio.sleep(0)

    asyncio.run(run())
    assert app.transport.message.count("has learned it after") == 2
    rows = {row["name"]: row["values"] for row in app.chapter.tables.runs.rows}
    assert rows["GRU"][:3] == [6, 3, 57]
    assert rows["LSTM"][:3] == [6, 3, 72]
    assert rows["GRU"][4] == learners["gru"].solved
    weights = app.chapter.benches["gru"].weights
    assert weights.column_labels[-1] == "b_hn"
    assert weights.values[0][-1] is None
    tell(weights, "open", row=2, column=len(weights.column_labels) - 1)
    opened = app.arithmetic.trail[-1]
    assert opened["symbol"] == "b_hn[1]"
    assert opened["result"] == weights.values[2][-1]
