"""A table of the learner's own: which columns are inputs and target, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.playground.views import TableInput
from app.playground.views.component import Message
from core.data.own import Own, Scale, table_samples
from core.data.table import MAX_CHARACTERS, Table, Taken, guess_kind, read_table, take
from core.explain import format_number
from core.seeds import generators

Field = dict[str, Any]
PREVIEW = 5  # rows
ROLES = {"x1": "x₁", "x2": "x₂", "target": "target"}
KIND_OPTIONS = [{"value": "classes", "label": "Classes"}, {"value": "number", "label": "A number"}]
NO_LINK = "A link cannot carry a table: whoever opens it sees the example, and pastes their own."
EXAMPLE = """warmth,wind,outside
21.5,12,yes
24.0,8,yes
18.2,31,no
27.3,15,yes
9.1,10,no
15.4,22,no
22.8,35,no
19.9,5,yes
12.7,4,no
30.2,18,yes
16.8,9,yes
25.1,28,no
6.3,17,no
20.4,19,yes
28.8,33,no
14.1,14,no
23.3,3,yes
17.5,16,yes
11.0,27,no
26.2,24,yes
"""


@dataclass(frozen=True)
class Choice:
    """A table with what its columns are taken for, whether or not that can be."""

    table: Table
    x1: int
    x2: int
    target: int
    kind: str
    leave_out: bool = False

    def taken(self, seed: int) -> Taken:
        return take(self.table, self.x1, self.x2, self.target, self.kind, self.leave_out, seed)


def choice_of(table: Table) -> Choice:
    """The last column is the target, the first two are the inputs, until the learner says more."""
    last = len(table.names) - 1
    return Choice(table, 0, 1, last, guess_kind(table, last))


class OwnTable:
    """`choice` is what the learner looks at, `good` the last one that could be learnt from.
    `change` is called when there is a new one of these, `look` when only what is looked at is."""

    def __init__(self, change: Callable[[], None], look: Callable[[], None]) -> None:
        self.change, self.look = change, look
        self.choice = self.good = choice_of(read_table(EXAMPLE))
        self.view = TableInput(self._told, text=EXAMPLE, most=MAX_CHARACTERS)
        self.own: Own | None = None
        self.taken: Taken | None = None

    def samples(self, features: tuple[str, ...], test: float, seed: int) -> Own:
        """The samples of the last table that could be learnt from."""
        self.taken = self.good.taken(seed)
        self.own = table_samples(self.taken, features, test, generators(seed, 1)[0])
        return self.own

    # What the learner does

    def _told(self, message: Message) -> None:
        try:
            table = read_table(str(message["text"]))
        except ValueError as error:
            self.view.error = _kept(error)
            return
        self._consider(choice_of(table))

    def set(self, name: str, value: Any) -> None:
        """Another column, kind, or whether to leave out rows that cannot be used."""
        if name in ROLES:
            value = int(value)
        if name == "target":
            self._consider(replace(self.choice, target=value,
                                   kind=guess_kind(self.choice.table, value)))  # fmt: skip
        else:
            self._consider(replace(self.choice, **{name: value}))

    def _consider(self, choice: Choice) -> None:
        """Learn from it if that can be; else say why not, and go on with the last that could."""
        self.choice = choice
        try:
            choice.taken(0)
        except ValueError as error:
            self.view.error = _kept(error)
            self.look()
            return
        self.view.error = ""
        self.good = choice
        self.change()

    # What is shown

    def show(self) -> None:
        table, choice = self.choice.table, self.choice
        assert self.taken is not None
        roles = {getattr(choice, name): symbol for name, symbol in ROLES.items()}
        count = len(table.rows)
        shown = f"The first {PREVIEW} of {count:,} rows" if count > PREVIEW else "All rows"
        self.view.param.update(
            names=list(table.names), rows=table.rows[:PREVIEW], caption=f"{shown}, as understood",
            roles=[roles.get(k, "") for k in range(len(table.names))],
            notes=[*self.taken.notices, *self._scales(), NO_LINK],
        )  # fmt: skip

    def _scales(self) -> list[str]:
        """How the columns were made standard, with the numbers."""
        assert self.own is not None
        assert self.taken is not None
        good = self.good
        symbols = ("x₁", "x₂", "y")
        columns = (good.x1, good.x2, good.target)
        told = [_scaled(symbol, good.table.names[column], scale) for symbol, column, scale in
                zip(symbols, columns, self.own.scales, strict=False)]  # fmt: skip
        points = self.own.samples.points
        assert points is not None
        beyond = int((abs(points) > 6).any(axis=1).sum())
        outside = f" {beyond} of the samples lie beyond the picture." if beyond else ""
        trained = len(self.own.samples.train_indices)
        return [f"Made standard by the {trained:,} training samples: {'; '.join(told)}.{outside}",
                *_classes(self.taken)]  # fmt: skip

    def fields(self) -> list[Field]:
        choice = self.choice
        columns = [{"value": k, "label": name} for k, name in enumerate(choice.table.names)]
        made: list[Field] = [
            {"name": f"table_{name}", "label": label, "kind": "select", "value": value,
             "options": options, "help": help_}
            for name, label, value, options, help_ in (
                ("x1", "First input, x₁", choice.x1, columns, "A column of numbers"),
                ("x2", "Second input, x₂", choice.x2, columns, "Another column of numbers"),
                ("target", "Target", choice.target, columns, "What the network is to say"),
                ("kind", "The target is", choice.kind, KIND_OPTIONS,
                 "Up to five classes, or a number"),
            )
        ]  # fmt: skip
        leave = {"name": "table_leave_out", "label": "Leave out rows that cannot be used",
                 "kind": "switch", "value": choice.leave_out, "help": ""}  # fmt: skip
        return [each | {"group": "Your table"} for each in (*made, leave)]


def _classes(taken: Taken) -> list[str]:
    listed = ", ".join(f"{k + 1} is “{name[:30]}”" for k, name in enumerate(taken.classes))
    return [f"Classes: {listed}."] if listed else []


def _kept(error: Exception) -> str:
    """What is wrong, and that nothing is lost."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}. The network still learns from the table before."


def _scaled(symbol: str, name: str, scale: Scale) -> str:
    mean, deviation = (format_number(value, 4) for value in (abs(scale.mean), scale.deviation))
    sign = "+" if scale.mean < 0 else "−"
    return f"{symbol} = {scale.spread:g} · ({name} {sign} {mean}) / {deviation}"
