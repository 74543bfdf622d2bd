"""What the server answers when it does not do what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.protocol import REASONS
from core.spec.checks import require_choice

LONGEST = 500  # characters of a text; it may repeat what a stranger sent


class Refusal(ValueError):
    """`reason` is one of app.protocol.REASONS, `text` is for the learner; `retry_after`: in how
    many seconds it may work, where that is known."""

    def __init__(self, reason: str, text: str, retry_after: float | None = None) -> None:
        require_choice("reason", reason, REASONS)
        super().__init__(reason, text, retry_after)  # so that it can go to another process
        self.reason, self.retry_after = reason, retry_after
        self.text = text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"

    def __str__(self) -> str:
        return self.text


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
