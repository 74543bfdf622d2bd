"""Sessions that train elsewhere: the same numbers, whatever the learner does."""

import asyncio

import numpy as np
import pytest

from app.playground import abroad
from app.playground.remote.away import Away
from app.playground.remote.connection import Connection
from app.playground.remote.job import Job
from app.playground.session import Session
from app.playground.slow_session import SlowSession
from app.server.limits import Limits
from core.data.samples import make_samples
from core.spec import TrainSpec
from core.training import Trainer
from tests.app import double
from tests.app.remote_page import DATA, NETWORK, TRAIN, expect_exact, with_page


@pytest.mark.parametrize("steps", [0, 1])
def test_of_a_start_no_numbers_are_sent_and_of_what_was_learnt_all(steps):
    async def story(page, server):
        for _ in range(steps):
            page.session.step("batch")
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 3)
        await page.rest()
        expect_exact(page)
        submit = next(each for each in server.lines[-1].said if each["type"] == "submit")
        assert (submit["checkpoint"] is None) == (steps == 0)

    with_page(story)


def test_a_loss_belongs_to_the_step_that_the_server_scored(monkeypatch):
    monkeypatch.setattr(abroad, "SMALL", 0)  # so that the page leaves it to the server to score

    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 300 and len(page.session.snapshot.history) > 3)
        await page.rest()
        found, alone = page.session.snapshot.history, Trainer(NETWORK, DATA, TRAIN)
        for step, *losses in found:
            while alone.step_count < step:
                alone.step()
            scores = alone.scores()
            np.testing.assert_allclose(losses, [each.loss for each in scores], rtol=1e-9)

    with_page(story)


def test_losses_that_are_told_between_two_pictures_are_taken_over_once(monkeypatch):
    monkeypatch.setattr(abroad, "SMALL", 0)

    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        await page.rest()
        before, shown = page.session.snapshot, len(page.shown)
        scores = {"loss": 0.25, "metric": 0.75}
        told = {"scored": before.step + 9, "train": scores, "test": scores}
        page.session.away.job.progress |= told
        assert page.session.hear()
        assert not page.session.hear()
        after = page.session.snapshot
        assert after.history[-1].tolist() == [before.step + 9, 0.25, 0.25]
        assert (after.step, after.train.loss, after.test.metric) == (before.step, 0.25, 0.75)
        assert len(page.shown) == shown

    with_page(story)


def test_a_job_that_fails_at_its_start_is_not_tried_for_ever(monkeypatch):
    def fail(line, assignment):
        line.send({"type": "state", "state": "failed", "text": "no float64 here"}, {})

    monkeypatch.setattr(double, "work", fail)

    async def story(page, server):
        await page.depart()
        page.session.play()
        await asyncio.wait_for(page.session._loop, 20)
        assert page.told == ["No float64 here."]
        assert not page.session.running
        assert page.session.label == "NumPy, on the training server"
        kinds = [each["type"] for each in server.lines[-1].said]
        assert kinds.count("submit") == 1

    with_page(story)


def test_why_it_does_not_train_yet_is_said():
    job = Job("1")
    away = Away(Connection(double.Server().around, lambda: None), "numpy")
    assert away.label == "NumPy, on the training server"
    away.is_wanted = True
    assert away.label == "NumPy, sending the network, on the training server"
    away.job = job
    assert away.label == "NumPy, starting, on the training server"
    job.heard({"type": "state", "seq": 1, "state": "waiting", "position": 2})
    assert away.label == "NumPy, waiting for a place, 2 before it, on the training server"
    job.heard({"type": "state", "seq": 2, "state": "running", "device": "CPU"})
    assert away.label == "NumPy, on the training server: CPU"


@pytest.mark.parametrize("kind", [Session, SlowSession])
def test_there_and_back_in_the_middle_of_an_epoch_nothing_is_lost(kind):
    async def story(page, server):
        session = page.session
        session.step("batch")
        session.step("batch")
        session.play()
        await page.until(lambda: page.step > 10)
        await page.depart()  # while it runs
        await page.until(lambda: session.away and session.away.job)
        start = page.step
        await page.until(lambda: page.step > start + 100)
        session.hand_over(None)
        await page.until(lambda: session.away is None)
        home = page.step
        await page.until(lambda: page.step > home)
        await page.rest()
        expect_exact(page)
        assert not page.told

    with_page(story, kind)


def test_a_pause_stops_there_and_a_step_is_one_batch():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 30)
        await page.rest()
        there = page.step
        assert page.session.away.job.state == "paused"
        page.session.step("batch")
        page.session.step("batch")
        await page.rest()
        assert page.step == there + 2
        page.session.step("epoch")
        await page.rest()
        assert page.session.snapshot.batch == 0
        assert page.step > there + 2
        expect_exact(page)

    with_page(story)


def test_a_slow_speed_is_a_batch_a_picture():
    async def story(page, server):
        page.session.speed = 1
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step == 2)
        await page.rest()
        assert {0, 1, 2} <= {each.step for each in page.shown}
        expect_exact(page)

    with_page(story)


def test_an_epoch_of_a_slow_session_ends_where_it_should():
    async def story(page, server):
        await page.depart()
        page.session.step("epoch")
        await page.until(lambda: not page.session.running)
        await page.rest()
        assert (page.session.snapshot.epoch, page.session.snapshot.batch) == (1, 0)
        assert page.session.scores.step == page.step
        expect_exact(page)

    with_page(story, SlowSession)


def test_what_the_learner_changes_is_what_goes_on():
    async def story(page, server):
        await page.depart()
        page.session.step("batch")
        await page.rest()
        page.session.set_parameter("layers.0.weight", (0, 0), 0.5)
        page.session.tune(TrainSpec("cross_entropy", "adam", 0.0, batch_size=8))
        page.session.step("batch")
        await page.rest()
        assert page.step == 2
        assert page.session.snapshot.network().view("layers.0.weight")[0, 0] == 0.5
        page.session.reset()
        page.session.step("epoch")
        await page.rest()
        assert page.session.snapshot.epoch == 1

    with_page(story)


def test_another_learning_rate_reaches_the_server_while_it_trains():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 5)
        page.session.tune(TrainSpec("cross_entropy", "adam", 0.0, batch_size=8))
        later = page.step + 200
        await page.until(lambda: page.step > later)
        first = page.session.snapshot.parameters
        await page.until(lambda: page.step > later + 200)
        np.testing.assert_array_equal(first, page.session.snapshot.parameters)
        assert page.session.snapshot.train_spec.learning_rate == 0
        await page.rest()

    with_page(story)


def test_undone_while_an_answer_is_on_its_way_stays_undone():
    async def story(page, server):
        start = page.session.snapshot
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        page.session.pause()
        page.session.restore(start)
        await page.rest()
        assert page.step == 0
        page.session.step("batch")
        await page.rest()
        assert page.step == 1
        expect_exact(page)

    with_page(story)


def test_what_only_the_page_has_is_not_sent():
    async def story(page, server):
        page.session.configure(NETWORK, make_samples(DATA), TRAIN)
        await page.depart()
        page.session.play()
        await page.until(lambda: page.told)
        assert "in this page alone" in page.told[0]
        assert not page.session.running

    with_page(story)


def test_what_the_server_refuses_is_said_and_training_stops():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.told)
        assert "parameters" in page.told[0]
        assert not page.session.running

    with_page(story, limits=Limits(max_parameters=1))


def test_the_server_s_limit_of_steps_ends_it_with_all_that_was_learnt():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.told)
        assert page.told == ["It took 25 steps, the most of a job on this server."]
        await page.until(lambda: page.step == 25)
        expect_exact(page)

    with_page(story, limits=Limits(max_steps=25))
