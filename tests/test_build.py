"""build.py, which runs what it builds in another interpreter."""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SLOW_TO_END = """
import signal, time
def end(*_):
    time.sleep(1)  # tells whoever is connected
    print("ended", flush=True)
    raise SystemExit(3)
signal.signal(signal.SIGINT, end)
print("ready", flush=True)
time.sleep(60)
"""
BENCHMARKS = sorted((ROOT / "tests" / "benchmarks").glob("*.py"))
GO_ON = "import sys, build; build.go_on([sys.executable, '-c', sys.argv[1]])"


@pytest.mark.skipif(os.name == "nt", reason="there are no process groups")
def test_a_program_ends_in_its_own_time():
    """In a terminal, all programs of a command hear Ctrl-C."""
    program = subprocess.Popen(
        [sys.executable, "-c", GO_ON, SLOW_TO_END], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert program.stdout.readline() == "ready\n"
    os.killpg(program.pid, signal.SIGINT)
    assert program.communicate(timeout=30)[0] == "ended\n"
    assert program.returncode == 3


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_every_benchmark_finds_what_it_times(path):
    importlib.import_module(f"tests.benchmarks.{path.stem}")
