"""Files from elsewhere: only the right bytes are taken, and a failure names every source."""

import hashlib
import http.server
import io
import threading
import zipfile

import pytest

from app.site import sources


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "glassnet"


def fails(name):
    raise ConnectionError("no route")


def is_good(data):
    return data == b"good"


def test_the_first_source_with_the_right_bytes_wins_and_is_kept(cache):
    asked = []

    def wrong(name):
        asked.append("wrong")
        return b"bad"

    def right(name):
        asked.append("right")
        return b"good"

    table = {"down": fails, "wrong": wrong, "right": right, "never": fails}
    assert sources.fetch("file", is_good, table) == b"good"
    assert sources.fetch("file", is_good, table) == b"good"
    assert asked == ["wrong", "right"]


def test_a_damaged_cache_is_not_believed(cache):
    cache.mkdir()
    (cache / "file").write_bytes(b"rotten")
    assert sources.fetch("file", is_good, {"right": lambda name: b"good"}) == b"good"
    assert (cache / "file").read_bytes() == b"good"


def test_when_none_can_every_source_is_named_with_its_reason():
    with pytest.raises(sources.SourceError) as caught:
        sources.fetch("numpy.whl", is_good, {"the moon": fails, "mars": lambda name: b"bad"})
    message = str(caught.value)
    for words in ("numpy.whl", "the moon", "no route", "mars", "another hash"):
        assert words in message


def test_a_wheel_must_have_the_hash_of_the_lock(monkeypatch):
    monkeypatch.setattr(sources, "_from_cdn", fails)
    monkeypatch.setattr(sources, "_from_carrier", lambda name: b"wheel")
    assert sources.fetch_wheel("a.whl", hashlib.sha256(b"wheel").hexdigest()) == b"wheel"
    with pytest.raises(sources.SourceError, match="another hash"):
        sources.fetch_wheel("b.whl", hashlib.sha256(b"other").hexdigest())


class RangeHandler(http.server.BaseHTTPRequestHandler):
    """Serves `data`, whole or in part, and notes how many bytes were asked for."""

    data = b""
    sent = 0

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.data)))
        self.end_headers()

    def do_GET(self):
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        part = self.data[int(first) : int(last) + 1]
        type(self).sent += len(part)
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *args):
        pass


def test_one_member_of_a_remote_wheel_is_read_without_the_rest():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("large", bytes(3_000_000))
        archive.writestr("small", b"wanted")
    RangeHandler.data = packed.getvalue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RangeHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    remote = sources.RemoteFile(f"http://127.0.0.1:{server.server_port}/")
    with zipfile.ZipFile(remote) as archive:
        assert archive.read("small") == b"wanted"
    assert RangeHandler.sent < 500_000
    server.shutdown()
