"""The harness itself: its statistics, and that it refuses an engine that does other work."""

import pytest

from tests.benchmarks import compare, mlp, startup
from tests.benchmarks.compare import Engine, Times, check_loss, percentile, ratio


def test_a_round_counts_its_tenth_percentile():
    times = Times()
    times.add([5.0] + [1.0 + i / 100 for i in range(19)])
    assert times.rounds == [1.02]
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 0.1)


def test_ratios_pair_the_rounds():
    ours, peer = Times([1.0, 2.0, 3.0]), Times([2.0, 2.0, 12.0])
    assert ratio(ours, peer) == (0.5, 0.25, 1.0)


@pytest.mark.parametrize("loss", [1.1, float("nan"), 0.0])
def test_other_work_is_refused(loss):
    engine = Engine("Peer", "", (), 1e-4)
    check_loss(engine, {"name": "job", "loss": 1.0}, 1.00005)
    with pytest.raises(ValueError, match=r"Peer does other work.*job"):
        check_loss(engine, {"name": "job", "loss": 1.0}, loss)


@pytest.mark.parametrize("name", mlp.JOBS)
def test_our_contestant_does_what_the_job_says(name):
    job = mlp.make_job(name)
    contestant = mlp.Contestant(name)
    contestant.work()
    assert contestant.loss() == job["loss"]
    assert (len(job["grid"]) == mlp.RESOLUTION**2) == job["picture"]
    assert sorted(job["order"]) == list(range(250))


def test_a_row_names_the_job_and_every_ratio():
    times = {engine.name: Times([2.0]) for engine in (compare.GLASSNET, *compare.PEERS)}
    assert compare.row("job", times).count("1.00 (1.00–1.00)") == len(compare.PEERS)


def test_the_site_is_weighed():
    raw, packed = startup.weight()
    assert 0 < packed < raw
