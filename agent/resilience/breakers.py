"""The breakers of a process: one per stage and provider, shared by all calls, since a vendor is ill for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.resilience.breaker import RULES, Breaker, BreakerRules, BreakerState
from calls.clock import Clock
from calls.errors import EngineError, ProviderError, ProviderFault, Stage
from calls.ports import Emit
from calls.provision import NoticeKind
from calls.signals import ProviderNoticed


class Named(Protocol):
    """The traits of a provider."""

    @property
    def id(self) -> str:
        """``deepgram/flux``"""


@dataclass(slots=True)
class Breakers:
    """Asks and tells the breakers, and puts their turns on the record of the call that caused them."""

    clock: Clock
    rules: BreakerRules = RULES
    _kept: dict[tuple[Stage, str], Breaker] = field(default_factory=dict)

    def state(self, stage: Stage, provider: str) -> BreakerState:
        """Where it stands."""
        return self._of(stage, provider).state

    def ready(self, stage: Stage, providers: Sequence[str]) -> list[int]:
        """Places of those that may be asked now, in order. When none may, all: better a try than silence."""
        at_ms = self.clock.now_ms()
        allowed = [n for n, provider in enumerate(providers) if self._of(stage, provider).lets_through(at_ms)]
        return allowed or list(range(len(providers)))

    def asked(self, stage: Stage, provider: str, emit: Emit) -> None:
        """A request or a session is begun with it."""
        self._move(stage, provider, self._of(stage, provider).asked(self.clock.now_ms()), emit)

    def answered(self, stage: Stage, provider: str, emit: Emit) -> None:
        """It did its work."""
        self._move(stage, provider, self._of(stage, provider).answered(), emit)

    def dropped(self, stage: Stage, provider: str, emit: Emit) -> None:
        """We ended the request before it could tell."""
        self._move(stage, provider, self._of(stage, provider).dropped(self.clock.now_ms()), emit)

    def failed(self, stage: Stage, provider: str, fault: EngineError, emit: Emit) -> None:
        """It failed: on the record, and perhaps not asked for a while."""
        emit(ProviderNoticed(stage, provider, "failed", code_of(fault)))
        kind, wait_ms = _kind_of(fault)
        self._move(stage, provider, self._of(stage, provider).failed(self.clock.now_ms(), kind, wait_ms), emit)

    def _of(self, stage: Stage, provider: str) -> Breaker:
        return self._kept.get((stage, provider)) or Breaker(self.rules)

    def _move(self, stage: Stage, provider: str, after: Breaker, emit: Emit) -> None:
        before = self._of(stage, provider)
        self._kept[stage, provider] = after
        if before.state is after.state:
            return
        kinds: dict[BreakerState, NoticeKind] = {
            BreakerState.CLOSED: "recovered",
            BreakerState.OPEN: "opened",
            BreakerState.HALF_OPEN: "half_open",
        }
        rest_ms = after.until_ms - self.clock.now_ms() if after.state is BreakerState.OPEN else 0.0
        emit(ProviderNoticed(stage, provider, kinds[after.state], ms=round(max(rest_ms, 0.0), 3)))


def code_of(fault: EngineError) -> str:
    """What is said of a fault on the record: our own code, nothing free of a vendor's."""
    return fault.kind if isinstance(fault, ProviderError) else fault.code


def _kind_of(fault: EngineError) -> tuple[ProviderFault, float | None]:
    if isinstance(fault, ProviderError):
        return fault.kind, fault.retry_after_ms
    return "lost", None
