"""What one job found out of the engines is known to the next."""

from dataclasses import replace

import pytest

from app.server.engines.choice import Choice
from app.server.jobs.assignment import read_submit
from app.server.jobs.choices import KEPT_S, MOST, Choices
from app.server.limits import Limits
from core.spec import DataSpec, TrainSpec, mlp
from tests.server.jobs_helpers import POINTS, FakeRunner, submit

NETWORK, DATA, TRAIN = POINTS
FAST = Choice("torch", "A card", "PyTorch on A card takes 900 steps a second of this network")
CHOSE = {"type": "chose", "engine": FAST.engine, "device": FAST.device, "text": FAST.text}


class Server:
    """Begins jobs, with what is known when each begins."""

    def __init__(self):
        self.now, self.runner, self.heard = 0.0, FakeRunner(), []
        self.choices = Choices(lambda: self.now)

    def begin(self, specs=POINTS, engine="auto", seed=0):
        order = read_submit(submit(specs, engine=engine, seed=seed), {}, Limits(), None)
        return self.choices.start(self.runner, order, lambda *said: self.heard.append(said))


@pytest.fixture
def server():
    made = Server()
    assert made.begin().assignment.known is None
    made.runner.runs[0].say(CHOSE)
    return made


def test_the_next_job_of_the_network_knows_the_engine(server):
    assert server.begin().assignment.known == FAST
    assert server.heard == [(CHOSE, {})], "and who listens hears all"


def test_samples_seed_and_rates_make_no_difference(server):
    alike = replace(TRAIN, learning_rate=0.5, momentum=0.5)
    assert server.begin((NETWORK, DataSpec("spiral", 30), alike), seed=7).assignment.known == FAST


@pytest.mark.parametrize("change", [
    {"optimizer": "adam"}, {"batch_size": 11}, {"dtype": "float32"}, {"clip_norm": 1.0},
    {"l2": 0.1},
])  # fmt: skip
def test_what_is_computed_does(server, change):
    assert server.begin((NETWORK, DATA, replace(TRAIN, **change))).assignment.known is None


def test_another_network_is_another(server):
    assert server.begin((mlp(2, (5,), 1), DATA, TRAIN)).assignment.known is None


def test_who_asks_for_an_engine_gets_that_one(server):
    run = server.begin(engine="numpy")
    assert run.assignment.known is None
    run.leave("it crashed")
    assert server.begin().assignment.known == FAST, "that tells nothing of the others"


@pytest.mark.parametrize("said", [
    {"type": "state", "state": "failed", "engine": "", "device": "", "text": "CUDA error"},
    {"type": "gone", "text": "the process that trained it was ended by signal SIGSEGV"},
])  # fmt: skip
def test_an_engine_that_failed_is_not_trusted_again(server, said):
    server.begin().say(said)
    assert server.begin().assignment.known is None


def test_one_that_was_left_in_peace_is(server):
    run = server.begin()
    run.tell({"type": "finish", "state": "cancelled", "text": ""})
    run.obey()
    assert server.begin().assignment.known == FAST


def test_it_is_measured_anew_after_a_while(server):
    server.now = KEPT_S
    again = server.begin()
    assert again.assignment.known is None
    again.say(CHOSE | {"text": "now 800"})
    assert server.begin().assignment.known.text == "now 800"


def test_only_so_many_are_kept_and_the_latest(server):
    for size in range(1, MOST + 1):
        server.begin((NETWORK, DATA, TrainSpec(batch_size=size))).say(CHOSE)
    assert len(server.choices) == MOST
    assert server.begin().assignment.known is None
    assert server.begin((NETWORK, DATA, TrainSpec(batch_size=MOST))).assignment.known == FAST
