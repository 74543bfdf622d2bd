"""Training steps of dense networks, compiled into the fewest calls."""

from core.plan.outputs import Outputs
from core.plan.plan import Plan

__all__ = ["Outputs", "Plan"]
