"""How the server says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.server.refusal import Refusal


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Whatever cannot be read in here is refused. Numbers without an end overflow, and lists
    within lists recurse, before a check of ours sees them."""
    try:
        yield
    except Refusal:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refusal(reason, str(error)) from None
