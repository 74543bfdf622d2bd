"""The comparison of two Pythons itself: nothing that differs may pass unseen."""

import hashlib

import numpy as np
import pytest

from app.site import wheels
from app.site.build import ROOT
from tests.pyodide import figures, run

HERE = {"a", "b", "c"}


def found(outcomes, left_out=None):
    return {"outcomes": outcomes, "left_out": left_out or {}}


def test_the_same_tests_pass():
    everything = found({"a": "passed", "b": "passed"}, {"c": "needs the host"})
    assert run.missing_tests(everything, HERE) == []


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ({"a": "passed", "b": "failed", "c": "passed"}, "b: failed"),
        ({"a": "passed", "b": "skipped", "c": "passed"}, "b: skipped"),
        ({"a": "passed", "c": "passed"}, "b: was not run"),
        ({"a": "passed", "b": "passed", "c": "passed", "d": "passed"}, "d: is not known here"),
    ],
)
def test_a_test_that_ends_otherwise_is_named(outcomes, words):
    assert run.missing_tests(found(outcomes), HERE) == [words]


def test_seeds_must_agree_to_the_bit_and_training_to_rounding():
    here = {"draws": [1.0, 2.0], "training": [1.0, 1e-9]}
    other = {"draws": [1.0, np.nextafter(2, 3)], "training": [1.0, 1e-9 + 1e-15]}
    assert run.compare_figures(here, here) == []
    (line,) = run.compare_figures(other, here)
    assert line.startswith("draws: is off by 2.2e-16")


@pytest.mark.parametrize("there", [[1.0, 2.0 + 1e-11], [1.0], [1.0, float("nan")]])
def test_other_figures_are_named(there):
    (line,) = run.compare_figures({"training": there}, {"training": [1.0, 2.0]})
    assert line.startswith("training: is off by")
    assert run.compare_figures({}, {"training": [1.0]}) == ["training: is missing"]


def test_the_tests_and_figures_of_this_python():
    assert any(name.startswith("tests/core/test_golden.py::") for name in run.tests_here())
    made = figures.figures()
    assert set(figures.EXACT) <= set(made)
    assert all(np.isfinite(values).all() for values in made.values())


def test_every_tool_is_locked():
    entries = wheels.locked((ROOT / "requirements.lock").read_text(), run.TOOLS)
    assert entries.count("==") == len(run.TOOLS)


def test_only_tools_with_their_locked_hashes_are_taken_from_the_cache(tmp_path):
    data = [bytes([number]) for number in range(len(run.TOOLS))]
    locked = "".join(f"--hash=sha256:{hashlib.sha256(each).hexdigest()}\n" for each in data)
    for number, each in enumerate(data):
        assert not run.is_complete(tmp_path, locked)
        (tmp_path / f"{number}.whl").write_bytes(each)
    assert run.is_complete(tmp_path, locked)
    (tmp_path / "0.whl").write_bytes(b"rotten")
    assert not run.is_complete(tmp_path, locked)
