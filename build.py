"""Build, serve and test Glassnet on a machine that has Python 3.11 or newer and nothing else.

    python3 build.py serve    build the static site when it is out of date, then serve it
    python3 build.py site     only build the static site, into dist/
    python3 build.py server   serve the site together with the training server; --help says how
    python3 build.py panel    run the same app under `panel serve`
    python3 build.py test     everything that continuous integration runs
    python3 build.py lock     renew requirements.lock from pyproject.toml

The first half of this file uses the standard library alone, because it creates the virtual
environment in which the second half runs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TORCH = "torch==2.13.0"  # what the training server's engines are tested against


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(f"· {what} …", flush=True)
    start = time.monotonic()
    yield
    if (seconds := time.monotonic() - start) >= 1:
        print(f"  {seconds:.0f} s", flush=True)


def run(*command: str | Path, **environment: str) -> None:
    """Run a command in the project's root; a failure ends this program with its exit status."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}
    )
    require(done.returncode, command)


@contextmanager
def beside(*command: str | Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command while something else runs, wait for it, and show what it said."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment},
            stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.wait()
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout)


def require(status: int, command: Sequence[str | Path]) -> None:
    """End this program where a command failed."""
    if status:
        print(f"✗ failed: {' '.join(str(part) for part in command)}", file=sys.stderr)
        raise SystemExit(status)


def ensure_environment() -> None:
    """Have the locked dependencies in .venv, and go on in its interpreter."""
    if sys.version_info < (3, 11):  # noqa: UP036, the very interpreter is what is asked for
        raise SystemExit(f"Glassnet needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed.sha256"
    if not stamp.is_file() or stamp.read_text() != wanted:
        create_environment()
        stamp.write_text(wanted)
    if Path(sys.prefix).resolve() != VENV.resolve():
        go_on([str(PYTHON), str(ROOT / "build.py"), *sys.argv[1:]])


def go_on(command: list[str]) -> NoReturn:
    """In another program, which hears Ctrl-C, and whatever else this one is told, by itself."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    if os.name != "nt":
        os.execve(command[0], command, environment)
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None:
        with suppress(KeyboardInterrupt):  # it was told, too, and ends in its own time
            process.wait()
    raise SystemExit(process.returncode)


def create_environment() -> None:
    with step("creating the virtual environment .venv"):
        base = getattr(sys, "_base_executable", sys.executable)
        run(base, "-m", "venv", "--clear", VENV)
    with step("installing the locked dependencies (about a minute the first time)"):
        run(PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check",
            "--no-deps", "--require-hashes", "-r", LOCK)  # fmt: skip


# From here on the code runs inside .venv.


def command_site(_: argparse.Namespace) -> None:
    from app.site.build import ensure_site

    ensure_site(ROOT / "dist", step)


def command_serve(options: argparse.Namespace) -> None:
    from app.site.serve import serve

    command_site(options)
    serve(ROOT / "dist", options.port)


def command_server(options: argparse.Namespace) -> None:
    from app.server.command import main

    if not {"-h", "--help"} & set(options.rest):
        command_site(options)
    main(options.rest, "build.py server")


def command_panel(options: argparse.Namespace) -> None:
    main = ROOT / "app" / "playground" / "main.py"
    run(PYTHON, "-m", "panel", "serve", main, "--port", str(options.port),
        "--address", "127.0.0.1", "--static-dirs", f"glassnet={ROOT / 'static'}",
        "--plugins", "app.server.mounted",
        PYTHONPATH=str(ROOT))  # fmt: skip


def command_test(options: argparse.Namespace) -> None:
    """Lint, types, then every test; the browser's tests run against the site just built, and the
    core's once more in its Python."""
    chromium = ensure_chromium()
    ensure_torch()
    vulkan = ensure_vulkan()
    with step("checking style and types"):
        run(PYTHON, "-m", "ruff", "check", ".")
        run(PYTHON, "-m", "mypy")
    command_site(options)
    with step("running the tests"):
        environment = {"GLASSNET_CHROMIUM": chromium, **vulkan}
        if options.pytest:
            run(PYTHON, "-m", "pytest", *options.pytest, **environment)
        else:
            run_all_tests(environment)


def run_all_tests(environment: dict[str, str]) -> None:
    """Those in the browser take half of the time and one of two cores, so they run beside the
    others. A page may starve in that company; so what failed there is run once more, alone."""
    pytest = (PYTHON, "-m", "pytest")
    browser = (*pytest, "tests/browser", "-o", "cache_dir=.pytest_cache/browser")
    with beside(*browser, **environment) as first:
        run(*pytest, "--ignore=tests/browser", **environment)
        with step("running the core's tests in the page's Python"):
            run(PYTHON, "-m", "tests.pyodide.run")
    if first.returncode:
        with step("running again the browser's tests that failed beside the others"):
            run(*browser, "--last-failed", "--last-failed-no-failures=none", **environment)


def ensure_chromium() -> str:
    """The path of a Chromium; installs Debian's package where that is permitted."""
    names = ("chromium", "chromium-browser", "google-chrome")
    candidates = [os.environ.get("GLASSNET_CHROMIUM"), *map(shutil.which, names)]
    found = next((path for path in candidates if path), None)
    if found:
        return found
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise SystemExit(
            "The browser tests need Chromium, and none was found. Install it (on Debian: "
            "apt-get install chromium), or name one in the variable GLASSNET_CHROMIUM."
        )
    with step("installing Chromium from Debian's packages"):
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium",
            "fonts-dejavu-core", DEBIAN_FRONTEND="noninteractive")  # fmt: skip
    return shutil.which("chromium") or "chromium"


def ensure_torch() -> None:
    """PyTorch, for the tests alone. It is installed without hashes: in the lock, which has them,
    every user of this file would fetch gigabytes."""
    if find_spec("torch"):
        return
    with step(f"installing {TORCH}, against which the training server is tested"):
        done = subprocess.run([PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check",
                               TORCH])  # fmt: skip
    if done.returncode:
        raise SystemExit(
            f"The tests of the training server need {TORCH}, and pip could not install it; what it "
            f"says is above. Without a connection, give it a wheel: {PYTHON} -m pip install FILE."
        )


def ensure_vulkan() -> dict[str, str]:
    """What the tests of the WebGPU engine need in their environment: a driver in software, so that
    they compute the same on every machine; installs Debian's package where that is permitted."""
    if sys.platform != "linux":
        return {}  # there the system has drivers of its own
    if not find_library("vulkan") or not software_drivers():
        if not shutil.which("apt-get") or os.geteuid() != 0:
            raise SystemExit(
                "The tests of the training server need Vulkan with Mesa's driver in software. On "
                "Debian: apt-get install libvulkan1 mesa-vulkan-drivers."
            )
        with step("installing a Vulkan driver from Debian's packages"):
            run("apt-get", "update", "-qq")
            run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libvulkan1",
                "mesa-vulkan-drivers", DEBIAN_FRONTEND="noninteractive")  # fmt: skip
    # The driver wants a folder of its own, and keeps nothing in it.
    folder = os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir())
    return {"VK_DRIVER_FILES": str(software_drivers()[0]), "XDG_RUNTIME_DIR": folder}


def software_drivers() -> list[Path]:
    """What tells Vulkan of Mesa's driver in software, lavapipe."""
    return sorted(Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json"))


def command_lock(_: argparse.Namespace) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for name in project["optional-dependencies"] if name != "torch"]
    run(PYTHON, "-m", "uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header",
        "--no-annotate", "--python-version", "3.11", *(f"--extra={name}" for name in extras),
        "pyproject.toml", "-o", LOCK)  # fmt: skip


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, help_text in (
        ("serve", "build the static site when needed and serve it on 127.0.0.1"),
        ("site", "build the static site into dist/"),
        ("server", "serve the site together with the training server"),
        ("panel", "run the app under panel serve"),
        ("test", "run everything that continuous integration runs"),
        ("lock", "renew requirements.lock"),
    ):
        command = commands.add_parser(name, help=help_text, add_help=name != "server")
        command.set_defaults(run=globals()[f"command_{name}"], pytest=[])
        if name in ("serve", "panel"):
            default = 8000 if name == "serve" else 5006
            command.add_argument("--port", type=int, default=default, help=f"default {default}")
        if name == "test":
            command.add_argument("pytest", nargs="*", help="passed on to pytest, after --")
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and options.run is not command_server:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def main() -> None:
    options = parse()
    ensure_environment()
    options.run(options)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
