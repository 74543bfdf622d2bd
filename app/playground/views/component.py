"""What all views share: a module and a style sheet beside the Python file, and one callback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param

HERE = Path(__file__).parent
Message = dict[str, Any]


def styles(*names: str) -> str:
    """The text of style sheets that lie beside this file."""
    return "\n".join((HERE / f"{name}.css").read_text(encoding="utf-8") for name in names)


def modules(*names: str) -> str:
    """Parts of one module that lie beside this file; a part may use what stands in another."""
    return "\n".join((HERE / f"{name}.mjs").read_text(encoding="utf-8") for name in names)


class Plain:
    """Mix-in: the view brings its own style sheet and none of Panel's, which would be fetched."""

    _styles: ClassVar[str] = ""

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        properties = super()._process_param_change(params)  # type: ignore[misc]
        if "stylesheets" in properties:
            properties["stylesheets"] = [self._styles] if self._styles else []
        return dict(properties)


def as_text(parameter: str, doc: str) -> property:
    """A property of plain data that is kept as JSON text in `parameter`. Bokeh looks for models in
    every list that it is given, which for a long table takes longer than all else."""

    def read(view: Any) -> Any:
        return json.loads(getattr(view, parameter))

    def write(view: Any, value: Any) -> None:
        view.param.update(**{parameter: json.dumps(value)})

    return property(read, write, doc=doc)


class Component(Plain, pn.custom.JSComponent):
    """An instrument drawn in the page by an ES module; `receive` is told what the learner did."""

    __abstract = True

    def __init__(self, receive: Callable[[Message], None] | None = None, **params: Any) -> None:
        super().__init__(**{"sizing_mode": "stretch_width", **params})
        self.receive = receive

    @classmethod
    def _patch_datamodel_ref(cls, props: Any, ref: str) -> None:
        """Mark the view's own data alone. Panel would look for more of them through every figure on
        the stage, at each change of a word; views mark theirs themselves."""
        mark = f"__ref:{ref}"
        if mark not in props.tags:
            props.tags.append(mark)

    def _handle_msg(self, message: Message) -> None:
        if self.receive:
            self.receive(message)


class Paced(Component):
    """A component that sends many messages, such as at each move of the pointer. The page sends
    the next one when the one before has been handled, so that nothing queues up."""

    __abstract = True

    handled = param.Integer(default=0, doc="How many messages have been handled")

    def _handle_msg(self, message: Message) -> None:
        try:
            super()._handle_msg(message)
        finally:
            self.handled += 1
