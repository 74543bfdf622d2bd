"""How what is missing comes to be installed, by the way in which this program was."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("torch",)  # what build.py does not install: it takes gigabytes


def bringing(extra: str, root: Path = ROOT) -> str:
    """The command that brings an extra of this project. From a checkout at `root`, build.py brings
    all of them but LEFT_OUT, which are called as their package is."""
    if not (root / "build.py").is_file():
        return f"pip install 'glassnet[{extra}]'"
    if extra not in LEFT_OUT:
        return "python3 build.py server"
    return f"{_python(root)} -m pip install {extra}"


def _python(root: Path) -> str:
    """This interpreter, as it is called from the checkout."""
    own = Path(sys.executable)
    return str(own.relative_to(root)) if own.is_relative_to(root) else "python"
