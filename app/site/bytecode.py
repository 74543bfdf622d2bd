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


def write_lock(official: bytes, addresses: dict[Path, str], target: Path) -> None:
    """Write the lock of exactly the wheels of `addresses`, which says where each will lie, relative
    to the runtime.

    `official` is the runtime's own lock: what it says of interpreter and platform is kept.
    """
    info = {"version": PYODIDE_VERSION, **json.loads(official)["info"]}
    packages = {}
    for wheel, address in addresses.items():
        spec = package_spec(wheel)
        spec.file_name = address
        packages[spec.name] = spec
    PyodideLockSpec(info=InfoSpec(**info), packages=packages).to_json(target)


def names_in(folder: Path) -> list[str]:
    """The distributions of which the wheels lie in a folder."""
    return [str(parse_wheel_filename(wheel.name)[0]) for wheel in sorted(folder.glob("*.whl"))]


def package_spec(wheel: Path) -> PackageSpec:
    """The lock's entry for one wheel. The page loads them by groups, so none names dependencies."""
    name, version, _, _ = parse_wheel_filename(wheel.name)
    spec = PackageSpec(name=name, version=str(version), file_name=wheel.name, install_dir="site")
    return update_package_sha256(spec, wheel)
