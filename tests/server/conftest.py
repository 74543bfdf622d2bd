"""For all tests of the training server."""

import os

import pytest

# Processes beside each other, with a thread for each core, stand in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Failed assertions of the helpers tell what they compared, as those of tests do.
pytest.register_assert_rewrite("tests.server.engine_cases")
