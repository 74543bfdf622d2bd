"""Every option is documented, has a reason, and does what it says."""

import re
import sys
from pathlib import Path

import pytest

from app.server.command import main, max_message, welcome
from app.server.installing import bringing
from app.server.limits import Limits
from app.server.options import OPTIONS, make_parser, read_options
from app.server.security import Keys

DOCS = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
ROWS = set(re.findall(r"^\| `(--[a-z-]+)` \| \S", DOCS, re.MULTILINE))


def test_every_option_is_in_the_help_and_in_the_documentation():
    known = {name for action in make_parser("x")._actions for name in action.option_strings}
    assert known == {option.name for option in OPTIONS} | {"-h", "--help"}
    assert {option.name for option in OPTIONS} == ROWS
    for option in OPTIONS:
        assert "usually" in option.help.lower(), f"{option.name} does not say its usual value"


def test_limits_are_set_and_checked(capsys):
    assert read_options([], "x").limits == Limits()
    options = read_options(["--queue", "2", "--grace", "5", "--max-batch", "7"], "x")
    assert (options.limits.queue, options.limits.grace_s, options.limits.max_batch) == (2, 5.0, 7)
    for wrong in (["--queue", "-1"], ["--max-seconds", "nan"], ["--max-batch", "many"],
                  ["--allow-origin", "*"], ["--key", "k.pem"], ["--host", ""], ["--por", "1"],
                  ["--engine", "abacus"], ["--port", "65536"], ["--port", "-1"]):  # fmt: skip
        with pytest.raises(SystemExit):
            read_options(wrong, "x")
        said = capsys.readouterr().err
        assert wrong[0] in said
        assert "invalid read" not in said
        assert len(said.splitlines()) == 2  # how it is called, and what is wrong
    for wrong, why in ((["--allow-origin", "course.example"], "one is https://host"),
                       (["--port", "80800"], "up to 65535")):  # fmt: skip
        with pytest.raises(SystemExit):
            read_options(wrong, "x")
        assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "is_warned", "is_open"),
    [
        ([], False, False),
        (["--host", "127.0.0.1"], False, False),
        (["--host", "::1"], False, False),
        (["--host", "0.0.0.0"], True, True),
        (["--host", "::"], True, True),
        (["--host", "192.0.2.7"], True, True),
        (["--host", "lab.example", "--certificate", "c.pem"], True, False),
    ],
)
def test_who_lets_others_in_is_warned(arguments, is_warned, is_open, capsys):
    welcome(read_options(arguments, "x"), Keys(print), 8765)
    said = capsys.readouterr().out
    assert ("OTHER MACHINES CAN REACH" in said) is is_warned
    assert ("NOTHING IS ENCRYPTED" in said) is is_open
    assert ("https://" in said) is ("--certificate" in arguments)


def test_a_taken_port_is_said(capsys):
    welcome(read_options(["--port", "9000"], "x"), Keys(print), 9001)
    said = capsys.readouterr().out
    assert "port 9000 is taken" in said
    assert "http://127.0.0.1:9001/#token=" in said
    assert "9001-" in said


def test_a_server_without_a_page_says_so(capsys):
    welcome(read_options([], "x"), Keys(print), 8765, has_page=False)
    assert "--site names the folder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--certificate", "there is none.pem"], "no certificate in PEM"),
        (["--certificate", __file__], "no certificate in PEM"),
        (["--site", "nowhere"], "python3 build.py site makes one"),
        (["--data-folder", f"{__file__}/files"], "--data-folder"),
    ],
)
def test_files_that_cannot_be_used_end_it_before_it_listens(arguments, why, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert arguments[1] in said.err
    assert why in said.err
    assert said.out == ""


def test_what_is_missing_is_installed_the_way_this_was(tmp_path):
    assert bringing("torch", tmp_path) == "pip install 'glassnet[torch]'"
    (tmp_path / "build.py").touch()
    assert bringing("torch", tmp_path) == "python -m pip install torch"
    assert bringing("cluster", tmp_path) == "python3 build.py server"
    assert bringing("torch", Path(sys.executable).parents[2]).endswith("pip install torch")


def test_the_largest_frame_follows_the_limits():
    assert max_message(Limits(max_parameters=10**6)) == 16 * 10**6 + (1 << 26)
    assert max_message(Limits(max_bytes=1000)) == 1000 + (1 << 26)
