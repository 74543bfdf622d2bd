"""R2 without a page: counts as the sequence grows, and what opens."""

import pytest

from core.spec import LinearSpec, NetworkSpec, RecurrentSpec
from tests.app.helpers import tell


def values(table):
    return {row["key"]: row["values"] for row in table.rows}


def test_the_counts_are_those_of_networks_and_open(open_app):
    app = open_app("?chapter=r2&in=2&hidden=5&out=3&steps=10")
    assert app.bridge.notices == []
    counts = values(app.chapter.totals)
    for column, cell in enumerate(("rnn", "lstm", "gru")):
        spec = NetworkSpec((10, 2), (RecurrentSpec(cell, 5), LinearSpec(3)))
        assert counts["shared"][column] == spec.num_parameters
        assert counts["own"][column] == 10 * spec.num_parameters
        for way in ("own", "shared"):
            tell(app.chapter.totals, "open", row=way, column=column)
            assert app.chapter.state.cell == cell
            assert app.arithmetic.trail[-1]["result"] == counts[way][column]
            assert app.chapter.totals.highlight == [[way, column]]
    assert counts["dense"][1:] == ["", ""]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_parts_add_up_and_open_down_to_the_sizes(open_app, cell):
    app = open_app(f"?chapter=r2&cell={cell}&steps=7")
    parts = values(app.chapter.parts)
    column = ("rnn", "lstm", "gru").index(cell)
    for at, way in enumerate(("shared", "own")):
        total = sum(part[at] for part in parts.values())
        assert total == values(app.chapter.totals)[way][column]
    tell(app.chapter.parts, "open", row="weight_hh", column=1)
    assert app.chapter.parts.highlight == [["weight_hh", 1]]
    factor = app.arithmetic.trail[-1]["terms"][0]["factors"][0]
    assert (factor["symbol"], factor["value"]) == ("steps", 7)
    tell(app.arithmetic, "open", ref=factor["ref"])
    assert app.arithmetic.trail[-1]["kind"] == "given"


def test_a_longer_sequence_costs_the_shared_cell_nothing(open_app):
    app = open_app("?chapter=r2")
    before = values(app.chapter.totals)
    tell(app.transport, "step", id="next")
    after = values(app.chapter.totals)
    assert app.chapter.state.steps == 7
    assert after["shared"] == before["shared"]
    assert all(b * 7 == a * 6 for a, b in zip(after["own"], before["own"], strict=True))
    here = app.chapter.growth.here.data
    assert here["x"] == [7, 7, 7]
    assert here["y"] == [after["shared"][0], after["own"][0], after["dense"][0]]
    for line in app.chapter.growth.lines.values():
        assert line.data["y"][6] in here["y"]


def test_own_weights_have_names_of_their_own(open_app):
    app = open_app("?chapter=r2&steps=9")
    assert "the same 114 numbers at each; the first 6 are drawn" in app.stage.blocks[0]["text"]
    assert all("weights" not in step for step in app.chapter.picture.steps)
    tell(app.controls, "set", name="own", value=True)
    assert [s["weights"]["across"] for s in app.chapter.picture.steps][:2] == ["W_hh₁", "W_hh₂"]
    assert app.arithmetic.trail[-1]["result"] == 9 * 114
    assert "own=1" in app.bridge.address
