"""What people had done in a live call."""

from __future__ import annotations

from dataclasses import dataclass

from calls.events.base import Body


@dataclass(frozen=True, slots=True)
class OrderAccepted(Body, name="order.accepted"):
    """A supervisor's order is carried out."""

    order: str
    author: str
    kind: str
    """``say | hand_over | end``"""
    words: str = ""
    """what the agent says because of it"""


@dataclass(frozen=True, slots=True)
class OrderRefused(Body, name="order.refused"):
    """A supervisor's order could not be carried out."""

    order: str
    author: str
    kind: str
    reason: str
    """as it was told to the author"""
