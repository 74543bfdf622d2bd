"""How the server says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.protocol import REASONS

LONGEST = 500  # characters of a text; it may repeat what a stranger sent


class Refusal(ValueError):
    """What was asked for is not done. `reason` is one of app.protocol.REASONS; `text` says what was
    wrong, where, and what would be right; retry_after: seconds, where asking again may help."""

    def __init__(self, reason: str, text: str, retry_after: float | None = None) -> None:
        assert reason in REASONS
        self.reason, self.retry_after = reason, retry_after
        self.text = text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"
        super().__init__(self.text)


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
