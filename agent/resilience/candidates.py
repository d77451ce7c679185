"""Who may serve a stage, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.ports import CallContext
from calls.errors import Stage
from calls.signals import Signal

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[P]):
    """A provider under the name that lines, breakers and the record have for it."""

    name: str
    """``deepgram/flux``"""
    port: P


Frugal = Callable[[CallContext, Stage, Sequence[str], list[int]], list[int]]
"""(call, stage, providers, places in order) -> places in order: cheaper ones first in a call that has to save"""


def never_frugal(_call: CallContext, _stage: Stage, _providers: Sequence[str], order: list[int]) -> list[int]:
    """The order as it is."""
    return order


def unheard(_signal: Signal) -> None:
    """Where notices go outside any call."""
