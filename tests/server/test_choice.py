"""Which engine trains: what is there, what is fastest, and what breaks without breaking more."""

import subprocess
import sys

import numpy as np
import pytest

from app.server.engines import catalogue, choice
from app.server.engines.base import EngineError
from app.server.engines.choice import Candidate, Choice, choose, engine_for, find
from app.server.engines.numpy_engine import NumpyEngine
from core.spec import TrainSpec, mlp
from tests.server.engine_cases import start_of, task_of

NET, TRAIN = mlp(3, (8,), 1), TrainSpec()
NUMPY = catalogue.ENGINES["numpy"]


@pytest.fixture
def engines(monkeypatch):
    """Sets what engines there are: NumPy's own, and others with something special about them."""
    def make(**classes):
        others = {name: (("tests.server.broken_engines", called) if called != "missing"
                         else ("no_such_module", "Engine")) for name, called in classes.items()}
        monkeypatch.setattr(choice, "ENGINES", others | {"numpy": NUMPY})
        monkeypatch.setattr(catalogue, "ENGINES", choice.ENGINES)

    return make


def test_no_engine_is_imported_by_looking_for_one():
    program = ("import sys, app.server.engines.choice as c; c.find(names=['numpy'])\n"
               "assert not {'torch', 'wgpu'} & {*sys.modules}")  # fmt: skip
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_is_there_is_found_and_the_fastest_chosen():
    found = find(NET, TRAIN)
    assert Candidate("numpy", "CPU") in found
    assert Candidate("torch", "CPU") in found
    assert found[0].told() == {"name": found[0].engine, "device": found[0].device,
                               "usable": True, "reason": ""}  # fmt: skip
    chosen = choose(NET, TRAIN)
    assert any((each.engine, each.device) == (chosen.engine, chosen.device) for each in found)
    assert "steps a second of this network" in chosen.text


def test_the_faster_engine_is_taken_even_if_it_stands_behind(engines):
    engines(card="Slow")
    assert find()[0] == Candidate("card", "Card")
    chosen = choose(NET, TRAIN)
    assert (chosen.engine, chosen.device) == ("numpy", "CPU")
    assert "card on Card" in chosen.text


@pytest.mark.parametrize(("called", "words"), [
    ("CrashingAtOnce", "crashed"), ("Raising", "the driver is of another version"),
    ("missing", "not installed"), ("Unable", "no kernels for linear layers"),
])  # fmt: skip
def test_an_engine_that_breaks_says_why_and_is_left_out(engines, called, words):
    engines(broken=called)
    found = {each.engine: each for each in find(NET, TRAIN)}
    assert found["numpy"].usable
    assert not found["broken"].usable
    assert words in found["broken"].told()["reason"]
    with pytest.raises(EngineError, match=words):
        choose(NET, TRAIN, "broken")


def test_an_engine_that_crashes_while_it_is_timed_is_not_chosen(engines, caplog):
    engines(broken="Crashing")
    chosen = choose(NET, TRAIN)
    assert chosen.engine == "numpy"
    assert "broken on CPU crashed" in chosen.text
    assert "crashed" in caplog.text


def test_an_engine_alone_needs_no_timing(engines):
    engines(broken="Unable")
    chosen = choose(NET, TRAIN)
    assert (chosen.engine, chosen.text) == (
        "numpy", "NumPy on CPU, as nothing else here can train this network")  # fmt: skip


def test_a_device_that_hangs_does_not_stand_in_the_way_of_the_next(engines, monkeypatch):
    monkeypatch.setattr(choice, "STEPS_S", 5.0)
    engines(broken="EndlessCard")
    chosen = choose(NET, TRAIN)
    assert chosen.device == "CPU"
    assert "broken on Card gave no answer within 5 s" in chosen.text
    assert "crashed" not in chosen.text


def test_a_card_only_in_name_is_used_only_when_asked_for(engines):
    engines(soft="Software")
    found = {each.engine: each for each in find()}
    assert found["soft"].usable
    assert "only in name" in found["soft"].told()["reason"]
    assert choose(NET, TRAIN).engine == "numpy"
    chosen = choose(NET, TRAIN, "soft")
    assert (chosen.device, chosen.text) == ("Card", "soft on Card, as asked for")


def test_engines_and_devices_that_are_not_there_are_named_with_those_that_are():
    with pytest.raises(EngineError, match="no engine 'abacus'; there are auto, torch"):
        choose(NET, TRAIN, "abacus")
    with pytest.raises(EngineError, match=r"on the moon here \(NumPy on CPU: another device\)"):
        choose(NET, TRAIN, "numpy", "the moon")


@pytest.mark.parametrize(("named", "text"), [
    ("numpy", "NumPy on CPU, as asked for"),
    ("auto", "NumPy on CPU, as nothing else here can train this network"),
])  # fmt: skip
def test_the_engine_of_a_task_is_made_and_trains(engines, named, text):
    engines()
    task = task_of(NET, TRAIN)
    engine, choice = engine_for(task, named)
    assert isinstance(engine, NumpyEngine)
    assert choice == Choice("numpy", "CPU", text)
    engine.load(start_of(task))
    assert np.isfinite(engine.run(np.arange(10), 10)).all()


def test_what_is_known_to_be_the_fastest_is_not_timed_again(engines, monkeypatch):
    engines()
    known = Choice("numpy", "CPU", "it takes 99 steps a second")
    with monkeypatch.context() as patch:
        patch.setattr(choice, "choose", lambda *_: pytest.fail("it was timed"))
        engine, taken = engine_for(task_of(NET, TRAIN), known=known)
    assert isinstance(engine, NumpyEngine)
    assert taken is known


@pytest.mark.parametrize("known", [Choice("numpy", "a card", ""), Choice("gone", "CPU", "")])
def test_what_is_known_but_there_no_more_gives_way(engines, known):
    engines(gone="missing")
    engine, taken = engine_for(task_of(NET, TRAIN), known=known)
    assert (taken.engine, taken.device) == ("numpy", engine.device)
    assert "as nothing else here can" in taken.text


@pytest.mark.parametrize(("called", "words"), [
    ("missing", "not installed"), ("Unable", "no kernels for linear layers"),
])  # fmt: skip
def test_a_job_learns_why_the_engine_that_it_asks_for_cannot_train_it(engines, called, words):
    engines(broken=called)
    with pytest.raises(EngineError, match=words):
        engine_for(task_of(NET, TRAIN), "broken")


def test_a_device_that_cannot_gives_way_to_one_that_can_unless_it_is_asked_for(engines):
    engines(picky="Picky")
    engine, choice = engine_for(task_of(NET, TRAIN), "picky")
    assert engine.device == "CPU"
    assert choice == Choice("picky", "CPU", "picky on CPU, as asked for")
    with pytest.raises(EngineError, match="Card computes in float32 only"):
        engine_for(task_of(NET, TRAIN), "picky", "Card")
