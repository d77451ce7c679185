"""What a server did wrong, in the carrier's eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Weight = Literal["error", "warning", "note"]
"""error: the call suffered; warning: Twilio would report it; note: it works, but is odd."""
MAX_FINDINGS: Final = 200


@dataclass(slots=True)
class Finding:
    """One kind of fault; repeats are counted, as Twilio itself reports most of them once per stream."""

    code: str
    """Twilio's number where there is one"""
    what: str
    weight: Weight
    at_ms: float
    """of the first time, since the call was answered; 0 before"""
    times: int = 1


@dataclass(slots=True)
class Findings:
    """All findings of a call; bounded, whatever a server does."""

    all: list[Finding] = field(default_factory=list)
    _known: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def add(self, at_ms: float, code: str, what: str, weight: Weight = "warning") -> None:
        """Note a fault, or that it happened again."""
        known = self._known.get((code, what))
        if known is not None:
            known.times += 1
        elif len(self.all) < MAX_FINDINGS:
            finding = Finding(code, what, weight, at_ms)
            self._known[code, what] = finding
            self.all.append(finding)
