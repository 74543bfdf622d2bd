"""The kernels as data: WGSL files, what each binds, and the numbers that it is told.

A file may begin with lines `// with: part`, which put kernels/part.wgsl before it. Its numbers are
the fields of its struct Params; what it binds it names. So a kernel is launched by names alone.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "kernels"
WITH = re.compile(r"^// with: (\w+)$", re.MULTILINE)
BINDING = re.compile(r"@binding\((\d+)\) var<(?:storage, )?(\w+)> (\w+)")
PARAMS = re.compile(r"struct Params \{(.*?)\}", re.DOTALL)
FIELD = re.compile(r"(\w+): (u32|i32|f32)")
CODES = {"u32": "I", "i32": "i", "f32": "f"}


@dataclass(frozen=True)
class Binding:
    """A buffer of a kernel. access: uniform, read or read_write."""

    number: int
    access: str
    name: str


@dataclass(frozen=True)
class Source:
    """A kernel's code, its bindings, and the names and types of its numbers in order."""

    code: str
    bindings: tuple[Binding, ...]
    numbers: tuple[tuple[str, str], ...]

    def packed(self, values: Mapping[str, float]) -> bytes:
        """The numbers as the kernel reads them; raises KeyError where one is not given."""
        layout = "<" + "".join(CODES[kind] for _, kind in self.numbers)
        return struct.pack(layout, *(values[name] for name, _ in self.numbers))


@cache
def source(name: str, *parts: str, **constants: int) -> Source:
    """The kernel of a name, with further parts and whole numbers that it is compiled for."""
    files = [_read(part) for part in (name, *parts)]
    before = dict.fromkeys(part for file in files for part in WITH.findall(file))
    fixed = [f"const {each} = {value}u;" for each, value in constants.items()]
    code = "\n".join([*fixed, *map(_read, before), *files])
    bindings = tuple(Binding(int(number), access, bound)
                     for number, access, bound in BINDING.findall(code))  # fmt: skip
    params = PARAMS.search(code)
    fields = FIELD.findall(params.group(1)) if params else []
    return Source(code, bindings, tuple(fields))


def _read(name: str) -> str:
    return (FOLDER / f"{name}.wgsl").read_text(encoding="utf-8")
