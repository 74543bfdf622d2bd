"""How exported programs are put together: their parts, and the shapes written beside their lines.

A part is the source of one function or class. A program brings along the parts that its own lines
use, and those that these use in turn, in the order of the table.
"""

from __future__ import annotations

import ast
import json

from core.spec import ANY, Shape

MAX_TITLE = 60
WIDTH = 100  # of a line


def checked_title(title: str) -> str:
    """A title that cannot end the text it is put into; raises ValueError for any other."""
    if not title.isprintable() or set(title) & set('"\\') or not 0 < len(title) <= MAX_TITLE:
        raise ValueError(
            f"title is {title!r}; it must be one line of at most {MAX_TITLE} characters, without "
            "double quotes and backslashes"
        )
    return title


def batch_of(shape: Shape) -> str:
    """The shape of a batch, for a comment: (N, 6, 28, 28), or (N, T, 8) for any length."""
    return f"(N, {', '.join('T' if size == ANY else str(size) for size in shape)})"


def wrapped(line: str) -> str:
    """A line with a call at its end, whose arguments get a line of their own where it is long."""
    if len(line) <= WIDTH or "\n" in line or not line.endswith(")"):
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    before, inside = line[:-1].split("(", 1)
    return f"{before}(\n{indent}    {inside}\n{indent})"


def commented(line: str, comment: str) -> str:
    """A line with its comment behind it, or before it where both would be too long together or
    the line is several."""
    together = f"{line}  # {comment}"
    indent = " " * (len(line) - len(line.lstrip()))
    fits = len(together) <= WIDTH and "\n" not in line.lstrip()
    return together if fits else f"{indent}# {comment}\n{line}"


def names_in(code: str) -> set[str]:
    """All names that a program uses."""
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def needed_parts(code: str, parts: dict[str, str]) -> str:
    """The sources of all parts that `code` uses, directly or through other parts."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        used = names_in(waiting.pop()) & parts.keys() - names
        names |= used
        waiting += [parts[name] for name in used]
    return "".join(f"\n{source}" for name, source in parts.items() if name in names)


def arguments(**values: object) -> str:
    """Keyword arguments as source, without those that are None, which stand for the default."""
    given = {name: value for name, value in values.items() if value is not None}
    return "".join(f", {name}={_literal(value)}" for name, value in given.items())


def _literal(value: object) -> str:
    """A value as source; text in double quotes."""
    return json.dumps(value) if isinstance(value, str) else repr(value)


def unless(value: object, usual: object) -> object | None:
    """None for the usual value, so that a program does not write it."""
    return None if value == usual else value
