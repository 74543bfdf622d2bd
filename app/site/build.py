"""Assemble dist/: runtime, wheels, page. Folders named by their content never change:

index.html          the page, with the manifest of all that it will load
python-<hash>/      interpreter and third-party wheels; changes when a dependency does
laboratory-<hash>/  wheels that the page fetches only when a chapter asks for them
app-<hash>/         our own wheel, scripts, styles, BokehJS; changes with every release
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import bokeh
import panel

from app.site import bytecode, wheels
from app.site.page import SCRIPTS, render_page
from app.site.sources import PYODIDE_VERSION, cache_folder, fetch_runtime

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ("app", "core", "static", "build.py", "pyproject.toml", "requirements.lock")
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
STAMP = "built-from.sha256"

Step = Callable[[str], AbstractContextManager[None]]


def ensure_site(dist: Path, step: Step) -> None:
    """Build the site into `dist` unless it was already built from these very sources."""
    wanted = fingerprint(ROOT)
    stamp = dist / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".building-") as folder:
        site = Path(folder) / "dist"
        build_site(site, Path(folder) / "stage", step)
        (site / STAMP).write_text(wanted)
        shutil.rmtree(dist, ignore_errors=True)
        site.rename(dist)


def fingerprint(root: Path) -> str:
    """A hash of every source that the site is made of."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def build_site(site: Path, stage: Path, step: Step) -> None:
    """Build into the empty folder `site`; `stage` is scratch space."""
    runtime, archives = stage / "runtime", stage / "archives"
    groups = {stage / name: roots for name, roots in wheels.GROUPS.items()}
    for folder in (site, runtime, archives, *groups):
        folder.mkdir(parents=True)
    with step("fetching the Python runtime"):
        files = fetch_runtime()
        for name, data in files.items():
            (runtime / name).write_bytes(data)
    with step("collecting the wheels"):
        lock = json.loads(files["pyodide-lock.json"])["packages"]
        wheels.collect(lock, ROOT, archives)
        for folder, roots in groups.items():
            wheels.collect_group(lock, roots, folder)
        shutil.copy(runtime / "python_stdlib.zip", archives)
    with step("compiling them to byte code, in the page's own Python"):
        bytecode.compile_archives(runtime, archives)
        for folder in groups:
            compile_group(runtime, folder)
    with step("assembling the site"):
        assemble(site, runtime, archives, list(groups))


def compile_group(runtime: Path, folder: Path) -> None:
    """Compile the wheels of a group, or take them as compiled at an earlier build: they are large,
    and change only with their versions."""
    kept = cache_folder() / f"compiled-{PYODIDE_VERSION}-{content_hash(folder)}"
    stamp = kept.with_suffix(".sha256")
    if stamp.is_file() and kept.is_dir() and stamp.read_text() == content_hash(kept):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        return
    bytecode.compile_archives(runtime, folder)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept)
    stamp.write_text(content_hash(folder))


def assemble(site: Path, runtime: Path, archives: Path, groups: list[Path]) -> None:
    """Lay out the content-named folders, then the page that names them."""
    official = (runtime / "pyodide-lock.json").read_bytes()
    own = next(archives.glob("glassnet-*.whl"))
    for name in RUNTIME:
        shutil.move(runtime / name, archives)
    resources = archives.parent / "resources"
    collect_resources(resources)
    shutil.copy(own, resources)
    python = f"python-{content_hash(archives, exclude=own.name)}/"
    app = f"app-{content_hash(resources)}/"
    named = {folder: f"{folder.name}-{content_hash(folder)}/" for folder in groups}
    addresses = {wheel: wheel.name for wheel in sorted(archives.glob("*.whl"))}
    addresses[own] = f"../{app}{own.name}"
    addresses |= {wheel: f"../{address}{wheel.name}" for folder, address in named.items()
                  for wheel in sorted(folder.glob("*.whl"))}  # fmt: skip
    bytecode.write_lock(official, addresses, resources / "lock.json")
    packages = bytecode.names_in(archives)
    extras = {folder.name: bytecode.names_in(folder) for folder in groups}
    own.unlink()
    for folder, address in named.items():
        folder.rename(site / address)
    archives.rename(site / python)
    resources.rename(site / app)
    manifest = {
        "python": python,
        "app": app,
        "lock": f"{app}lock.json",
        "worker": f"{app}worker.mjs",
        "packages": packages,
        "groups": extras,
        "scripts": [app + name for name in SCRIPTS],
        "files": describe(site),
    }
    (site / "index.html").write_text(render_page(site, manifest), encoding="utf-8")


def collect_resources(folder: Path) -> None:
    """Everything that the page itself loads: our scripts and styles, BokehJS, Panel's bundle."""
    shutil.copytree(ROOT / "static", folder, ignore=shutil.ignore_patterns("*.html"))
    bokeh_js = Path(bokeh.__file__).parent / "server" / "static" / "js"
    panel_js = Path(panel.__file__).parent / "dist"
    for name in SCRIPTS:
        shutil.copy((panel_js if name.startswith("panel") else bokeh_js) / name, folder)


def content_hash(folder: Path, exclude: str = "") -> str:
    """A short hash of the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != exclude):
        digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def describe(site: Path) -> dict[str, dict[str, str | int]]:
    """Size and integrity of every file, by its path from the site's root."""
    return {
        file.relative_to(site).as_posix(): {
            "bytes": file.stat().st_size,
            "integrity": integrity(file.read_bytes()),
        }
        for file in sorted(p for p in site.rglob("*") if p.is_file())
    }


def integrity(data: bytes) -> str:
    """The hash of a file as browsers verify it (W3C Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()
