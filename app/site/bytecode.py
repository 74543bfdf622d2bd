"""Byte-compile the site's archives with the target interpreter, and write the lock it verifies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from packaging.utils import parse_wheel_filename
from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import InfoSpec, PackageSpec
from pyodide_lock.utils import update_package_sha256

from app.site.sources import PYODIDE_VERSION


def compile_archives(runtime: Path, archives: Path) -> None:
    """Replace each .py in the wheels and zips of `archives` by its .pyc."""
    node = Path(sys.prefix) / ("Scripts/node.exe" if os.name == "nt" else "bin/node")
    script = Path(__file__).with_name("compile.mjs")
    host = sysconfig.get_path("purelib")
    subprocess.run([node, script, runtime, archives, host], check=True)


def write_lock(official: bytes, archives: Path, target: Path, moved: dict[str, str]) -> list[str]:
    """Write the lock of exactly the wheels in `archives`; return the names of what it locks.

    `official` is the runtime's own lock: what it says of interpreter and platform is kept.
    `moved` maps the file names of wheels that will lie elsewhere to their relative addresses.
    """
    info = {"version": PYODIDE_VERSION, **json.loads(official)["info"]}
    specs = [package_spec(wheel) for wheel in sorted(archives.glob("*.whl"))]
    for spec in specs:
        spec.file_name = moved.get(spec.file_name, spec.file_name)
    packages = {spec.name: spec for spec in specs}
    PyodideLockSpec(info=InfoSpec(**info), packages=packages).to_json(target)
    return list(packages)


def package_spec(wheel: Path) -> PackageSpec:
    """The lock's entry for one wheel. The page loads all of them, so none names dependencies."""
    name, version, _, _ = parse_wheel_filename(wheel.name)
    spec = PackageSpec(name=name, version=str(version), file_name=wheel.name, install_dir="site")
    return update_package_sha256(spec, wheel)
