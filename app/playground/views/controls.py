"""The controls: a form made from a description of the chapter's parameters."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Controls(Component):
    """Messages: {type: "set", name, value} and {type: "press", name}.

    A field is {name, label, kind, value, help, group} and, by kind: "number" and "integer" have
    min, max, step and scale ("log" or "linear"); "select" and "chips" have options {value, label};
    "switch" and "button" have nothing more; a "row" has parts, fields of kind "integer", "number"
    and "select" that are set by their own names. `disabled` says why a field is switched off.
    """

    fields = param.List(doc="Descriptions of the fields, in order")
    errors = param.Dict(default={}, doc="By field name: what was wrong with the last value")

    _esm = modules("element", "controls")
    _styles: ClassVar[str] = styles("component", "controls")
