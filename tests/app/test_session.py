"""Sessions on sequences: samples of one's own, scores of a few of them, and a pause that acts."""

import asyncio

import numpy as np

from app.playground.session import SEQUENCE_SPEEDS, Session
from core.data.samples import text_samples
from core.spec import ANY, DataSpec, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec

TOKENS = np.random.default_rng(0).integers(0, 5, 4000)
TEXT = text_samples(TOKENS, 5, num_steps=20, streams=4, test_fraction=0.2)
TRAIN = TrainSpec("cross_entropy", "adam", 0.01, batch_size=4, carry_state=True)


def network(tokens):
    layers = (OneHotSpec(tokens), RecurrentSpec("lstm", 6), LinearSpec(tokens))
    return NetworkSpec((ANY,), layers)


async def at_once(update):
    update()
    await asyncio.sleep(0)


def make(**options):
    shown = []
    session = Session(at_once, shown.append, "here", SEQUENCE_SPEEDS, **options)
    return session, shown


def test_a_text_is_learnt_with_carried_states_and_every_gate_is_there():
    session, shown = make(records=True, max_scored=8)
    session.configure(network(5), TEXT, TRAIN)
    session.step("batch")
    first, second = shown
    assert not first.carried
    assert second.carried
    gates = second.records["1"].passes[0].values
    assert gates["f"].shape == (4, 20, 6)
    start = second.records["1"].passes[0].start
    np.testing.assert_array_equal(start.h, second.carried["1"][0].h)


def test_a_data_set_by_name_is_learnt_as_well():
    session, shown = make()
    session.configure(network(7), DataSpec("reber", 60, num_classes=7), TrainSpec("cross_entropy"))
    session.step("epoch")
    assert shown[-1].epoch == 1
    assert not shown[-1].records


def test_a_score_of_some_samples_is_that_of_every_so_manieth():
    session, shown = make(max_scored=8)
    session.configure(network(5), TEXT, TRAIN)
    trainer = session.engine.trainer
    assert len(trainer.test_x) == 39
    some = trainer.score(trainer.test_x[::5], trainer.test_y[::5])
    assert shown[0].test == some
    assert shown[0].test != trainer.score(trainer.test_x, trainer.test_y)


def test_a_pause_acts_before_the_next_picture():
    async def run():
        session, shown = make(max_scored=8)
        session.configure(network(5), TEXT, TRAIN)
        session.speed = len(SEQUENCE_SPEEDS) - 1
        session.play()
        while len(shown) < 4:
            await asyncio.sleep(0)
        session.pause()
        steps = shown[-1].step
        for _ in range(5):
            await asyncio.sleep(0)
        assert session.engine.trainer.step_count == steps

    asyncio.run(run())


def test_scores_that_take_long_wait_and_are_made_up_for(monkeypatch):
    session, shown = make(hurry=True)
    session.configure(network(5), TEXT, TRAIN)
    trainer = session.engine.trainer
    monkeypatch.setattr(session.engine, "_score_s", 1e6)
    session.running = True
    session._advance()
    assert shown[-1].step > 0
    assert shown[-1].train == shown[0].train
    assert len(shown[-1].history) == 1
    session.pause()
    session._settle()
    assert shown[-1].train == trainer.score(trainer.train_x, trainer.train_y)
    assert shown[-1].history[-1][0] == trainer.step_count


def test_after_a_pause_all_is_shown_once_more_and_training_can_go_on():
    async def run():
        session, shown = make(hurry=True)
        session.configure(network(5), TEXT, TRAIN)
        session.play()
        while len(shown) < 3:
            await asyncio.sleep(0)
        session.pause()
        while not session._loop.done():
            await asyncio.sleep(0)
        assert session.engine.is_scored
        steps = shown[-1].step
        session.play()
        while shown[-1].step == steps:
            await asyncio.sleep(0)
        session.pause()

    asyncio.run(run())


def test_no_speed_for_sequences_waits_for_a_whole_epoch():
    assert all("epoch" not in speed.label for speed in SEQUENCE_SPEEDS)
