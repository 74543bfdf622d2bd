"""What holds for all tests."""

import sys

from hypothesis import settings

# What is right is asked here, not how fast: beside other tests an example may take its time. In the
# page's Python another profile is in force, see tests.pyodide.inside.
if sys.platform != "emscripten":
    settings.register_profile("beside others", deadline=None)
    settings.load_profile("beside others")
