"""Who is let in: every trick with Host, Origin and key that the rules are there for."""

import asyncio
import logging

import pytest
import requests
from tornado.httpclient import HTTPClientError

from app.protocol import CLOSED, PATH, SUBPROTOCOL
from app.server.security import ALPHABET, CODE_S, MAX_WRONG, Asked, Keys, make_guard, read_origin
from tests.server.helpers import HELLO, OWN, connect, serving

FRIEND = "https://course.example"
HOSTS = {
    "127.0.0.1:{port}": True,
    "localhost:{port}": True,
    "LOCALHOST:{port}": True,
    "[::1]:{port}": True,
    "attacker.example:{port}": False,  # a name that was rebound to this machine
    "127.0.0.1.attacker.example:{port}": False,
    "localhost.:{port}": False,
    "127.0.0.1": False,
    "127.0.0.1:1": False,
    "127.0.0.1:{port}0": False,
    "127.1:{port}": False,
    "0.0.0.0:{port}": False,
    "user@127.0.0.1:{port}": False,
    "192.0.2.1:{port}": False,
    "": False,
}
ORIGINS = {
    "http://127.0.0.1:{port}": True,
    "http://localhost:{port}": True,
    FRIEND: True,
    "null": False,  # a sandboxed frame, a file, a redirect between sites
    "": False,
    "https://127.0.0.1:{port}": False,
    "http://127.0.0.1": False,
    "http://127.0.0.1:1": False,
    "http://127.0.0.1:{port}0": False,
    "http://127.0.0.1:{port}.attacker.example": False,
    "http://attacker.example": False,
    "http://attacker.example:{port}": False,
    "http://course.example": False,
    "https://course.example:444": False,
    "https://sub.course.example": False,
    "https://course.example.attacker.example": False,
    "https://xcourse.example": False,
    "https://course.example/": False,
    "https://course.example@attacker.example": False,
    "HTTPS://COURSE.EXAMPLE": False,  # no browser writes it so
}
KEYS = {"token": True, "code": True, "wrong": False, "none": False, "cut": False}


def make_asked(guard, port=8765, host="127.0.0.1:8765", origin=None, key=""):
    return Asked("http", port, host, origin, key)


def test_every_host_with_every_origin_with_every_key():
    """The whole matrix, as the rules decide it; that the sockets do is shown below."""
    for host, knows_host in HOSTS.items():
        for origin, knows_origin in ORIGINS.items():
            for key, opens in KEYS.items():
                guard = make_guard(Keys(lambda text: None), None, [FRIEND])
                asked = Asked("http", 8765, host.format(port=8765), origin.format(port=8765),
                              key_of(guard.keys, key))  # fmt: skip
                assert guard.knows_host(asked) is knows_host, host
                if knows_host:
                    wanted = "origin" if not knows_origin else "" if opens else "key"
                    assert guard.refusal(asked) == wanted, (host, origin, key)


def key_of(keys, kind, port=8765):
    return {"token": keys.token, "code": keys.code(port), "wrong": "A" * 43, "none": "",
            "cut": keys.token[:-1]}[kind]  # fmt: skip


@pytest.mark.parametrize("host", [host for host, known in HOSTS.items() if host and not known])
def test_a_strange_host_gets_nothing(host):
    async def scene():
        async with serving() as running:
            with pytest.raises(HTTPClientError) as refused:
                await connect(running, host=host.format(port=running.port))
            assert refused.value.code in (400, 403)  # Tornado itself refuses what is no host

    asyncio.run(scene())


@pytest.mark.parametrize("origin", [o for o, known in ORIGINS.items() if o and not known])
def test_a_strange_origin_is_told_so_and_not_heard(origin):
    async def scene():
        async with serving(origins=[FRIEND]) as running:
            page = await connect(running, origin=origin.format(port=running.port))
            await page.say(HELLO)
            assert await page.closed() == CLOSED["origin"]
            assert not running.gateway.lines

    asyncio.run(scene())


@pytest.mark.parametrize("origin", [OWN, FRIEND, "http://localhost:{port}"])
@pytest.mark.parametrize("key", ["token", "code"])
def test_the_right_ones_come_in(origin, key):
    async def scene():
        async with serving(origins=[FRIEND]) as running:
            origin_ = origin if origin is OWN else origin.format(port=running.port)
            page = await connect(running, origin=origin_, host=f"localhost:{running.port}",
                                 key=key_of(running.keys, key, running.port))  # fmt: skip
            await page.say(HELLO)
            assert (await page.told("welcome"))["token"] == running.keys.token

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("keys", "opens"),
    [
        ({"bearer": "token"}, True),
        ({"key": "token"}, True),
        ({"bearer": "code"}, False),  # to guess a code, one must be a page that may be here
        ({"key": "code"}, False),
        ({}, False),
    ],
)
def test_without_an_origin_only_the_token_opens(keys, opens):
    async def scene():
        async with serving() as running:
            found = {name: key_of(running.keys, kind) for name, kind in keys.items()}
            page = await connect(running, origin=None, **({"key": None} | found))
            if opens:
                await page.say(HELLO)
                await page.told("welcome")
            else:
                assert await page.closed() == CLOSED["key"]

    asyncio.run(scene())


def test_a_token_in_the_address_or_a_cookie_opens_nothing():
    async def scene():
        async with serving() as running:
            token = running.keys.token
            for query in (f"?token={token}", f"?key.{token}", f"?key={token}"):
                page = await connect(running, key=None, query=query)
                assert await page.closed() == CLOSED["key"]

    asyncio.run(scene())


def test_the_code_is_void_after_ten_wrong_ones():
    async def scene():
        async with serving() as running:
            right = running.keys.code(running.port)
            wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
            for _ in range(MAX_WRONG):
                assert not running.said
                page = await connect(running, key=wrong)
                assert await page.closed() == CLOSED["key"]
            assert len(running.said) == 1
            assert "void" in running.said[0]
            page = await connect(running, key=right)
            assert await page.closed() == CLOSED["key"]
            page = await connect(running)
            await page.say(HELLO)
            await page.told("welcome")

    asyncio.run(scene())


def test_strangers_cannot_void_the_code():
    keys = Keys(lambda text: None)
    guard = make_guard(keys, None, [])
    wrong = "2" * 8 if keys.code(1)[2:] != "2222-2222" else "3" * 8
    for origin in ("https://attacker.example", "null", None):
        for _ in range(MAX_WRONG + 1):
            assert guard.refusal(make_asked(guard, origin=origin, key=wrong))
    assert keys.is_code(keys.code(8765))


def test_the_code_is_typed_as_people_type_and_lasts_an_hour():
    now = [0.0]
    keys = Keys(lambda text: None, lambda: now[0])
    code = keys.code(8765)
    assert code.startswith("8765-")
    assert set(code[5:]) <= {*ALPHABET, "-"}
    bare = code[5:]
    for typed in (code, code.lower(), bare, bare.replace("-", ""), f" {bare} "):
        assert keys.is_code(typed)
    now[0] = CODE_S + 1
    assert not keys.is_code(code)
    assert keys.is_token(keys.token)


def test_keys_differ_from_run_to_run():
    both = [Keys(lambda text: None) for _ in range(2)]
    assert len({keys.token for keys in both}) == len({keys.code(1) for keys in both}) == 2
    assert len(both[0].token) >= 43  # 256 bits, six to a character


@pytest.mark.parametrize("offered", [("glassnet.2",), ("glassnet.0", "glassnet.2")])
def test_another_version_is_told_so(offered):
    async def scene():
        async with serving() as running:
            page = await connect(running, protocols=offered)
            assert page.socket.selected_subprotocol == offered[0]  # else a browser hides the code
            assert await page.closed() == CLOSED["version"]

    asyncio.run(scene())


@pytest.mark.parametrize(
    "text",
    ["*", "null", "course.example", "https://*.example", "ftp://x", "https://x/path",
     "https://user@x", "https://x:port", ""],
)  # fmt: skip
def test_an_origin_to_allow_is_exact(text):
    with pytest.raises(ValueError, match="is no origin"):
        read_origin(text)


def test_origins_are_read_as_browsers_write_them():
    assert read_origin("https://Course.Example:443/") == "https://course.example"
    assert read_origin("http://localhost:8000") == "http://localhost:8000"


@pytest.mark.parametrize(
    ("host", "known", "unknown"),
    [
        ("lab.example", ["lab.example", "localhost"], ["192.0.2.7", "x.lab.example"]),
        ("192.0.2.7", ["192.0.2.7", "127.0.0.1"], ["192.0.2.8", "lab.example"]),
        ("2001:db8::1", ["[2001:db8::1]", "[::1]"], ["2001:db8::1", "[2001:db8::2]"]),
        ("0.0.0.0", ["192.0.2.7", "[2001:db8::1]"], ["lab.example", "192.0.2.7.example"]),
        ("::", ["192.0.2.7", "[2001:db8::1]"], ["lab.example", ""]),
    ],
)
def test_a_server_for_others_knows_its_own_names_alone(host, known, unknown):
    """A name can be rebound to any address; an address cannot."""
    guard = make_guard(Keys(lambda text: None), host, [])
    key = guard.keys.token
    for name in known:
        asked = make_asked(guard, host=f"{name}:8765", origin=f"http://{name}:8765", key=key)
        assert guard.knows_host(asked)
        assert guard.refusal(asked) == ""
    for name in unknown:
        assert not guard.knows_host(make_asked(guard, host=f"{name}:8765"))
        asked = make_asked(guard, origin=f"http://{name}:8765", key=key)
        assert guard.refusal(asked) == "origin"


def test_of_http_there_is_the_site_to_be_read_and_no_more(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<p>page")
    (tmp_path / "secret").write_text("secret")

    def ask(method, running, path="/", **headers):
        url = f"{running.own}{path}"
        return requests.Session().request(method, url, headers=headers, timeout=5)

    async def scene():
        async with serving(site=tmp_path / "site") as running:
            def away(*args, **kwargs):
                return asyncio.to_thread(ask, *args, **kwargs)

            page = await away("GET", running)
            assert page.text == "<p>page"
            assert "default-src 'self'" in page.headers["Content-Security-Policy"]
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in page.headers
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
                for path in ("/", PATH, "/nothing"):
                    answer = await away(method, running, path, Origin="https://attacker.example")
                    assert answer.status_code in (403, 404, 405), (method, path)
                    assert not any(name.startswith("Access-Control") for name in answer.headers)
            for path in ("/../secret", "/%2e%2e/secret", "/..%2fsecret", "//etc/passwd"):
                assert (await away("GET", running, path)).status_code in (403, 404)
            strange = await away("GET", running, Host="attacker.example")
            assert (strange.status_code, strange.text) == (403, "403 Forbidden\n")

    asyncio.run(scene())


def test_no_key_is_written_down(caplog, capfd):
    caplog.set_level(logging.DEBUG)

    async def scene():
        async with serving() as running:
            token, code = running.keys.token, running.keys.code(running.port)
            page = await connect(running, query=f"?token={token}")
            await page.say(HELLO)
            await page.told("welcome")
            running.gateway.service.submit = None  # whatever fails within
            await page.ask({"type": "submit"})
            await connect(running, key=code)
            await asyncio.to_thread(
                requests.get, f"{running.own}/x?token={token}", timeout=5)
            return token, code

    keys = asyncio.run(scene())
    ours = [str(vars(record)) for record in caplog.records if record.name[:7] != "urllib3"]
    written = "".join((*ours, *capfd.readouterr()))
    assert "an order failed" in written
    for key in keys:
        assert key not in written


def test_ours_is_the_protocol_that_is_chosen():
    async def scene():
        async with serving() as running:
            page = await connect(running, protocols=("other", "glassnet.9", SUBPROTOCOL))
            assert page.socket.selected_subprotocol == SUBPROTOCOL

    asyncio.run(scene())
