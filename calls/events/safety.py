"""What the safety layer found."""

from __future__ import annotations

from dataclasses import dataclass

from calls.danger import DangerKind, Risk, Way
from calls.events.base import Body


@dataclass(frozen=True, slots=True)
class DangerHeard(Body, name="danger.heard"):
    """Words of danger or complaint, met with fixed words; what they were stands in the transcript."""

    kind: DangerKind
    rule: str
    edition: str
    """version of the phrases, as reviewed"""
    risk: Risk
    then: Way
    turn: int
    """the caller's turn they were heard in"""
    partial: bool
    """found before the caller had finished"""
