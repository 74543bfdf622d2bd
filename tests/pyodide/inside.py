"""What runs in the page's Python: the core's tests, then the figures that CPython must agree on."""

from __future__ import annotations

import json

import pytest

from tests.pyodide.figures import figures

ARGUMENTS = ("tests/core", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--tb=short")
# This Python is slower, so Hypothesis tries fewer examples than under CPython; the same ones each
# time, and none may fail by being slow.
EXAMPLES = 10


class Outcomes:
    """Notes how each test ended, and leaves out those that are marked for the host alone."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.left_out: dict[str, str] = {}

    def pytest_configure(self) -> None:
        from hypothesis import settings  # only now: pytest rewrites the assertions of its plugins

        settings.register_profile(
            "page", max_examples=EXAMPLES, deadline=None, derandomize=True, database=None
        )
        settings.load_profile("page")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marks = {item: item.get_closest_marker("host") for item in items}
        self.left_out = {item.nodeid: mark.args[0] for item, mark in marks.items() if mark}
        items[:] = [item for item, mark in marks.items() if not mark]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome


def main(options: list[str]) -> str:
    """Run everything; what came of it, as JSON. `options` are more of pytest's."""
    noted = Outcomes()
    status = pytest.main([*ARGUMENTS, *options], plugins=[noted])
    return json.dumps(
        {
            "status": int(status),
            "outcomes": noted.outcomes,
            "left_out": noted.left_out,
            "figures": figures(),
        }
    )
