"""R8 on texts, without a page: any script, too little, too much; what is written and marked."""

import asyncio

import numpy as np
import pytest

from app.playground.chapters.sequences import writer as writer_module
from app.playground.chapters.sequences.corpus import fit, make_corpus
from app.playground.chapters.sequences.writer import LENGTH
from core.data.text import MAX_CHARACTERS, sample_text
from core.explain.walk import recorded
from core.generation import probabilities, write
from core.marking import mark
from tests.app.helpers import tell

QUERY = "?chapter=r8&task=text&hidden=8&batch=8&length=12"
EMOJI = "Grüße 😀👩‍👩‍👧 an 東京! " * 40
HEBREW = "בראשית ברא אלהים את השמים ואת הארץ\n" * 30


def texts(app):
    return {block["title"]: block["text"] for block in app.stage.blocks}


def learn(app, text, name="mine.txt"):
    tell(app.chapter.text.own, "text", text=text, name=name)
    return app.chapter.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The text is empty; paste at least a few lines."),
        ("x", "The text has no character but 'x'"),
        ("xxxx", "it needs at least two different ones"),
    ],
)
def test_a_text_without_anything_to_guess_changes_nothing(open_app, text, said):
    app = open_app(QUERY)
    tell(app.transport, "step", id="batch")
    desk = learn(app, text)
    assert said in desk.own.error
    assert desk.own.error.endswith("The text before is still there.")
    assert desk.own.used.startswith("Twelve sonnets")
    assert app.chapter.session.snapshot.step == 1
    learn(app, sample_text(), "again.txt")
    assert desk.own.error == ""


@pytest.mark.parametrize("text", [EMOJI, HEBREW, "ab", "ab" * 30, "\ud800x" * 99])
def test_any_script_and_any_length_is_learnt_and_written(open_app, text):
    app = open_app(QUERY)
    desk = learn(app, text)
    assert desk.own.error == ""
    assert f"{len(text):,} characters" in desk.own.used
    for _ in range(2):
        tell(app.transport, "step", id="batch")
    shown = "".join(character for character, _ in desk.units.letters.characters)
    assert shown
    assert shown in text
    written = [character for character, _ in desk.writer.letters.characters]
    assert len(written) == LENGTH
    assert set(written) <= set(text)


def test_a_long_text_is_sampled_with_a_notice(open_app):
    app = open_app(QUERY)
    line = "All work and no play makes a long text longer.\n"
    text = line * (10_000_000 // len(line))
    desk = learn(app, text, "long.txt")
    assert f"{MAX_CHARACTERS:,} characters" in desk.own.used
    assert f"The text has {len(text):,} characters, more than 1,000,000; used are" in (
        desk.own.notice)  # fmt: skip
    tell(app.transport, "step", id="batch")
    assert app.chapter.session.snapshot.step == 1
    tell(desk.own, "default")
    assert desk.own.notice == ""


@pytest.mark.parametrize(
    ("length", "wanted", "found"),
    [
        (2, (30, 32), (1, 1, 0.0)),
        (301, (30, 32), (30, 10, 0.0)),
        (7383, (30, 32), (30, 32, 0.1)),
        (400, (30, 8), (30, 8, 0.1)),
    ],
)
def test_a_text_has_room_for_so_much(length, wanted, found):
    assert fit(length, *wanted) == found


def test_a_short_text_says_what_it_has_no_room_for(open_app):
    app = open_app(QUERY)
    desk = learn(app, "To be or not to be")
    assert desk.own.notice == ("The text is short: it is read in one stream, 12 characters at a "
                               "time. Nothing is held out for testing.")  # fmt: skip
    assert "of the text that it learns from" in texts(app)["One unit over the text"]


def test_rare_characters_are_one():
    text = "".join(chr(0x4E00 + k) for k in range(200)) + "一" * 50
    corpus = make_corpus(text, "mine", 0)
    assert len(corpus.vocabulary) == 96
    assert "more than 96 different characters" in corpus.notice


def test_what_is_written_is_what_the_core_writes(open_app):
    app = open_app(f"{QUERY}&temperature=0.5&draw=7")
    chapter, writing = app.chapter, app.chapter.text.writer.writing
    start = [chapter.text.corpus.characters.index("\n")]
    network = chapter.session.snapshot.network()
    expected = list(write(network, np.array(start), LENGTH, 0.5, np.random.default_rng(7)))
    assert writing.tokens == start + [token for token, _ in expected]
    np.testing.assert_allclose(writing.shares, [shares[token] for token, shares in expected])
    tell(app.controls, "press", name="again")
    assert app.chapter.text.writer.writing.tokens != writing.tokens
    assert "draw=8" in app.bridge.address


def test_each_choice_opens_down_to_the_logits(open_app):
    app = open_app(QUERY)
    writer = app.chapter.text.writer
    tell(writer.letters, "open", index=6)
    (shares,), marks = writer.grid.values, writer.grid.marks
    logits = writer.writing.trace.outputs[-1][0, 6]
    best = np.sort(probabilities(logits, 0.8))[::-1][: len(shares)]
    np.testing.assert_allclose(sorted(shares, reverse=True)[:8], best[:8], rtol=1e-5)
    place = int(next(iter(marks)).split(",")[1])
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(shares[place])
    assert writer.letters.chosen == 6
    assert writer.letters.characters[6][1] == pytest.approx(shares[place], abs=1e-4)
    first = app.arithmetic.trail[-1]["arguments"][0]
    tell(app.arithmetic, "open", ref=first["ref"])
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(first["value"])
    assert app.chapter.text.lens.grid.highlight == []


def test_a_unit_over_the_text_and_the_units_that_mark_a_stretch(open_app):
    app = open_app(QUERY)
    desk = app.chapter.text
    tell(app.transport, "step", id="batch")
    states = recorded(desk.trace, "1").passes[0].values["h"][0]
    shown = [value for _, value in desk.units.letters.characters]
    np.testing.assert_allclose(shown, states[:, 0], atol=1e-4)
    tell(desk.units.letters, "open", index=9)
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(float(states[9, 0]))
    tell(desk.units.letters, "brush", start=5, end=11)
    inside = (np.arange(len(states)) >= 5) & (np.arange(len(states)) < 11)
    marks = mark(states, inside)
    assert [row[0]["text"] for row in desk.units.table.rows] == [
        f"unit {unit + 1}" for unit in marks.order
    ]
    assert "Characters 6 to 11" in texts(app)["Which units mark a stretch"]
    tell(desk.units.table, "open", row=0, column=4)
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(marks.score[marks.order[0]])
    within = app.arithmetic.trail[-1]["arguments"][0]["ref"]
    tell(app.arithmetic, "open", ref=within)
    assert len(app.arithmetic.trail[-1]["terms"]) == 6
    tell(desk.units.table, "open", row=0, column=0)
    unit = int(marks.order[0])
    assert desk.units.letters.label == f"Unit {unit + 1} over the text"
    np.testing.assert_allclose(
        [value for _, value in desk.units.letters.characters], states[:, unit], atol=1e-4
    )
    tell(desk.units.letters, "brush", start=0, end=10**6)
    assert "leave something to compare with" in texts(app)["Which units mark a stretch"]
    tell(desk.units.letters, "clear")
    assert desk.units.table.rows == []


def test_states_are_carried_on_and_progress_is_told(open_app):
    app = open_app(QUERY)
    tell(app.transport, "step", id="batch")
    snapshot = app.chapter.session.snapshot
    assert snapshot.carried["1"][0].h.shape == (8, 8)
    assert app.transport.progress == {"label": "The text, this time", "value": 1,
                                      "total": snapshot.num_batches}  # fmt: skip
    app.navigate("?chapter=a8")
    assert app.transport.progress == {}


def test_a_text_of_ones_own_is_kept_by_the_page(open_app):
    app = open_app(QUERY)
    learn(app, HEBREW, "genesis.txt")
    tell(app.transport, "step", id="batch")
    other = open_app(QUERY, app.bridge.checkpoint)
    assert other.chapter.text.corpus.text == HEBREW
    np.testing.assert_allclose(other.chapter.session.snapshot.parameters,
                               app.chapter.session.snapshot.parameters)  # fmt: skip


def test_writing_grows_on_the_page_and_training_goes_on(open_app, monkeypatch):
    monkeypatch.setattr(writer_module, "SLICE_S", 0.002)

    async def run():
        app = open_app(QUERY)
        writer = app.chapter.text.writer
        tell(app.transport, "play")
        while app.chapter.session.snapshot.step < 5:
            await asyncio.sleep(0)
        tell(app.transport, "pause")
        tell(app.controls, "set", name="temperature", value=0.0)
        while not writer._task.done():
            await asyncio.sleep(0)
        assert writer.writing.is_done
        assert writer.writing.step == app.chapter.session.engine.trainer.step_count
        assert min(writer.writing.shares) == 1

    asyncio.run(run())


def test_another_task_takes_what_is_usual_for_it(open_app):
    app = open_app("?chapter=r8")
    tell(app.controls, "set", name="task", value="text")
    assert (app.chapter.state.hidden, app.chapter.state.batch) == (64, 16)
    tell(app.controls, "set", name="hidden", value=12)
    tell(app.controls, "set", name="task", value="adding")
    assert (app.chapter.state.hidden, app.chapter.state.batch) == (12, 32)


def test_an_address_puts_its_views_on_the_stage_at_once(open_app):
    app = open_app("?chapter=a1")
    put = []
    app.stage.param.watch(lambda event: put.append(event.new), "views")
    app.navigate(QUERY)
    assert [app.chapter.text.own in views for views in put] == [True]
    app.navigate("?chapter=r8&task=sine&length=12")
    assert app.chapter.samples.wave_view in put[-1]
    assert len(put) == 2


def test_another_text_can_be_undone(open_app):
    app = open_app(QUERY)
    tell(app.transport, "step", id="batch")
    before = app.chapter.session.snapshot.parameters
    tell(app.bridge, "gesture")
    desk = learn(app, HEBREW)
    assert desk.own.used.startswith("mine.txt")
    tell(app.transport, "undo")
    assert desk.own.used.startswith("Twelve sonnets")
    np.testing.assert_array_equal(app.chapter.session.snapshot.parameters, before)
    tell(app.transport, "redo")
    assert desk.own.used.startswith("mine.txt")
