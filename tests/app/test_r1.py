"""R1 without a page: the cell along a sequence, its numbers, and the walk through time."""

import numpy as np
import pytest

from tests.app.helpers import tell


def boxes(app, row):
    return [[cell["value"] for cell in step["boxes"][row]["cells"]]
            for step in app.chapter.picture.steps]  # fmt: skip


def by_hand(state):
    """The recurrence written out, (T, H) and (T, outputs)."""
    act = np.tanh if state.activation == "tanh" else lambda a: np.maximum(a, 0)
    w = {name: state.array(name) for name in ("w_ih", "w_hh", "b", "w_hy", "b_y")}
    h, states, outputs = state.array("h0"), [], []
    for x in state.array("x"):
        h = act(w["w_ih"] @ x + w["w_hh"] @ h + w["b"])
        states.append(h)
        outputs.append(w["w_hy"] @ h + w["b_y"])
    return np.array(states), np.array(outputs)


@pytest.mark.parametrize("query", [
    "", "h0=1.0~0.5&t=1", "steps=12&hidden=4&in=3&out=2&act=tanh", "steps=1&t=1&hidden=1",
    "x=0.5~-2&wih=0.3~-1&act=tanh&folded=1",
])  # fmt: skip
def test_states_and_outputs_are_those_of_the_recurrence(open_app, query):
    app = open_app(f"?chapter=r1&{query}")
    assert app.bridge.notices == []
    states, outputs = by_hand(app.chapter.state)
    np.testing.assert_allclose(boxes(app, "h"), states, rtol=1e-12)
    np.testing.assert_allclose(boxes(app, "y"), outputs, rtol=1e-12)


@pytest.mark.parametrize(("example", "expected"), [
    ("parity", [1, 0, 0, 1, 1, 0]), ("sum", [1, 3, 3, 6, 7, 8]), ("delay", [0, 3, 1, 4, 1, 5]),
])  # fmt: skip
def test_an_example_does_what_its_name_says(open_app, example, expected):
    app = open_app("?chapter=r1")
    tell(app.controls, "set", name="example", value=example)
    assert [row[0] for row in boxes(app, "y")] == expected
    chosen = next(f for f in app.controls.fields if f["name"] == "example")
    assert chosen["value"] == example


def test_a_latch_remembers_and_a_memory_fades(open_app):
    app = open_app("?chapter=r1")
    tell(app.controls, "set", name="example", value="latch")
    assert [round(row[0]) for row in boxes(app, "y")] == [0, 0, 1, 1, 1, 1]
    tell(app.controls, "set", name="example", value="fading")
    fading = [row[0] for row in boxes(app, "y")]
    assert fading == sorted(fading, reverse=True)


def test_the_same_input_meets_another_state_and_the_sentence_says_so(open_app):
    app = open_app("?chapter=r1&t=2")
    text = app.stage.blocks[0]["text"]
    assert "h₂ = (2, 1), and from it y₂ = 0." in text
    assert "Step 1 has the same input, but the state before it is (0, 0): y₁ = 1." in text
    marks = [step["boxes"]["x"]["mark"] for step in app.chapter.picture.steps]
    assert marks[:3] == ["twin", "twin", ""]


def test_any_state_opens_down_to_the_first_one(open_app):
    app = open_app("?chapter=r1&h0=1.0~0.0")
    tell(app.chapter.picture, "open", row="h", step=2, unit=0)
    assert app.chapter.state.step == 3
    assert app.arithmetic.trail[-1]["symbol"] == "h₃[1]"
    for expected in ("a(h₃[1])", "h₂[1]", "a(h₂[1])", "h₁[1]", "a(h₁[1])", "h₀[1]"):
        shown = app.arithmetic.trail[-1]
        factors = shown["arguments"] + [f for t in shown["terms"] for f in t["factors"]]
        ref = next(f["ref"] for f in factors if f["symbol"] == expected)
        tell(app.arithmetic, "open", ref=ref)
    assert app.arithmetic.trail[-1]["result"] == 1
    assert ["h", -1, 0] in app.chapter.picture.lit


def test_h_comes_first_then_y(open_app):
    app = open_app("?chapter=r1")
    tell(app.transport, "reset")
    tell(app.chapter.picture, "go", step=1)
    tell(app.transport, "step", id="next")
    assert app.arithmetic.trail[-1]["symbol"] == "h₃[1]"
    third = app.chapter.picture.steps[2]["boxes"]
    assert (third["h"]["mark"], third["y"]["mark"]) == ("", "later")
    tell(app.transport, "step", id="next")
    assert app.arithmetic.trail[-1]["symbol"] == "y₃"
    assert app.chapter.picture.steps[2]["boxes"]["y"]["mark"] == ""
    assert app.chapter.picture.steps[3]["boxes"]["h"]["mark"] == "later"
    tell(app.transport, "step", id="back")
    tell(app.transport, "step", id="back")
    assert app.arithmetic.trail[-1]["symbol"] == "y₂"
    assert "t=3" not in app.bridge.address


def test_every_number_of_the_grids_opens_as_what_it_shows(open_app):
    app = open_app("?chapter=r1&steps=3&hidden=2&in=2&out=2&act=tanh&h0=0.5~-0.5")
    for name, grid in app.chapter.grids.all.items():
        for row, values in enumerate(grid.values):
            last = len(values) - 1
            for column in range(len(values)) if name not in ("state", "output") else [last]:
                tell(grid, "open", row=row, column=column)
                assert app.arithmetic.trail[-1]["result"] == values[column]
    for values in app.chapter.grids.state.values:
        assert values[-2] == pytest.approx(sum(values[:-2]))
        assert values[-1] == pytest.approx(np.tanh(values[-2]), rel=1e-12)


def test_numbers_are_typed_and_kept_in_the_address(open_app):
    app = open_app("?chapter=r1")
    grids = app.chapter.grids
    tell(grids.x, "edit", row=0, column=2, value=1.0)
    tell(grids.into_state, "edit", row=1, column=2, value=-1.5)
    tell(grids.into_output, "edit", row=0, column=2, value=0.25)
    tell(grids.start, "edit", row=1, column=0, value=0.5)
    state = app.chapter.state
    assert state.array("x")[2, 0] == 1
    assert state.array("w_hh")[1, 1] == -1.5
    assert (state.b_y, state.h0) == ([0.25], [0.0, 0.5])
    again = open_app(app.bridge.address)
    assert boxes(again, "y") == boxes(app, "y")
    chosen = next(f for f in app.controls.fields if f["name"] == "example")
    assert chosen["value"] == "own"


def test_other_sizes_keep_what_is_there(open_app):
    app = open_app("?chapter=r1&t=6")
    before = boxes(app, "y")
    tell(app.controls, "set", name="hidden", value=4)
    assert boxes(app, "y") == before
    tell(app.controls, "set", name="steps", value=3)
    assert boxes(app, "y") == before[:3]
    assert app.chapter.picture.current == 2
    tell(app.controls, "press", name="draw")
    assert app.chapter.state.seed == 1
    assert boxes(app, "y") != before[:3]


def test_numbers_beyond_all_bounds_are_shown_as_such(open_app):
    weights = "hidden=1&wih=100&whh=100&b=0&why=100&by=0&h0=100&steps=12&x=100&t=12"
    app = open_app(f"?chapter=r1&{weights}")
    assert boxes(app, "y")[-1][0] > 1e20
    assert app.bridge.notices == []
