"""R8 without a page: four tasks, every gate opened, curves that are kept, and what cannot be."""

import numpy as np
import pytest

from app.playground.chapters.sequences.learning_runs import score_of
from core.data.reber import SYMBOLS, legal_next
from core.explain import Ref
from core.explain.walk import recorded
from tests.app.helpers import tell

LSTM = ["i input", "f forget", "g candidate", "o output", "c cell", "h hidden"]


def texts(app):
    return {block["title"]: block["text"] for block in app.stage.blocks}


def counters(app):
    return {counter["label"]: counter["value"] for counter in app.transport.counters}


def lens_values(chapter, name):
    """All units of the first layer shown, (T, H), computed anew."""
    trace = chapter.trace
    return recorded(trace, chapter.desk.lens.path).passes[0].values[name][0]


@pytest.mark.parametrize("task", ["reber", "adding", "sine", "echo"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_each_task_learns_with_each_cell(open_app, task, cell):
    app = open_app(f"?chapter=r8&task={task}&cell={cell}&layers=2&layer=2&hidden=6")
    chapter = app.chapter
    assert app.bridge.notices == []
    before = counters(app)["training loss"]
    for _ in range(3):
        tell(app.transport, "step", id="batch")
    assert counters(app)["step"] == "3"
    assert counters(app)["training loss"] != before
    grid = chapter.desk.lens.grid
    assert grid.row_labels == (LSTM if cell == "lstm" else grid.row_labels)
    np.testing.assert_allclose(grid.values[-1], lens_values(chapter, "h")[:, 0])
    for row in range(len(grid.values)):
        tell(grid, "open", row=row, column=2)
        opened = app.arithmetic.trail[-1]
        assert opened["result"] == pytest.approx(grid.values[row][2])
        assert [row, 2] in grid.highlight


def test_a_cell_of_the_map_opens_and_shows_its_unit(open_app):
    app = open_app("?chapter=r8&hidden=5&sample=7")
    lens = app.chapter.desk.lens
    lens._tapped(("f", 3, 4))
    assert app.arithmetic.trail[-1]["title"].startswith("Forget gate of unit 4 at step 5")
    assert lens.grid.label == "Unit 4 over time"
    assert "unit=4" in app.bridge.address
    assert lens.map.cells.data["x"][0] == 5
    image = lens.map.sources[False].data["image"][1]
    np.testing.assert_allclose(image[::-1], lens_values(app.chapter, "f").T, rtol=1e-6)


def test_what_the_grammar_allows_is_marked(open_app):
    app = open_app("?chapter=r8&sample=3")
    grid = app.chapter.desk.answer.grid
    string = "".join(label[0] for label in grid.column_labels)
    for step in range(len(string)):
        column = [grid.values[k][step] for k in range(7)]
        assert sum(column) == pytest.approx(1, abs=1e-5)
        allowed = legal_next(string[: step + 1])
        least = min(column[SYMBOLS.index(letter)] for letter in allowed)
        for k, letter in enumerate(SYMBOLS):
            wrong = "wrong" if column[k] >= least else None
            expected = "right" if letter in allowed else wrong
            assert grid.marks.get(f"{k},{step}") == expected
    tell(grid, "open", row=2, column=1)
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(grid.values[2][1])


def test_an_echo_is_asked_for_only_where_there_was_something(open_app):
    app = open_app("?chapter=r8&task=echo&delay=4&length=9")
    grid = app.chapter.desk.answer.grid
    shown = [label[0] for label in grid.column_labels]
    for step in range(9):
        column = [row[step] for row in grid.values]
        if step < 4:
            assert column == [None] * 4
        else:
            right = "abcd".index(shown[step - 4])
            assert grid.marks[f"{right},{step}"] == "right"


def test_a_wave_goes_on_from_its_first_half(open_app):
    app = open_app("?chapter=r8&task=sine&length=12&hidden=4")
    chapter = app.chapter
    true, told, free = (source.data for source in chapter.desk.wave.sources)
    trace = chapter.trace
    np.testing.assert_allclose(true["y"], [*trace.inputs[0, :, 0], trace.targets[0, -1, 0]])
    np.testing.assert_allclose(told["y"], trace.outputs[-1][0, :, 0])
    series = trace.inputs[0, :6].copy()
    for _ in range(7):
        series = np.concatenate([series, trace.network.forward(series[None])[0, -1:]])
    np.testing.assert_allclose(free["y"], series[6:, 0], rtol=1e-5)
    assert free["x"][0] == 7


def test_the_lstm_solves_the_grammar_and_its_curve_stays_to_compare(open_app):
    app = open_app("?chapter=r8")
    chapter = app.chapter
    for _ in range(30):
        chapter.session.engine.run(0.5)
        chapter.session.publish()
        if chapter.runs.solved:
            break
    assert chapter.runs.scores[-1][1] >= 0.99
    assert app.transport.message.startswith("Solved after ")
    trainer = chapter.session.engine.trainer
    outputs = trainer.network.forward(trainer.test_x, mask=trainer.test_masks.exist)
    understood = 0
    for output, tokens, there in zip(
        outputs, trainer.test_x, trainer.test_masks.exist, strict=True
    ):
        string = "".join(SYMBOLS[token] for token in tokens[there])
        understood += all(
            {SYMBOLS[k] for k in np.argsort(-output[t])[: len(legal_next(string[: t + 1]))]}
            == set(legal_next(string[: t + 1]))
            for t in range(len(string))
        )
    assert understood / len(outputs) == score_of("reber", chapter.session.snapshot, trainer)
    points = len(chapter.runs.scores)
    app.chapter.apply({"cell": "rnn"})
    assert [(run.label, len(run.steps)) for run in chapter.runs.kept] == [("LSTM 16", points)]
    assert chapter.curves.shares.names.data["text"] == ["LSTM 16"]
    tell(app.controls, "press", name="forget")
    assert chapter.curves.shares.names.data["text"] == []


def test_curves_of_other_data_are_not_kept(open_app):
    app = open_app("?chapter=r8")
    for _ in range(2):
        tell(app.transport, "step", id="batch")
    app.chapter.apply({"length": 20})
    assert app.chapter.runs.kept == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("task=reber&length=1", "too short for the embedded reber grammar; it must be 8 or more"),
        ("task=adding&length=1", "too short for the adding problem; it must be 2 or more"),
        ("task=echo&delay=30&length=30", "the delay must be less, so that there is an answer"),
        ("task=nothing", "“task=nothing” in the address cannot be used"),
    ],
)
def test_what_cannot_be_is_said_and_loses_nothing(open_app, query, said):
    app = open_app(f"?chapter=r8&{query}")
    assert said in app.bridge.notices[0]["text"]
    assert counters(app)["step"] == "0"
    assert app.chapter.desk.lens.grid.values


def test_a_length_that_does_not_fit_leaves_the_run_as_it_was(open_app):
    app = open_app("?chapter=r8&task=adding")
    tell(app.transport, "step", id="batch")
    tell(app.controls, "set", name="length", value=1)
    assert "2 or more" in app.controls.errors["length"]
    assert counters(app)["step"] == "1"
    tell(app.transport, "step", id="batch")
    assert counters(app)["step"] == "2"


def test_the_rate_acts_at_once_and_divergence_is_explained(open_app):
    app = open_app("?chapter=r8&task=adding&cell=rnn&clip=0.0&optimizer=sgd&hidden=8")
    tell(app.transport, "step", id="batch")
    tell(app.controls, "set", name="rate", value=10.0)
    assert counters(app)["step"] == "1"
    for _ in range(60):
        tell(app.transport, "step", id="batch")
    assert "learning rate" in app.transport.message
    tell(app.transport, "reset")
    assert counters(app)["step"] == "0"
    assert app.transport.message == ""


def test_python_may_stop_without_loss(open_app):
    app = open_app("?chapter=r8&hidden=4")
    tell(app.transport, "step", id="batch")
    weights = app.chapter.session.snapshot.parameters
    other = open_app("?chapter=r8&hidden=4", app.bridge.checkpoint)
    np.testing.assert_allclose(other.chapter.session.snapshot.parameters, weights)
    assert "step 1" in other.bridge.notices[0]["text"]


def test_every_number_of_the_lens_opens_down_to_the_inputs(open_app):
    app = open_app("?chapter=r8&hidden=3&layers=2&layer=2")
    chapter = app.chapter
    chapter.open(Ref(f"layers.{chapter.desk.lens.path}.c", (0, 2, 1)))
    for _ in range(12):
        terms = app.arithmetic.trail[-1]["terms"] or [
            {"factors": app.arithmetic.trail[-1]["arguments"]}
        ]
        refs = [f["ref"] for term in terms for f in term["factors"] if f["ref"]]
        if not refs:
            break
        tell(app.arithmetic, "open", ref=refs[-1])
    assert app.arithmetic.trail[-1]["kind"] == "given"
