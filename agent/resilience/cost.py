"""What a call cost: a fold over its events, by the prices of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.resilience.prices import Prices
from calls import events as ev


@dataclass(frozen=True, slots=True)
class CallCost:
    """US dollars."""

    carrier_usd: float = 0.0
    by_provider: Mapping[str, float] = field(default_factory=dict)
    unpriced: frozenset[str] = frozenset()
    """providers that were used and have no price in the table: the total is at least what it says"""

    @property
    def usd(self) -> float:
        """All of it."""
        return self.carrier_usd + sum(self.by_provider.values())


def cost_of(events: Iterable[ev.CallEvent], prices: Prices) -> CallCost:
    """Of a call that is over, or up to its last event. The carrier charges for minutes that were begun."""
    spent: dict[str, float] = {}
    unpriced: set[str] = set()
    last_ms = 0.0
    for event in events:
        last_ms = max(last_ms, event.at_ms)
        if isinstance(event.body, ev.UsageCounted):
            provider = event.body.provider
            usd = prices.cost(provider, event.body.amounts)
            if usd is None:
                unpriced.add(provider)
            else:
                spent[provider] = spent.get(provider, 0.0) + usd
    return CallCost(carrier_usd(last_ms, prices), spent, frozenset(unpriced))


def carrier_usd(length_ms: float, prices: Prices) -> float:
    """The carrier's price of a call: minutes that were begun, each in full."""
    return prices.minute_usd * -(-length_ms // 60_000)
