"""Where the browser's Python comes from, and how it is trusted.

The runtime is an npm package, pinned by its sha512. The lock file inside it holds the sha256 of
every compiled wheel, and is the root of trust: a file with the right hash is the official one,
wherever its bytes came from. Sources are asked in order; the first whose bytes match wins.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

PYODIDE_VERSION = "314.0.3"
PYODIDE_SHA512 = (
    "sK40My6m8tmBUYtYH9au9rXUeh9x0wfahtHdOlGmJxZDsKBGKtP6KznyFB2+u/klbQTdDionR0uaVd176zVQzQ=="
)
# A wheel on the Python package index that carries Pyodide's own wheels byte for byte.
CARRIER = "open_webui==0.12.4"
CARRIER_FOLDER = "open_webui/frontend/pyodide/"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/"
TIMEOUT_S = (3, 60)  # to connect, to read


class SourceError(RuntimeError):
    """A file could be had from no source; the message names every source that was tried."""


def cache_folder() -> Path:
    """Downloads are kept here between builds; every read is checked against its hash."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "glassnet"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fetch_runtime() -> dict[str, bytes]:
    """The files of the Pyodide runtime by name, such as `pyodide.mjs`."""
    name = f"pyodide-{PYODIDE_VERSION}.tgz"
    packed = fetch(name, _is_sha512(PYODIDE_SHA512), {"the npm registry": _from_npm})
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = {Path(m.name).name: archive.extractfile(m) for m in archive if m.isfile()}
        return {name: file.read() for name, file in members.items() if file}


def fetch_wheel(name: str, sha256: str) -> bytes:
    """A compiled wheel of the Pyodide distribution, by its file name in the runtime's lock."""
    sources = {CDN: _from_cdn, f"{CARRIER} on the Python package index": _from_carrier}
    return fetch(name, lambda data: hashlib.sha256(data).hexdigest() == sha256, sources)


def fetch(
    name: str, is_right: Callable[[bytes], bool], sources: Mapping[str, Callable[[str], bytes]]
) -> bytes:
    """The bytes of `name` that pass `is_right`, from the cache or else the first source that can.

    Raises SourceError, with the reason of each source, when none can.
    """
    cached = cache_folder() / name
    if cached.is_file() and is_right(data := cached.read_bytes()):
        return data
    tried = []
    for label, source in sources.items():
        try:
            data = source(name)
        except (OSError, KeyError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
            tried.append(f"  - {label}: {type(error).__name__}: {error}")
            continue
        if is_right(data):
            _write(cached, data)
            return data
        tried.append(f"  - {label}: the file has another hash than the pinned one")
    raise SourceError(f"{name} could not be fetched. Tried, in order:\n" + "\n".join(tried))


def _write(path: Path, data: bytes) -> None:
    """Write under another name first, so that an interrupted build leaves no half a file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)


def _is_sha512(expected: str) -> Callable[[bytes], bool]:
    return lambda data: base64.b64encode(hashlib.sha512(data).digest()).decode() == expected


def _from_npm(name: str) -> bytes:
    """Ask npm, which knows this machine's registry and proxy."""
    npm = Path(sys.prefix) / ("Scripts/npm.exe" if os.name == "nt" else "bin/npm")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(npm), "pack", f"pyodide@{PYODIDE_VERSION}", "--silent"]
        subprocess.run(command, cwd=folder, check=True, timeout=180, stdout=subprocess.DEVNULL)
        return (Path(folder) / name).read_bytes()


def _from_cdn(name: str) -> bytes:
    response = requests.get(CDN + name, timeout=TIMEOUT_S)
    response.raise_for_status()
    return response.content


def _from_carrier(name: str) -> bytes:
    """Read one member of the carrier wheel by range requests: a few megabytes instead of 106."""
    with zipfile.ZipFile(RemoteFile(_carrier_url())) as archive:
        return archive.read(CARRIER_FOLDER + name)


def _carrier_url() -> str:
    """pip knows where the index is; it is asked without installing anything."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed",
               "--ignore-requires-python", "--no-deps", "--report", "-", CARRIER]  # fmt: skip
    report = subprocess.run(command, check=True, capture_output=True, timeout=180).stdout
    return str(json.loads(report)["install"][0]["download_info"]["url"])


class RemoteFile(io.RawIOBase):
    """A seekable, read-only view of a file behind a web server that answers range requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        head = self.session.head(url, timeout=TIMEOUT_S, allow_redirects=True)
        head.raise_for_status()
        self.size = int(head.headers["Content-Length"])
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = start + offset
        return self.position

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self.position + size)
        if end <= self.position:
            return b""
        wanted = {"Range": f"bytes={self.position}-{end - 1}"}
        response = self.session.get(self.url, headers=wanted, timeout=TIMEOUT_S)
        if response.status_code != 206:
            raise OSError(f"the server answered {response.status_code} to a range request")
        self.position = end
        return response.content
