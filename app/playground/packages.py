"""Packages that only some chapters need, loaded when they are asked for."""

from __future__ import annotations

import importlib.util
from collections.abc import Awaitable, Callable

# Told how many bytes have come, and how many will.
Progress = Callable[[int, int], None]
# Makes the packages of a group importable; raises PackagesError, or CancelledError when stopped.
Loader = Callable[[str, Progress], Awaitable[None]]

# Of each group: a module that shows whether it is there, what to call it, the extra that brings it.
GROUPS = {"laboratory": ("sklearn", "scikit-learn", "lab")}


class PackagesError(RuntimeError):
    """A group could not be loaded; the message says why, and what can be done."""


async def load_installed(group: str, progress: Progress) -> None:
    """The loader of a Python whose packages were installed beforehand."""
    module, name, extra = GROUPS[group]
    if importlib.util.find_spec(module) is None:
        raise PackagesError(
            f"{name} is not installed in the Python that serves this page. python3 build.py panel "
            f"brings it; elsewhere, install it with: pip install 'glassnet[{extra}]'"
        )
