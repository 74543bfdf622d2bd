"""Tables that learners bring: read from CSV text, checked cell by cell, in words that say where.

    table = read_table(text)
    taken = take(table, x1=0, x2=1, target=2, kind="classes")

Nothing is guessed silently: what cannot be used raises ValueError naming line, column and cell, and
what was left out or sampled is said in `notices`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
KINDS = ("classes", "number")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_CHARACTERS = 20_000_000
MAX_COLUMNS = 100
MAX_CLASSES = 5
MAX_ROWS = 2000  # more are sampled: all of them are drawn, and scored for each picture
LARGEST = 1e9
NAMED = 3  # so many faulty cells are named; more are counted


@dataclass(frozen=True)
class Table:
    """rows: the cells as text, all of the same number; lines: where in the text each row ends,
    counted from 1."""

    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be used."""

    row: int
    column: int
    why: str


@dataclass(frozen=True)
class Taken:
    """points (n, 2) as in the file; targets: class numbers (n,), or values (n, 1) for regression.
    classes: their names in order, none for regression. notices: what was done to the rows."""

    points: Array
    targets: NDArray[np.int64] | Array
    classes: tuple[str, ...]
    notices: tuple[str, ...]


# Reading


def read_table(text: str) -> Table:
    """A table from CSV text, with or without names in its first line."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"the table has {len(text):,} characters; at most {MAX_CHARACTERS:,} "
                         "can be read here")  # fmt: skip
    text = text.removeprefix("\ufeff")
    delimiter = _delimiter(text)
    rows, lines = _rows(text, delimiter)
    if not rows:
        raise ValueError("the table is empty; it needs a line for each sample, with two inputs and "
                         "a target, such as 5.1,3.5,yes")  # fmt: skip
    names = _names(rows[0])
    first = int(names is not None)
    if len(rows) == first:
        raise ValueError("the table has names but no rows below them")
    _require_columns(rows, lines, delimiter)
    names = names or tuple(f"column {k + 1}" for k in range(len(rows[0])))
    return Table(names, rows[first:], lines[first:], delimiter)


def _delimiter(text: str) -> str:
    """The one that cuts the first line into most cells."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    rows, lines = [], []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} cannot be read: {error}") from None
    return rows, lines


def _names(cells: list[str]) -> tuple[str, ...] | None:
    """The first line as names, where it has no number in it."""
    if any(_is_number(cell) for cell in cells):
        return None
    return tuple(cell or f"column {k + 1}" for k, cell in enumerate(cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _require_columns(rows: list[list[str]], lines: list[int], delimiter: str) -> None:
    count = len(rows[0])
    if not 3 <= count <= MAX_COLUMNS:
        cut = DELIMITERS[delimiter]
        raise ValueError(f"the first line has {count} column{'s' * (count > 1)}, cut at {cut}; it "
                         f"must have 3 to {MAX_COLUMNS}: two inputs and a target")  # fmt: skip
    for row, line in zip(rows, lines, strict=True):
        if len(row) != count:
            cells = "cell" if len(row) == 1 else "cells"
            raise ValueError(f"line {line} has {len(row)} {cells}, but the first line has {count}")


def guess_kind(table: Table, column: int) -> str:
    """Few different values are classes; many numbers are a number."""
    values = {row[column] for row in table.rows}
    return "classes" if len(values) <= MAX_CLASSES else "number"


# Taking columns


def take(table: Table, x1: int, x2: int, target: int, kind: str, leave_out: bool = False,
         seed: int = 0) -> Taken:  # fmt: skip
    """Two columns as inputs and one as the target. Rows with a cell that cannot be used are left
    out, or else reported; of many rows some are drawn by the seed."""
    if kind not in KINDS:
        raise ValueError(f"a target is one of {', '.join(KINDS)}, not {kind!r}")
    if len({x1, x2, target}) < 3:
        raise ValueError("x₁, x₂ and the target must be three different columns")
    numeric = [x1, x2] + [target] * (kind == "number")
    columns, faults = _numbers(table, numeric)
    if kind == "classes":
        faults += _unnamed(table, target)
    faulty = {fault.row for fault in faults}
    if faults and not leave_out:
        raise ValueError(_told(table, faults))
    kept = np.array([k for k in range(len(table.rows)) if k not in faulty], dtype=np.int64)
    notices = [_left_out(len(faulty), faults, table)] if faulty else []
    if not len(kept):
        raise ValueError("no row is left: " + _told(table, faults))
    if len(kept) > MAX_ROWS:
        rng = np.random.default_rng(seed)
        notices.append(f"{MAX_ROWS:,} of {len(kept):,} rows were drawn at random, by the seed.")
        kept = np.sort(rng.choice(kept, MAX_ROWS, replace=False))
    points = np.stack([column[kept] for column in columns[:2]], axis=1)
    for column, values in zip((x1, x2), points.T, strict=True):
        _require_spread(table.names[column], values)
    if kind == "number":
        _require_spread(table.names[target], columns[2][kept])
        return Taken(points, columns[2][kept][:, None], (), tuple(notices))
    labels, classes = _classes(table, target, kept)
    return Taken(points, labels, classes, tuple(notices))


def _numbers(table: Table, numeric: list[int]) -> tuple[list[Array], list[Fault]]:
    """The columns as numbers, NaN where a cell is none; and those cells, line by line."""
    is_comma = table.delimiter != ","
    faults, columns = list[Fault](), list[Array]()
    for column in numeric:
        values = np.empty(len(table.rows))
        for k, row in enumerate(table.rows):
            cell = row[column].replace(",", ".") if is_comma else row[column]
            values[k], why = _number(cell)
            if why:
                faults.append(Fault(k, column, why))
        columns.append(values)
    return columns, sorted(faults, key=lambda fault: (fault.row, fault.column))


def _number(cell: str) -> tuple[float, str]:
    """The value of a cell, and what is wrong with it."""
    if not cell:
        return math.nan, "is empty"
    try:
        value = math.nan if "_" in cell else float(cell.replace("−", "-"))
    except ValueError:
        value = math.nan
    if math.isnan(value):
        return math.nan, "is not a number"
    return (value, "") if abs(value) <= LARGEST else (math.nan, f"is beyond ±{LARGEST:,.0f}")


def _unnamed(table: Table, target: int) -> list[Fault]:
    return [Fault(k, target, "is empty") for k, row in enumerate(table.rows) if not row[target]]


def _told(table: Table, faults: list[Fault]) -> str:
    """Faulty cells in words: where, what, why."""
    told = "; ".join(_cells(table, faults))
    more = len(faults) - NAMED
    return told + (f"; and {more:,} more such cell{'s' * (more > 1)}" if more > 0 else "")


def _cells(table: Table, faults: list[Fault]) -> Iterator[str]:
    for fault in faults[:NAMED]:
        cell = table.rows[fault.row][fault.column]
        shown = f" “{cell[:30]}{'…' * (len(cell) > 30)}”" if cell else ""
        where = f"line {table.lines[fault.row]}, column {table.names[fault.column]}"
        yield f"{where}: the cell{shown} {fault.why}"


def _left_out(count: int, faults: list[Fault], table: Table) -> str:
    rows = "row was" if count == 1 else "rows were"
    return f"{count:,} {rows} left out: {_told(table, faults)}."


def _require_spread(name: str, values: Array) -> None:
    if np.ptp(values) == 0:
        raise ValueError(f"column {name} is {values[0]:g} in every row; there is nothing to learn "
                         "from it, so choose another")  # fmt: skip


def _classes(
    table: Table, target: int, kept: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class numbers (n,) by the order of their names, numbers in the order of their values."""
    values = [table.rows[k][target] for k in kept]
    found = sorted(set(values), key=lambda name: (not _is_number(name), _order(name)))
    name = table.names[target]
    if len(found) == 1:
        raise ValueError(f"column {name} has one class only, “{found[0][:30]}”, in all "
                         f"{len(values):,} rows; there must be at least two classes to tell apart"
                         )  # fmt: skip
    if len(found) > MAX_CLASSES:
        raise ValueError(f"column {name} has {len(found):,} different values; at most "
                         f"{MAX_CLASSES} can be classes, so take it as a number or choose another"
                         )  # fmt: skip
    numbers = {each: k for k, each in enumerate(found)}
    return np.array([numbers[value] for value in values]), tuple(found)


def _order(name: str) -> tuple[float, str]:
    return (float(name.replace(",", ".")) if _is_number(name) else 0.0), name
