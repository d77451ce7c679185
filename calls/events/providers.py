"""What the providers behind a call's stages did, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calls.errors import Stage
from calls.events.base import Body
from calls.provision import NoticeKind, SpendScope, SpendStep, Unit


@dataclass(frozen=True, slots=True)
class ProviderNoticed(Body, name="provider.noticed"):
    """A provider failed, was slow, was replaced or came back; ``calls/provision.py`` says what each kind means."""

    stage: Stage
    provider: str
    """as the line names it: ``deepgram/flux``"""
    kind: NoticeKind
    reason: str = ""
    """a code; nothing of the caller"""
    ms: float = 0.0
    """``switched``: from the fault until the other was at work; ``slow``, ``hedged``: waited so far; ``opened``: for
    how long"""
    to: str = ""
    """``switched``: who is at work now"""


@dataclass(frozen=True, slots=True)
class UsageCounted(Body, name="usage.counted"):
    """Something a provider charges for."""

    stage: Stage
    provider: str
    amounts: Mapping[Unit, float]


@dataclass(frozen=True, slots=True)
class SpendNoticed(Body, name="spend.noticed"):
    """A limit on spending comes near, or is reached."""

    scope: SpendScope
    step: SpendStep
    spent_usd: float
    limit_usd: float
