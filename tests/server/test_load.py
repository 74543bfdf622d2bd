"""A class at one server, for seconds; tests/benchmarks/load.py does it for minutes."""

from tests.benchmarks.load import load


def test_a_class_loses_nothing_and_the_server_stays_small():
    tally, status = load(pages=30, queue=10, seconds=10)
    assert tally.errors == []
    assert tally.lost == 0
    assert tally.ended == tally.jobs > 10
    assert tally.busy > 0
    assert tally.growth < 50_000_000
    assert status == 0
