"""The fraction: a number above a sum, each of whose terms can be pointed at and opened."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Fraction(Component):
    """Messages: {type: "open" | "point" | "leave", part, index}, where part is "above", "term", or
    "result", and index counts the terms.

    A number is {symbol, text}; a term also has a `share` of the sum, from 0 to 1.
    """

    label = param.String(doc="What the fraction is; its accessible name")
    name_of = param.String(doc="The symbol of its result")
    above = param.Dict(default={}, doc="The number above the line, and as `index` its term below")
    terms = param.List(doc="The terms below the line, in order")
    result = param.String(doc="The result, as text")
    highlight = param.List(doc="Indices of the terms that are lit")
    note = param.String(doc="What is wrong with the result, if anything")

    _esm = modules("element", "fraction")
    _styles: ClassVar[str] = styles("component", "fraction")
