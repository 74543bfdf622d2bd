"""A10 without a page: the algorithms run, are measured, and are set against the lecture's words."""

import asyncio

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVR

from app.playground.chapters.neurons import algorithm_tables as tables
from app.playground.laboratory.algorithms import ALGORITHMS
from app.playground.laboratory.lecture import COLUMNS, WORDS
from app.playground.laboratory.problem import make_problem
from app.playground.packages import PackagesError
from tests.app.helpers import tell


async def run(app):
    tell(app.transport, "play")
    while app.chapter.bench.running:
        await asyncio.sleep(0.001)


def cells(table, name):
    return [cell["text"] for cell in table.rows[tables.NAMES.index(name)]]


def test_the_lectures_table_is_there_word_for_word_and_blank_where_it_is(open_app):
    app = open_app("?chapter=a10")
    rows = app.chapter.opinion.rows
    assert len(rows) == 11
    assert cells(app.chapter.opinion, "forest")[1:] == [
        "R, C", "strong", "simple/intuitive", "very large", "large", "average", "average",
        "costly", "costly",
    ]  # fmt: skip
    assert cells(app.chapter.opinion, "kmeans")[1:] == [
        "CL", "strong", "simple/intuitive", "", "small", "", "high", "weak", ""]  # fmt: skip
    assert not any("mark" in cell for row in rows for cell in row)


def test_all_eleven_run_and_every_number_and_verdict_opens_to_what_it_shows(open_app):
    app = open_app("?chapter=a10&samples=100")
    asyncio.run(run(app))
    chapter = app.chapter
    assert list(chapter.bench.results) == list(ALGORITHMS)
    for row in range(11):
        for column, cell in enumerate(chapter.measured.rows[row][1:], 1):
            tell(chapter.measured, "open", row=row, column=column)
            assert app.arithmetic.trail[-1]["result"] == pytest.approx(cell["sort"])
        for column, cell in enumerate(chapter.opinion.rows[row]):
            if cell.get("opens"):
                tell(chapter.opinion, "open", row=row, column=column)
                opened = app.arithmetic.trail[-1]
                values = [np.prod([f["value"] for f in t["factors"]]) for t in opened["terms"]]
                assert sum(values) == pytest.approx(opened["result"])
                said = {"agrees": "agrees", "disagrees": "disagrees", "unknown": "cannot be said"}
                assert said[cell["mark"]] in opened["note"].rsplit("So ", 1)[1]
    assert app.transport.counters[0]["value"] == "11 of 11"
    assert all(item["pixels"] for item in chapter.gallery.items)


def test_scores_are_those_of_the_library(open_app):
    app = open_app("?chapter=a10&samples=100&extra=2&seed=3")
    asyncio.run(run(app))
    p = make_problem("moons", 100, 2, 0.15, 3)
    forest = RandomForestClassifier(random_state=3).fit(p.train_x, p.train_y)
    assert app.chapter.bench.results["forest"].test == forest.score(p.test_x, p.test_y)
    assert p.train_x.shape == (50, 4)
    np.testing.assert_allclose(p.train_x.mean(axis=0), 0, atol=1e-12)


def test_svm_and_networks_do_regression_and_the_others_say_why_not(open_app):
    app = open_app("?chapter=a10&data=curve&samples=100")
    asyncio.run(run(app))
    results = app.chapter.bench.results
    assert list(results) == ["linear", "tree", "forest", "boosting", "svm", "net", "deep"]
    p = app.chapter.bench.problem
    svr = SVR().fit(p.train_x, p.train_y)
    assert results["svm"].test == pytest.approx(svr.score(p.test_x, p.test_y), rel=1e-12)
    texts = {item["label"]: item["text"] for item in app.chapter.gallery.items}
    assert texts["Naive Bayes"].startswith("not for regression")
    assert app.transport.counters[0]["value"] == "7 of 7"


def test_another_setting_voids_the_results_and_runs_again(open_app):
    app = open_app("?chapter=a10&samples=60&data=curve")

    async def act():
        await run(app)
        tell(app.controls, "set", name="samples", value=80)
        assert app.chapter.bench.results == {}
        while app.chapter.bench.running:
            await asyncio.sleep(0.001)

    asyncio.run(act())
    assert {r.num_train for r in app.chapter.bench.results.values()} == {40}
    assert "samples=80" in app.bridge.address


def test_one_algorithm_at_a_time_pause_and_reset(open_app):
    app = open_app("?chapter=a10&samples=60")

    async def act():
        tell(app.transport, "step", id="next")
        while app.chapter.bench.running:
            await asyncio.sleep(0.001)

    asyncio.run(act())
    assert list(app.chapter.bench.results) == ["linear"]
    tell(app.transport, "reset")
    assert app.chapter.bench.results == {}


def test_a_library_that_cannot_be_had_is_said_and_can_be_tried_again(open_app):
    app = open_app("?chapter=a10&samples=60&data=curve")
    good = app.chapter.bench.load

    async def bad(group, progress):
        progress(1_000_000, 9_000_000)
        assert app.chapter.bench.progress["total"] == 9_000_000
        raise PackagesError("the file did not come")

    app.chapter.bench.load = bad
    asyncio.run(run(app))
    assert app.transport.message == "the file did not come."
    app.chapter.bench.load = good
    asyncio.run(run(app))
    assert len(app.chapter.bench.results) == 7


def test_every_word_of_a_measured_column_has_a_level():
    for number, column in enumerate(COLUMNS):
        if column.levels:
            known = {word for words in column.levels for word in words}
            assert {words[number] for words in WORDS.values()} - {""} <= known
