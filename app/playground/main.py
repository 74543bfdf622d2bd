"""What `panel serve` runs for each visitor."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:  # the program `panel` does not look for modules where it is started
    sys.path.insert(0, ROOT)

from app.playground.server import serve_app  # noqa: E402

serve_app()
