"""Time the core beside other engines, in one Chromium, in rounds that take turns.

    .venv/bin/python -m tests.benchmarks.compare [--rounds 7] [--seconds 0.4] [--only 2-4-2-1]

Every engine does the same work: it is given the same weights, data and order, and must show the
loss that CPython computes after one unit of it. README.md beside this file describes the method.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

from playwright.sync_api import Page, sync_playwright

from app.site.build import ROOT
from tests.benchmarks import images
from tests.benchmarks.engines import FAMILIES, LIBRARY, check_loss, name_of, ours, taking_part
from tests.benchmarks.startup import chromium
from tests.benchmarks.times import OURS, Table, Times

HERE = Path(__file__).parent
MEGABYTE = 1_000_000


class Workers:
    """The workers of one page, by name."""

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
    END = """() => {
        for (const worker of Object.values(window.workers ?? {})) worker.terminate();
        window.workers = {};
    }"""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start_ours(self) -> None:
        dist = ROOT / "dist"
        (python,), (lock,) = dist.glob("python-*"), dist.glob("app-*/lock.json")
        modules = ("ours", *map(name_of, FAMILIES))
        self._start(OURS, "/tests/benchmarks/ours.mjs", "module", "ours", {
            "folder": f"/dist/{python.name}/",
            "lock": f"/dist/{lock.parent.name}/lock.json",
            "modules": {name: (HERE / f"{name}.py").read_text() for name in modules},
        })  # fmt: skip

    def start_peers(self, family: ModuleType) -> None:
        for engine in taking_part(family):
            self._start(engine.name, "/tests/benchmarks/peers/worker.js", "classic", engine.worker,
                        {"files": engine.files(name_of(family))})  # fmt: skip

    def _start(self, name: str, url: str, kind: str, label: str, boot: Any) -> None:
        self.page.evaluate(self.MAKE, [name, url, kind, label])
        self.ask(name, {"boot": boot})

    def ask(self, name: str, message: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate(self.ASK, [name, message])
        return answer

    def end(self) -> None:
        self.page.evaluate(self.END)


def compare(
    workers: Workers, family: ModuleType, name: str, rounds: int, seconds: float
) -> dict[str, Times]:
    """The times of every engine that takes part; raises ValueError when one does other work."""
    job = family.make_job(name) | {"name": name, "family": name_of(family)}
    engines = (ours(family), *taking_part(family))
    for engine in engines:
        check_loss(engine, job, workers.ask(engine.name, {"job": job})["loss"])
    times = {engine.name: Times() for engine in engines}
    for engine in engines:  # a first round, not counted, lets every engine's compiler settle
        workers.ask(engine.name, {"seconds": seconds})
    for _ in range(rounds):
        for each, measured in times.items():
            measured.add(workers.ask(each, {"seconds": seconds})["chunks"])
    return times


def memory(workers: Workers) -> str:
    """The WebAssembly memory of a worker of ours that trains LeNet with a large batch.

    This memory only ever grows, so its size is the peak. Raises ValueError above the limit.
    """
    workers.start_ours()
    before = workers.ask(OURS, {"memory": True})["bytes"] / MEGABYTE
    workers.ask(OURS, {"job": {"family": name_of(images), "name": images.MEMORY_JOB}})
    workers.ask(OURS, {"seconds": 1})
    after = workers.ask(OURS, {"memory": True})["bytes"] / MEGABYTE
    workers.end()
    words = f"{images.MEMORY_JOB}: {after:.0f} MB of memory, {before:.0f} MB of them before it"
    if after > images.MEMORY_LIMIT_MB:
        raise ValueError(f"{words}; at most {images.MEMORY_LIMIT_MB} MB are allowed")
    return words


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


@contextmanager
def page_of_workers() -> Iterator[Workers]:
    """A page in a new browser, served from the project's folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/tests/benchmarks/")
        yield Workers(page)
    server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4, help="of each engine in each round")
    parser.add_argument("--only", default="", help="only jobs whose name contains this")
    options = parser.parse_args()
    install_peers()
    table = Table()
    print(table.head())
    with page_of_workers() as workers:
        for family in FAMILIES:
            if names := [name for name in family.JOBS if options.only in name]:
                workers.start_ours()
                workers.start_peers(family)
                for name in names:
                    times = compare(workers, family, name, options.rounds, options.seconds)
                    print(table.row(family, name, times), flush=True)
                workers.end()
        print(f"\n{table.foot()}\n")
        if options.only in images.MEMORY_JOB:
            print(memory(workers))


if __name__ == "__main__":
    main()
