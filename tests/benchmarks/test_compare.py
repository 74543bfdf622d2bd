"""The harness itself: its statistics, and that it refuses an engine that does other work."""

import pytest

from app.site.build import ROOT
from tests.benchmarks import images, mlp, startup
from tests.benchmarks.engines import (
    FAMILIES,
    LIBRARY,
    PEERS,
    Engine,
    check_loss,
    name_of,
    ours,
    taking_part,
)
from tests.benchmarks.times import Table, Times, percentile, ratio, written

JOBS = [(family, name) for family in FAMILIES for name in family.JOBS]


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


@pytest.mark.parametrize(("family", "name"), JOBS, ids=[name for _, name in JOBS])
def test_our_contestant_does_what_the_job_says(family, name):
    job = family.make_job(name) | {"name": name}
    contestant = family.Contestant(name)
    contestant.work()
    check_loss(ours(family), job, contestant.loss())


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_every_peer_takes_part_or_is_excused(family):
    peers = list(taking_part(family))
    assert len(peers) + len(family.ABSENT) == len(PEERS)
    for engine in peers:
        own = [file for file in engine.files(name_of(family)) if not file.startswith(LIBRARY)]
        assert own
        assert all((ROOT / file.lstrip("/")).is_file() for file in own)


def test_a_dense_job_has_every_sample_once_and_the_whole_picture():
    for name, (_, picture, _) in mlp.JOBS.items():
        job = mlp.make_job(name)
        assert sorted(job["order"]) == list(range(250))
        assert len(job["grid"]) == (mlp.RESOLUTION**2 if picture else 0)


def test_the_job_that_memory_is_measured_with_trains():
    contestant = images.Contestant(images.MEMORY_JOB)
    before = contestant.loss()
    for _ in range(3):
        contestant.work()
    assert contestant.loss() < before


def test_a_row_has_every_ratio_and_a_note_for_each_peer_that_is_missing():
    table = Table()
    times = {engine.name: Times([2.0]) for engine in taking_part(images)}
    row = table.row(images, "job", times | {"Glassnet": Times([1.0])})
    assert row.startswith("| job | 1000.0 ms |")
    assert row.count("0.50 (0.50–0.50)") == len(times)
    assert row.count("|") == table.head().splitlines()[0].count("|")
    assert row.endswith("| –¹ | –² |")
    assert table.foot().splitlines()[1] == f"² recurrent-js: {images.ABSENT['recurrent-js']}"


@pytest.mark.parametrize(("seconds", "words"), [(84e-6, "84 µs"), (0.0171, "17.1 ms")])
def test_times_are_written_in_a_unit_that_fits(seconds, words):
    assert written(seconds) == words


def test_the_site_is_weighed():
    raw, packed = startup.weight()
    assert 0 < packed < raw
