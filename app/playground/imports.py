"""Makes Panel's import shorter, and possible, inside the page's worker.

Half of the time in which Panel is imported goes into widgets, panes and templates that this app has
no use for. They are replaced by blanks: modules whose every name is an empty class, which is all
that Panel does with these names until somebody makes one. The versions are locked, and the tests
run the app on top of this in a real browser.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

UNUSED = (
    "panel.chat",
    "panel.interact",
    "panel.io.notebook",
    "panel.links",
    "panel.pane.alert",
    "panel.pane.deckgl",
    "panel.pane.echarts",
    "panel.pane.equation",
    "panel.pane.holoviews",
    "panel.pane.ipywidget",
    "panel.pane.media",
    "panel.pane.perspective",
    "panel.pane.plotly",
    "panel.pane.streamz",
    "panel.pane.textual",
    "panel.pane.vega",
    "panel.pane.vizzu",
    "panel.pane.vtk",
    "panel.pipeline",
    "panel.template",
    "panel.widgets.indicators",
)
# Packages of which only single modules are used, so that their own import is left out.
SHELLS = ("panel.widgets",)


class Blank(types.ModuleType):
    """A module in which every name is an empty class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        setattr(self, name, made)
        return made


def prepare_panel() -> None:
    """To be called before the first import of Panel.

    Panel imports pandas unless a module `pyodide_http` patches Python's web clients, of which this
    app has none.
    """
    http = types.ModuleType("pyodide_http")
    http.patch_all = lambda: None  # type: ignore[attr-defined]
    sys.modules["pyodide_http"] = http
    spec = importlib.util.find_spec("panel")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    for name in (*UNUSED, *SHELLS):
        sys.modules[name] = blank = Blank(name)
        if name in SHELLS:
            blank.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
