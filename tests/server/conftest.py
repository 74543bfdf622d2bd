"""Failed assertions of the helpers tell what they compared, as those of tests do."""

import pytest

pytest.register_assert_rewrite("tests.server.engine_cases")
