"""Training steps of dense networks, compiled into the fewest calls."""

from core.plan.plan import Plan

__all__ = ["Plan"]
