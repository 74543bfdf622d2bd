"""The server of `build.py serve`, and the fingerprint that says whether to build anew."""

import threading

import pytest
import requests

from app.site.build import INPUTS, fingerprint
from app.site.serve import make_server


@pytest.fixture
def address(tmp_path):
    for name in ("index.html", "app-0123456789ab/worker.mjs", "python-0123456789ab/py.wasm"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    server = make_server(tmp_path, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("", "text/html", "no-cache"),
        ("app-0123456789ab/worker.mjs", "text/javascript", "public, max-age=31536000, immutable"),
        ("python-0123456789ab/py.wasm", "application/wasm", "public, max-age=31536000, immutable"),
    ],
)
def test_types_and_caching(address, path, kind, cache):
    response = requests.get(address + path, timeout=5)
    assert response.headers["Content-Type"].split(";")[0] == kind
    assert response.headers["Cache-Control"] == cache
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_outside_the_folder_is_served(address):
    for path in ("../pyproject.toml", "%2e%2e/pyproject.toml"):
        assert requests.get(address + path, timeout=5).status_code == 404


def test_the_fingerprint_follows_every_source(tmp_path):
    for name in INPUTS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    for name in INPUTS:
        (tmp_path / name / "file").write_text("2")
        after = fingerprint(tmp_path)
        assert after != before
        before = after
    (tmp_path / "app" / "__pycache__").mkdir()
    (tmp_path / "app" / "__pycache__" / "x.pyc").write_text("x")
    assert fingerprint(tmp_path) == before
