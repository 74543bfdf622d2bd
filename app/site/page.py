"""Render index.html: readable before any script runs, with all that it will load named in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.playground.frame import environment, frame_context
from app.site.policy import POLICY

# Loaded in this order, after the worker was started: they are large, and first needed when the
# app's document arrives. Panel's bundle is built upon all of BokehJS's.
SCRIPTS = ("bokeh.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js", "panel.min.js")
STYLES = ("styles/tokens.css", "styles/frame.css")
MODULES = ("shell.mjs", "boot.mjs")


def render_page(site: Path, manifest: dict[str, Any]) -> str:
    """The text of index.html for a site whose other files are already in place."""
    files, app = manifest["files"], manifest["app"]
    worker_files = [path for path in files if path.startswith(manifest["python"])]
    worker_files += [path for path in files if path.startswith(app) and path.endswith(".whl")]
    worker_files.append(manifest["lock"])
    manifest = {**manifest, "bytes": sum(files[path]["bytes"] for path in worker_files)}

    def resource(name: str) -> dict[str, str]:
        return {"url": app + name, "integrity": files[app + name]["integrity"]}

    return (
        environment()
        .get_template("page.html")
        .render(
            policy=POLICY,
            early=resource("early.js"),
            styles=[resource(name) for name in STYLES],
            scripts=[resource(name) for name in SCRIPTS],
            modules=[resource(name) for name in MODULES],
            preload=[f"{manifest['python']}{name}" for name in ("pyodide.mjs", "pyodide.asm.mjs")],
            manifest=json.dumps(manifest).replace("<", "\\u003c"),
            **frame_context(),
        )
    )
