"""What the stages of a call put into its inbox: faults, what was used, and what was heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.resilience.prices import Prices
from calls.signals import CallerSaid, ProviderNoticed, Signal, StageFailed, UsageCounted
from calls.speech import Heard


@dataclass(slots=True)
class Inbox:
    """Implements ``Emit``."""

    now_ms: Callable[[], float]
    faults: list[str] = field(default_factory=list)
    usages: list[UsageCounted] = field(default_factory=list)
    said: list[tuple[float, Heard]] = field(default_factory=list)
    """when a turn was told, and the turn"""

    def __call__(self, signal: Signal) -> None:
        match signal:
            case ProviderNoticed(kind="failed"):
                self.faults.append(signal.reason)
            case StageFailed():
                self.faults.append("failed")
            case UsageCounted():
                self.usages.append(signal)
            case CallerSaid():
                self.said.append((self.now_ms(), signal.heard))
            case _:
                return

    def usd(self, prices: Prices) -> float | None:
        """What all of it cost, US dollars; None when a provider has no price."""
        costs = [prices.cost(usage.provider, usage.amounts) for usage in self.usages]
        priced = [cost for cost in costs if cost is not None]
        return sum(priced) if len(priced) == len(costs) else None
