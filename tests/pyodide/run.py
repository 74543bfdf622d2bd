"""Run the core's tests in the Python of the built site, under Node, and compare with CPython.

    .venv/bin/python -m tests.pyodide.run [options of pytest]      after: python3 build.py site

Every test that CPython has must pass there too, but for those marked `host`, with their reasons;
and the figures of figures.py must be CPython's, to the bit or to rounding, as it says there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from app.site import wheels
from app.site.build import ROOT
from app.site.sources import cache_folder
from tests.pyodide.figures import EXACT, TOLERANCE, figures

# What the tests import beyond what the site ships, at the versions of requirements.lock.
TOOLS = ("hypothesis", "iniconfig", "pluggy", "pygments", "pytest", "sortedcontainers")
# The tags of the page's Python. Hypothesis has compiled code, and publishes a wheel for it.
PLATFORM = (
    "--platform=pyemscripten_2026_0_wasm32", "--platform=any", "--implementation=cp",
    "--abi=cp314", "--abi=none", "--python-version=3.14",
)  # fmt: skip


def fetch_tools() -> Path:
    """A folder with the wheels of TOOLS, kept between runs; each must have its locked hash."""
    locked = wheels.locked((ROOT / "requirements.lock").read_text(), TOOLS)
    folder = cache_folder() / f"tools-{hashlib.sha256(locked.encode()).hexdigest()[:12]}"
    if not is_complete(folder, locked):
        shutil.rmtree(folder, ignore_errors=True)
        with wheels.requirements_file(locked) as chosen:
            wheels.pip("download", "--require-hashes", "--only-binary=:all:", *PLATFORM,
                       f"--dest={folder}", "-r", chosen)  # fmt: skip
    return folder


def is_complete(folder: Path, locked: str) -> bool:
    hashes = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in folder.glob("*.whl")]
    return len(hashes) == len(TOOLS) and all(f"sha256:{each}" in locked for each in hashes)


def run_inside(tools: Path, results: Path, options: list[str]) -> dict[str, Any]:
    """What inside.py found; raises CalledProcessError when it did not come to its end."""
    node = Path(sys.prefix) / ("Scripts/node.exe" if os.name == "nt" else "bin/node")
    script = Path(__file__).with_name("run.mjs")
    subprocess.run([node, script, ROOT / "dist", tools, ROOT, results, *options], check=True)
    found: dict[str, Any] = json.loads(results.read_text())
    return found


def tests_here() -> set[str]:
    """The tests that CPython has; raises RuntimeError where they cannot be collected."""
    command = [sys.executable, "-m", "pytest", "tests/core", "--collect-only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout)
    return {line for line in done.stdout.splitlines() if "::" in line}


def missing_tests(found: dict[str, Any], here: set[str]) -> list[str]:
    """A line for each test that did not pass there, is missing there, or is there alone."""
    there, left_out = found["outcomes"], found["left_out"]
    lines = [f"{name}: {outcome}" for name, outcome in there.items() if outcome != "passed"]
    lines += [f"{name}: was not run" for name in sorted(here - set(there) - set(left_out))]
    lines += [f"{name}: is not known here" for name in sorted({*there, *left_out} - here)]
    return lines


def compare_figures(there: dict[str, list[float]], here: dict[str, list[float]]) -> list[str]:
    """A line for each set of figures that is not CPython's."""
    lines = [f"{name}: is missing" for name in sorted(set(here) ^ set(there))]
    for name in sorted(set(here) & set(there)):
        off = distance(there[name], here[name])
        if not off <= (0 if name in EXACT else TOLERANCE):
            lines.append(f"{name}: is off by {off:.1e} of its largest figure")
    return lines


def distance(there: list[float], here: list[float]) -> float:
    """The greatest difference, as a share of the largest figure."""
    a, b = np.array(there), np.array(here)
    if a.shape != b.shape or not np.isfinite([*a, *b]).all():
        return float("inf")
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-300))


def summary(found: dict[str, Any], here: dict[str, list[float]]) -> str:
    passed = sum(outcome == "passed" for outcome in found["outcomes"].values())
    reasons = Counter(found["left_out"].values())
    offs = {name: distance(found["figures"][name], values) for name, values in here.items()}
    lines = [f"  {passed} tests pass in the page's Python as in this one"]
    lines += [f"  {count} left out: {reason}" for reason, count in reasons.items()]
    lines.append(f"  {len(offs)} sets of figures agree to {max(offs.values()):.0e}; "
                 f"to the bit: {', '.join(n for n, off in offs.items() if not off)}")  # fmt: skip
    return "\n".join(lines)


def main(options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = run_inside(fetch_tools(), Path(folder) / "results.json", options)
    here = figures()
    wrong = missing_tests(found, tests_here()) + compare_figures(found["figures"], here)
    if wrong or found["status"]:
        raise SystemExit("\n".join(["The page's Python differs from this one:", *wrong]))
    print(summary(found, here))


if __name__ == "__main__":
    main(sys.argv[1:])
