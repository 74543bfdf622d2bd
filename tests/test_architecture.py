"""The arrows of the house: who may import whom, read from the source."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each layer may import those before it, itself, and core.
LAYERS = (
    "state", "changes", "past", "packages", "engines", "remote", "abroad", "session",
    "slow_session", "contest", "laboratory", "figures", "views", "chapters", "application",
    "outside",
)  # fmt: skip
OUTSIDE = {"browser", "imports", "server", "main", "frame"}  # what connects the app to a page
FILES = sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("app/**/*.py")])
ON_DEMAND = {"sklearn", "scipy", "joblib"}  # not there when the page starts
# Each only where it is wrapped.
HOMES = {
    "wgpu": "app.server.engines.webgpu.", "torch": "app.server.engines.torch",
    "distributed": "app.server.cluster", "dask": "app.server.cluster",
    "PIL": "app.server.readers.folder",
}  # fmt: skip
BROWSER_ONLY = {"js", "pyodide", "pyodide_js"}


def imports(path):
    """The modules that a file imports, and names from packages, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module):
    """The rank of a module of app.playground."""
    name = module.split(".")[2]
    return LAYERS.index("outside" if name in OUTSIDE else name)


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows(path):
    module = module_of(path)
    for name in imports(path):
        top = name.split(".")[0]
        if module.startswith("core"):
            assert top in sys.stdlib_module_names | {"core", "numpy"}, f"{module} imports {name}"
        if module != "app.playground.browser":
            assert top not in BROWSER_ONLY, f"{module} imports {name}"
        if module != "app.playground.laboratory.library":
            assert top not in ON_DEMAND, f"{module} imports {name}"
        if module.startswith("app.protocol"):
            assert not name.startswith(("app.playground", "app.site", "app.server"))
        if module.startswith("app.playground"):
            assert not name.startswith(("app.site", "app.server")), f"{module} imports {name}"
        if module.startswith("app.server"):
            assert not name.startswith("app.playground"), f"{module} imports {name}"
            is_builder = name.startswith("app.site") and not name.startswith("app.site.policy")
            assert not is_builder, f"{module} imports {name}"
        for package, home in HOMES.items():
            assert top != package or module.startswith(home), f"{module} imports {name}"
        inside = name.startswith("app.playground.") and module.count(".") > 1
        if inside and module.startswith("app.playground."):
            assert layer(name) <= layer(module), f"{module} imports {name}"


def test_views_do_not_compute():
    """Views are shown what they show: they import neither the core nor NumPy."""
    for path in ROOT.glob("app/playground/views/*.py"):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & {"core", "numpy"}, path
