"""The options of `glassnet-server`, each with its usual value and the reason for it."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.server.engines.catalogue import ENGINES
from app.server.engines.choice import AUTO
from app.server.limits import Limits
from app.server.security import read_origin

PORT = 8765
USUAL = Limits()
PLAIN = (str, int, float, Path)  # kinds of values whose errors argparse explains itself
DIST = Path(__file__).resolve().parents[2] / "dist"  # where build.py puts the site


@dataclass(frozen=True)
class Option:
    """`field`: the one of Limits that it sets, if it does."""

    name: str
    help: str
    default: Any = None
    kind: Any = str
    metavar: str = ""
    field: str = ""
    is_list: bool = False
    choices: tuple[str, ...] | None = None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise ValueError(f"{text!r} is no port; one is a whole number up to 65535")
    return int(text)


def _limit(name: str, field: str, help_text: str) -> Option:
    usual = getattr(USUAL, field)
    return Option(name, f"{help_text}; usually {usual:,.0f}", usual, type(usual), "NUMBER", field)


def data_folder() -> Path:
    """Beside what else this user's programs keep, to be deleted at will."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base or Path.home() / ".cache") / "glassnet" / "files"


WHAT = (
    Option("--engine", f"what trains: {', '.join((AUTO, *ENGINES))}; usually {AUTO}, the fastest "
           "of those that are installed, by a few steps of each network", AUTO,
           choices=(AUTO, *ENGINES)),
    Option("--device", "the device, by its name in the list that is shown at the start; usually "
           "the engine's best", "", metavar="NAME"),
    Option("--cluster", "the scheduler of a Dask cluster, such as tcp://192.0.2.7:8786, whose "
           "workers train; usually none, as this machine does", metavar="ADDRESS"),
)
WHERE = (
    Option("--host", "the address to listen at; usually 127.0.0.1 and ::1, which only this machine "
           "can reach. Anything else lets others try: the token still keeps them out, but without "
           "--certificate all of it crosses the network unencrypted", metavar="ADDRESS"),
    Option("--port", "the port to listen at, or the next free one, 0 for any; usually 8765, which "
           "no common program uses", PORT, _port, "NUMBER"),
    Option("--certificate", "a file with a TLS certificate (PEM), to be reached as https; usually "
           "none, as nothing leaves this machine", kind=Path, metavar="FILE"),
    Option("--key", "the file with the certificate's private key; usually none, as it may be in "
           "the same file", kind=Path, metavar="FILE"),
    Option("--allow-origin", "a site whose pages may connect, such as https://course.example, "
           "exactly as their address begins; may be given several times. Usually none but this "
           "server's own page, since any page that is open can try", metavar="ORIGIN",
           kind=read_origin, is_list=True),
    Option("--site", "the folder with the built site, served at /; usually dist beside this "
           "program, if it is there", metavar="FOLDER", kind=Path),
    Option("--data-folder", "where learners' files are kept between runs; usually "
           "~/.cache/glassnet/files, or as XDG_CACHE_HOME says", metavar="FOLDER", kind=Path),
)  # fmt: skip
BOUNDS = (
    _limit("--max-parameters", "max_parameters", "of a network: what any engine here can build"),
    _limit("--max-steps", "max_steps", "of a job, so that one forgotten comes to an end"),
    _limit("--max-batch", "max_batch", "samples in a batch, as all of them are computed at once"),
    _limit("--max-bytes", "max_bytes", "of a job's samples, layers or arrays, each: what a usual "
           "machine can spare"),
    _limit("--max-seconds", "max_seconds", "of a job, pauses included, as it keeps others waiting"),
    _limit("--queue", "queue", "jobs that wait; who comes then is told to try later, rather than "
           "to wait without end"),
    _limit("--turn", "turn_s", "seconds for which a job keeps its place while another learner "
           "waits for one, so that all of a class get theirs"),
    _limit("--grace", "grace_s", "seconds for which a job goes on with no page connected to it, so "
           "that a closed lid costs nothing"),
)  # fmt: skip
OPTIONS = (*WHAT, *WHERE, *BOUNDS)


def make_parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog, usage=f"{prog} [option ...]", allow_abbrev=False,
        description="Train larger networks on this machine, from the same page. Everything has a "
        "usual value; docs/server.md says more.")  # fmt: skip
    for title, options in (
        ("what computes", WHAT), ("where it is, and for whom", WHERE),
        ("what one job, and all of them, may take", BOUNDS),
    ):  # fmt: skip
        group = parser.add_argument_group(title)
        for option in options:
            _add(group, option)
    return parser


def _add(group: Any, option: Option) -> None:
    more: dict[str, Any] = {"action": "append"} if option.is_list else {}
    group.add_argument(option.name, help=option.help, metavar=option.metavar or None,
                       type=_explained(option.kind), choices=option.choices,
                       default=[] if option.is_list else option.default, **more)  # fmt: skip


def _explained(kind: Any) -> Any:
    """What reads an option's value, such that argparse repeats what is wrong with it."""

    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return kind if kind in PLAIN else read


def read_options(arguments: list[str] | None, prog: str) -> argparse.Namespace:
    """The options, with `limits`; ends the program where one cannot be."""
    parser = make_parser(prog)
    options = parser.parse_args(arguments)
    if options.key and not options.certificate:
        parser.error("--key needs --certificate, the file that it is the key of")
    if options.host == "":
        parser.error("--host needs an address; 0.0.0.0 stands for all of this machine's")
    try:
        options.limits = Limits(**{each.field: getattr(options, _dest(each)) for each in BOUNDS})
    except ValueError as error:
        field, _, rest = str(error).partition(" ")
        parser.error(f"{next(e.name for e in BOUNDS if e.field == field)} {rest}")
    return options


def _dest(option: Option) -> str:
    return option.name[2:].replace("-", "_")
