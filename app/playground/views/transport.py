"""The transport: play, pause, step, reset, speed; where training stands, and how it got there."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Transport(Component):
    """Messages: {type: "play" | "pause" | "reset"}, {type: "step", id}, {type: "speed", index},
    {type: "undo" | "redo"}, {type: "time", index} for a moment to go back to; {type: "engine", act}
    of the engine menu, with act "open", "choose" and the engine, "connect" and the text, or one of
    the menu's acts."""

    running = param.Boolean(default=False)
    play_label = param.String(default="Play", doc="What playing does, in a word")
    steps = param.List(doc="Step buttons: {id, label, help}")
    speeds = param.List(doc="Labels of the speeds, slowest first")
    speed = param.Integer(default=0, doc="Index into speeds")
    counters = param.List(doc="{label, value}: texts that stand still while they change")
    history = param.Dict(default={}, doc="{x: [...], series: [{label, values}]} of the sparkline; "
                                     "`at`: the x that is marked")
    time = param.Dict(default={}, doc="{count, at, text} of the moments to go back to, or {}")
    engine = param.String(doc="What computes, and how fast")
    menu = param.Dict(default={}, doc="The engine menu, or {} for none: {state, text, connects, "
                                      "options: [{id, label, note, rate, chosen, usable}], "
                                      "acts: [{id, label}], remedy: what to do in it first}")
    progress = param.Dict(default={}, doc="{label, value, total} of what is being loaded, or {}")
    message = param.String(doc="What happened, in a sentence")
    undo = param.String(doc="What the next undo takes back, in a few words; blank for nothing")
    redo = param.String(doc="What would be done again")

    _esm = modules("element", "engine_menu", "transport")
    _styles: ClassVar[str] = styles("component", "transport", "engine_menu")
