"""Time the core beside other engines, in one Chromium, in rounds that take turns.

    .venv/bin/python -m tests.benchmarks.compare [--rounds 7] [--seconds 0.4] [--only 2-4-2-1]

Every engine does the same work: it is given the same weights, data and order, and must show the
loss that CPython computes after one epoch. README.md beside this file describes the method.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from app.site.build import ROOT
from tests.benchmarks import mlp
from tests.benchmarks.startup import chromium

HERE = Path(__file__).parent
FAMILIES = (mlp,)
OURS = "Glassnet"
LIBRARY = "/node_modules/"
PEER_FOLDER = "/tests/benchmarks/peers/"
TF = f"{LIBRARY}@tensorflow/tfjs"
TF_WASM = f"{TF}-backend-wasm/dist/tf-backend-wasm.min.js"


@dataclass(frozen=True)
class Engine:
    """`tolerance` is how far its loss may be from the expected one, relatively."""

    name: str
    script: str
    libraries: tuple[str, ...]
    tolerance: float
    loss: str = "loss"  # the job's entry that holds the loss to be expected
    worker: str = "peer"


PEERS = (
    Engine("TensorFlow.js cpu", "tfjs.js", (f"{TF}/dist/tf.min.js",), 1e-4, worker="cpu"),
    Engine("TensorFlow.js wasm", "tfjs.js", (f"{TF}/dist/tf.min.js", TF_WASM), 1e-4, worker="wasm"),
    Engine("ConvNetJS", "convnetjs.js", (f"{LIBRARY}convnetjs/build/convnet-min.js",), 1e-9),
    # 250 single updates of a deep net magnify float32's rounding: our core in float32 ends 0.6 %
    # away from float64 here.
    Engine("brain.js", "brain.js", (f"{LIBRARY}brain.js/dist/browser.js",), 1e-2,
           loss="loss_of_samples"),
)  # fmt: skip
GLASSNET = Engine(OURS, "", (), 1e-9)


@dataclass
class Times:
    """Seconds for a unit of work, one figure a round."""

    rounds: list[float] = field(default_factory=list)

    def add(self, chunks: list[float]) -> None:
        """The 10th percentile of a round's chunks: the work itself, without the interruptions."""
        self.rounds.append(percentile(chunks, 0.1))

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def percentile(values: list[float], share: float) -> float:
    """The value with `share` of all at or below it; raises ValueError when there are none."""
    if not values:
        raise ValueError("a round needs at least one chunk")
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def ratio(ours: Times, peer: Times) -> tuple[float, float, float]:
    """Median, least and greatest of ours/peer over the rounds, where both were timed in turn."""
    pairs = [a / b for a, b in zip(ours.rounds, peer.rounds, strict=True)]
    return statistics.median(pairs), min(pairs), max(pairs)


def check_loss(engine: Engine, job: dict[str, Any], loss: float) -> None:
    """Raise ValueError unless an engine computed what the job should give."""
    expected = job[engine.loss]
    if not abs(loss - expected) <= engine.tolerance * abs(expected):
        raise ValueError(
            f"{engine.name} does other work: after an epoch of {job['name']} its loss is {loss!r}, "
            f"and should be {expected!r}"
        )


class Bench:
    """One page with a worker for each engine."""

    ASK = """([name, message]) => new Promise((resolve, reject) => {
        const worker = window.workers[name];
        worker.onmessage = ({ data }) => data.error ? reject(new Error(data.error)) : resolve(data);
        worker.onerror = (event) => reject(new Error(`${name}: ${event.message}`));
        worker.postMessage(message);
    })"""
    MAKE = """([name, url, type, label]) => {
        window.workers ??= {};
        window.workers[name] = new Worker(url, { type, name: label });
    }"""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._start(OURS, "/tests/benchmarks/ours.mjs", "module", "ours", self._boot_ours())
        for engine in PEERS:
            boot = {
                "libraries": engine.libraries,
                "peer": f"/tests/benchmarks/peers/{engine.script}",
            }
            self._start(
                engine.name, "/tests/benchmarks/peers/worker.js", "classic", engine.worker, boot
            )

    def _start(self, name: str, url: str, kind: str, label: str, boot: Any) -> None:
        self.page.evaluate(self.MAKE, [name, url, kind, label])
        self.ask(name, {"boot": boot})

    @staticmethod
    def _boot_ours() -> dict[str, Any]:
        dist = ROOT / "dist"
        (python,), (lock,) = dist.glob("python-*"), dist.glob("app-*/lock.json")
        modules = {name: (HERE / f"{name}.py").read_text() for name in ("ours", "mlp")}
        return {"folder": f"/dist/{python.name}/", "lock": f"/dist/{lock.parent.name}/lock.json",
                "modules": modules}  # fmt: skip

    def ask(self, name: str, message: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate(self.ASK, [name, message])
        return answer

    def compare(self, job: dict[str, Any], rounds: int, seconds: float) -> dict[str, Times]:
        engines = (GLASSNET, *PEERS)
        for engine in engines:
            check_loss(engine, job, self.ask(engine.name, {"job": job})["loss"])
        times = {engine.name: Times() for engine in engines}
        for name in times:  # a first round, not counted, lets every engine's compiler settle
            self.ask(name, {"seconds": seconds})
        for _ in range(rounds):
            for name, each in times.items():
                each.add(self.ask(name, {"seconds": seconds})["chunks"])
        return times


def install_peers() -> None:
    """Install the locked npm packages, unless they are there."""
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == lock.read_text():
        return
    print("· installing the peers from the npm registry …", flush=True)
    npm = Path(sys.prefix) / ("Scripts/npm.cmd" if os.name == "nt" else "bin/npm")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                   cwd=HERE, check=True)  # fmt: skip
    stamp.write_text(lock.read_text())


class Handler(SimpleHTTPRequestHandler):
    """The project's folder; the peers' packages under a short address."""

    def translate_path(self, path: str) -> str:
        inside = path.startswith(LIBRARY)
        return super().translate_path(f"/tests/benchmarks{path}" if inside else path)

    def log_message(self, format: str, *args: object) -> None:
        pass


def row(job: str, times: dict[str, Times]) -> str:
    cells = [f"{times[OURS].median * 1e6:.0f} µs"]
    for engine in PEERS:
        middle, low, high = ratio(times[OURS], times[engine.name])
        cells.append(f"{middle:.2f} ({low:.2f}–{high:.2f})")
    return f"| {job} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4, help="of each engine in each round")
    parser.add_argument("--only", default="", help="only jobs whose name contains this")
    options = parser.parse_args()
    install_peers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"| workload | {OURS} | {' | '.join(f'ours / {engine.name}' for engine in PEERS)} |")
    print("|---|---|" + "---|" * len(PEERS))
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/tests/benchmarks/")
        bench = Bench(page)
        for family in FAMILIES:
            for name in filter(lambda name: options.only in name, family.JOBS):
                times = bench.compare(family.make_job(name), options.rounds, options.seconds)
                print(row(name, times), flush=True)


if __name__ == "__main__":
    main()
