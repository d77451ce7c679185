"""Saving: in calls and on lines that near a limit on spending, cheaper providers go before better ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.ports import CallContext
from agent.resilience.prices import Prices
from calls.errors import Stage


@dataclass(slots=True)
class Thrift:
    """Who has to save. Shared by all calls of a process."""

    prices: Prices
    calls: set[str] = field(default_factory=set)
    """``CallContext.call``"""
    lines: set[str] = field(default_factory=set)
    house: bool = False

    def order(self, context: CallContext, stage: Stage, providers: Sequence[str], order: list[int]) -> list[int]:
        """Places in the order in which they are to be asked (a ``Frugal``)."""
        if not (self.house or context.call in self.calls or context.line.id in self.lines):
            return order
        return sorted(order, key=lambda place: self.prices.a_minute(stage, providers[place]))
