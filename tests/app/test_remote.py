"""Sessions that train elsewhere: the same numbers, whatever the learner and the network do."""

import asyncio
import re

import numpy as np
import pytest

from app.playground import abroad
from app.playground.remote import client as clients
from app.playground.remote.address import read_address
from app.playground.remote.away import Away
from app.playground.remote.connection import Connection
from app.playground.remote.job import Job
from app.playground.remote.wire import UNANSWERED, WireClosed
from app.playground.session import Session
from app.playground.slow_session import SlowSession
from app.protocol.frames import VERSION
from app.server.limits import Limits
from core.data.samples import make_samples
from core.spec import ActivationSpec, DataSpec, DropoutSpec, LinearSpec, NetworkSpec, TrainSpec
from core.training import Trainer
from tests.app import double
from tests.app.double import CODE, Server

LAYERS = (LinearSpec(8), ActivationSpec("relu"), DropoutSpec(0.2), LinearSpec(2))
NETWORK = NetworkSpec((2,), LAYERS)
DATA = DataSpec("circles", 120, num_classes=2)
TRAIN = TrainSpec("cross_entropy", "adam", 0.01, batch_size=8)


class Page:
    """A session, its pictures, and its way to a server."""

    def __init__(self, server, kind=Session):
        self.shown, self.told = [], []
        self.pictures = asyncio.Event()
        self.session = kind(self.frame, self.show, "here")
        self.session.tell = self.told.append
        self.session.speed = len(self.session.speeds) - 1
        self.session.configure(NETWORK, DATA, TRAIN)
        self.connection = Connection(server.around, lambda: None)

    async def frame(self, update):
        update()
        await asyncio.sleep(0)

    def show(self, snapshot):
        self.shown.append(snapshot)
        self.pictures.set()

    async def until(self, is_so):
        """Pictures later."""
        while not is_so():
            self.pictures.clear()
            await asyncio.wait_for(self.pictures.wait(), 20)

    async def connect(self):
        self.connection.open(CODE)
        await self.connection.ready()

    async def depart(self):
        await self.connect()
        self.session.hand_over(Away(self.connection, "numpy"))

    async def rest(self):
        """Until it stands still, here and there."""
        self.session.pause()
        if self.session._loop:
            await asyncio.wait_for(self.session._loop, 20)

    @property
    def step(self):
        return self.session.snapshot.step


def with_page(story, kind=Session, limits=None):
    async def told():
        server = Server(limits)
        page = Page(server, kind)
        await story(page, server)
        page.connection.close()
        await server.jobs.close()

    asyncio.run(told())


def expect_exact(page):
    """All numbers are those of a trainer that never went away."""
    snapshot, alone = page.session.snapshot, Trainer(NETWORK, DATA, TRAIN)
    for _ in range(snapshot.step):
        alone.step()
    np.testing.assert_array_equal(snapshot.parameters, alone.network.parameters)
    for name, array in alone.optimizer.state.items():
        np.testing.assert_array_equal(snapshot.optimizer.state[name], array)
    np.testing.assert_array_equal(snapshot.order, alone._order)
    assert (snapshot.epoch, snapshot.batch) == (alone.epoch, alone.batch)


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


class SlowWire:
    """Nobody answers; of what was sent, some bytes leave at each look, or none."""

    def __init__(self, leaving):
        self.left, self.leaving, self.end = 1000, leaving, asyncio.Event()

    @property
    def waiting(self):
        self.left = max(0, self.left - self.leaving)
        return self.left

    def send(self, frame):
        """Into the void."""

    async def receive(self):
        if self.end.is_set():
            raise WireClosed(UNANSWERED)
        await self.end.wait()
        raise WireClosed(UNANSWERED)

    def close(self):
        self.end.set()


@pytest.mark.parametrize(("leaving", "is_alive"), [(1, True), (0, False)])
def test_a_silent_server_is_there_as_long_as_it_takes_what_is_sent(monkeypatch, leaving, is_alive):
    monkeypatch.setattr(clients, "PING_S", 0.02)
    monkeypatch.setattr(clients, "PATIENCE_S", 0.02)

    async def story():
        client = clients.Client(SlowWire(leaving), lambda message: None)
        client._welcome.set_result({"version": VERSION})
        await client.greet("l", [])
        done, _ = await asyncio.wait([client.ended], timeout=1.0 if is_alive else 20)
        assert bool(done) != is_alive
        client.close()

    asyncio.run(story())


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
    away = Away(Connection(Server().around, lambda: None), "numpy")
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


def test_a_lost_connection_comes_back_to_the_job():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        job = page.session.away.job
        server.cut()
        await page.until(lambda: len(server.lines) == 2)
        again = page.step
        await page.until(lambda: page.step > again + 50)
        assert page.session.away.job is job
        assert server.lines[1].said[0]["jobs"][0]["job"] == job.id
        await page.rest()
        expect_exact(page)

    with_page(story)


@pytest.mark.parametrize("stage", ["greeting", "on"])
def test_a_connection_that_is_given_up_is_closed_and_whoever_waits_is_told(stage):
    async def story(page, server):
        page.connection.open(CODE)
        while not server.lines:
            await asyncio.sleep(0)
        assert page.connection.state == "connecting"
        answer = None
        if stage == "on":
            answer = (await page.connection.ready()).ask("ping")
        page.connection.close()
        await asyncio.wait({server.lines[0].reader}, timeout=20)
        assert server.lines[0].code == 1000
        if answer:
            with pytest.raises(WireClosed):
                await asyncio.wait_for(answer, 20)

    with_page(story)


def test_a_server_that_is_gone_for_good_leaves_the_last_snapshot_here():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        server.refuses = 1006
        server.cut()
        while page.connection.state != "lost":
            await page.connection._moved.wait()
        page.session.hand_over(None)
        home = page.step
        await page.until(lambda: page.step > home)
        await page.rest()
        assert page.session.away is None
        expect_exact(page)

    with_page(story)


def test_a_server_that_was_started_anew_gets_the_network_again():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        server.refuses = 4401
        server.cut()
        await page.until(lambda: not page.session.running)
        assert "makes a new one at each start" in page.told[0]
        server.refuses = None
        server.start(server.jobs.limits)
        await page.connect()
        before = page.step
        page.session.play()
        await page.until(lambda: page.step > before)
        await page.rest()
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


@pytest.mark.parametrize(("code", "words"), [
    (1006, "Nothing answers at 127.0.0.1:8765"),
    (4401, "this code or token is not its own"),
    (4403, "--allow-origin https://glassnet.example"),
    (4426, "another version of the protocol"),
    (4429, "as many pages as it takes"),
    (4400, "does not speak as a Glassnet server"),
])  # fmt: skip
def test_each_refusal_has_its_sentence(code, words):
    async def story(page, server):
        server.refuses = code
        page.connection.open(CODE)
        while page.connection.state == "connecting":
            await page.connection._moved.wait()
        assert page.connection.state == "refused"
        assert words in page.connection.text

    with_page(story)


@pytest.mark.parametrize(("permission", "words"), [
    ("denied", "does not let this page reach programs"),
    ("prompt", "got no answer"),
    ("framed", 'allow="local-network-access"'),
])  # fmt: skip
def test_what_the_browser_forbids_is_told_apart(permission, words):
    async def story(page, server):
        server.refuses, server.permission = 1006, permission
        page.connection.open(CODE)
        while page.connection.state == "connecting":
            await page.connection._moved.wait()
        assert words in page.connection.text

    with_page(story)


@pytest.mark.parametrize(("typed", "url", "key"), [
    ("8765-k7qx-m2pd", "ws://127.0.0.1:8765/train", "K7QX-M2PD"),
    (" http://localhost:90/#token=aB_-c ", "ws://localhost:90/train", "aB_-c"),
    ("http://[::1]:8765/?chapter=c8#token=x", "ws://localhost:8765/train", "x"),
    ("https://glassnet.example/#token=x", "wss://glassnet.example/train", "x"),
])  # fmt: skip
def test_codes_and_addresses(typed, url, key):
    assert (read_address(typed, "https://glassnet.example").url,
            read_address(typed, "https://glassnet.example").key) == (url, key)  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), [
    ("", "type the pairing code"),
    ("99999-K7QX-M2PD", "99999 is no port"),
    ("K7QX-M2PD", "neither a pairing code nor an address"),
    ("http://127.0.0.1:8765/", "lacks its end, #token"),
    ("http://127.0.0.1:99999/#token=x", "is no address"),
    ("http://192.168.0.7:8765/#token=x", "open http://192.168.0.7:8765/#token=x itself"),
])  # fmt: skip
def test_what_is_no_address_is_said(typed, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_address(typed, "https://glassnet.example")
