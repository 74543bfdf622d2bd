"""The wheels that the page's Python installs: fetched, stripped of what no page can use, locked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from app.site.sources import fetch_wheel

# Compiled for Pyodide: taken from its distribution, with the hashes of its own lock file.
COMPILED = ("numpy",)
# Groups that a page loads only when it asks for them, each from a folder of its own; what they
# depend on comes with them.
GROUPS = {"laboratory": ("scikit-learn",)}
# Published with an optional accelerator in C, which must not be built: no page can load it.
WITHOUT_C = {
    "markupsafe": {"CC": "false"},
    "pyyaml": {"PYYAML_FORCE_LIBYAML": "0", "PYYAML_FORCE_CYTHON": "0"},
}
# Pure Python: the versions of requirements.lock, with its hashes.
PURE = (
    "bokeh",
    "jinja2",
    "packaging",
    "panel",
    "param",
    "pyviz-comms",
    "tqdm",
    "typing-extensions",
)
# Patterns of members that are left out, by distribution. `*` also matches slashes.
EVERYWHERE = ("*.pyi", "*/tests/*", "*/py.typed", "*.dist-info/RECORD")
NATIVE_SOURCES = ("*.pxd", "*.pyx", "*.tp", "*.pxi", "*.h", "*.c", "*.cpp", "*.build")
UNUSED = {
    "bokeh": (
        "bokeh/_sri/[0-2]*",
        "bokeh/command/*",
        "bokeh/sampledata/*",
        "bokeh/server/static/*",
        "bokeh/sphinxext/*",
    ),
    "glassnet": ("app/site/*", "app/server/*"),
    "numpy": ("*/_core/include/*", "*/_core/lib/*", "*/f2py/*", "*.a", "*.pxd", "*/bin/*"),
    "panel": ("panel/dist/*", "panel/command/*", "panel/models/*.ts", "panel/tests/*"),
    "joblib": ("joblib/test/*",),
    "scikit-learn": (
        "sklearn/datasets/data/*",
        "sklearn/datasets/descr/*",
        "sklearn/datasets/images/*",
        *NATIVE_SOURCES,
    ),
    "scipy": ("scipy/datasets/*", "scipy/misc/*", "scipy/odr/*", "*/_test_*.so", *NATIVE_SOURCES),
}


def collect(lock: dict[str, dict[str, Any]], root: Path, folder: Path) -> None:
    """Put every wheel that the page needs into `folder`, slimmed.

    `lock` is the `packages` table of the runtime's own lock file; `root` the project's root, whose
    own wheel is built here too.
    """
    fetch_compiled(lock, COMPILED, folder)
    requirements = (root / "requirements.lock").read_text()
    download_pure(requirements, folder)
    for name, environment in WITHOUT_C.items():
        build_wheel(locked(requirements, (name,)), folder, environment)
    build_wheel(str(root), folder)
    for wheel in folder.glob("*.whl"):
        slim(wheel)


def collect_group(lock: dict[str, dict[str, Any]], roots: tuple[str, ...], folder: Path) -> None:
    """Put into `folder`, slimmed, `roots` and all they depend on that is not there at the start."""
    fetch_compiled(lock, [n for n in required(lock, roots) if n not in COMPILED], folder)
    for wheel in folder.glob("*.whl"):
        slim(wheel)


def required(lock: dict[str, dict[str, Any]], roots: Iterable[str]) -> list[str]:
    """The distributions `roots` and, by the lock, all that they depend on."""
    found: dict[str, None] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        found[name] = None
        waiting += [each for each in lock[name]["depends"] if each not in found]
    return sorted(found)


def fetch_compiled(
    lock: dict[str, dict[str, Any]], names: Iterable[str], folder: Path
) -> None:
    for name in names:
        entry = lock[name]
        data = fetch_wheel(entry["file_name"], entry["sha256"])
        (folder / entry["file_name"]).write_bytes(data)


def download_pure(requirements: str, folder: Path) -> None:
    """Fetch the wheels of PURE; pip keeps them and checks each against its locked hash."""
    with requirements_file(locked(requirements, PURE)) as chosen:
        pip("download", "--require-hashes", "--only-binary=:all:", "--platform=any",
            "--implementation=py", "--abi=none", "--python-version=3.14", f"--dest={folder}",
            "-r", chosen)  # fmt: skip


def build_wheel(what: str, folder: Path, environment: dict[str, str] | None = None) -> None:
    """Build a wheel, with the locked build tools, from a folder or locked entries of an sdist."""
    if "==" not in what:
        pip("wheel", "--no-build-isolation", f"--wheel-dir={folder}", what)
        return
    with requirements_file(what) as chosen:
        pip("wheel", "--no-build-isolation", "--require-hashes", "--no-binary=:all:",
            "--no-cache-dir", f"--wheel-dir={folder}", "-r", chosen,
            environment=environment)  # fmt: skip


def pip(command: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    line = [sys.executable, "-m", "pip", command, "-qq", "--no-deps", *arguments]
    subprocess.run(line, check=True, env={**os.environ, **(environment or {})})


@contextmanager
def requirements_file(text: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text(text)
        yield str(path)


def locked(requirements: str, names: tuple[str, ...]) -> str:
    """The entries of a requirements file, hashes included, for the named distributions.

    Raises ValueError naming what is missing from the file.
    """
    entries = re.findall(r"^([\w.-]+)(==.*\\\n(?:    --hash=.*\n)+)", requirements, re.MULTILINE)
    by_name = {name: name + rest for name, rest in entries}
    if missing := [name for name in names if name not in by_name]:
        raise ValueError(f"requirements.lock has no entry for {', '.join(missing)}")
    return "".join(by_name[name] for name in names)


def slim(wheel: Path) -> None:
    """Rewrite a wheel without the members that the page cannot use."""
    distribution = wheel.name.split("-")[0].replace("_", "-")
    patterns = EVERYWHERE + UNUSED.get(distribution, ())
    with zipfile.ZipFile(wheel) as archive:
        kept = {
            info: archive.read(info)
            for info in archive.infolist()
            if not info.is_dir() and not any(fnmatch(info.filename, p) for p in patterns)
        }
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in kept.items():
            archive.writestr(info, data)
