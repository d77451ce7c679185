"""The second ear: looks at every whole turn beside understanding, by meaning too, with the last word where the
watch was in doubt or silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from agent.safety.watch import PhraseWatch, shipped_watch
from calls.commands import Unclear
from calls.danger import Danger
from calls.errors import EngineError
from calls.signals import Understood

PATIENCE_S = 0.5
"""Longer than this, and the watch alone decides: a reply never waits for the second ear."""

Understanding = Callable[[], Awaitable[Understood]]

log = logging.getLogger(__name__)


class DangerScorer(Protocol):
    """How much a text means danger. Shared by all calls; works beside the event loop."""

    async def weigh_danger(self, text: str) -> Sequence[float]:
        """A score for each kind, as ``MeaningScorer.scores``. Raises EngineError."""


class SecondEar:
    """Shared by all calls."""

    def __init__(self, scorer: DangerScorer, watch: PhraseWatch | None = None) -> None:
        self._scorer = scorer
        self._watch = watch or shipped_watch()
        self._away = False

    async def hear(self, text: str, locale: str, country: str) -> Danger | None:
        """The danger in a whole turn. When the scorer fails or is late, what the watch finds alone; never raises."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                scores = await self._scorer.weigh_danger(text)
        except (EngineError, TimeoutError) as fault:
            if not self._away:
                log.warning("danger is watched for without its second ear (%s)", type(fault).__name__)
            self._away = True
            return self._watch.find(text, locale, country)
        self._away = False
        return self._watch.weigh(text, np.array(scores), locale, country)


@dataclass(frozen=True, slots=True)
class CallEar:
    """The second ear for one call's line."""

    ear: SecondEar
    locale: str
    country: str

    async def beside(self, turn: int, text: str, understand: Understanding) -> Understood:
        """What ``understand`` finds, with the danger in ``text``; both are looked for at once.

        Of a turn in which somebody is in critical danger nothing else is understood. Raises EngineError when
        ``understand`` does and there is no danger.
        """
        async with asyncio.TaskGroup() as group:
            meaning = group.create_task(_settled(understand))
            danger = await self.ear.hear(text, self.locale, self.country)
            if danger is not None and danger.risk == "critical":
                meaning.cancel()
        if meaning.cancelled():
            return Understood(turn, (), "danger", danger=danger)
        found = meaning.result()
        if isinstance(found, Understood):
            return replace(found, danger=danger)
        if danger is None:
            raise found
        return Understood(turn, (Unclear("engine"),), "failed", danger=danger)


async def _settled(understand: Understanding) -> Understood | EngineError:
    """A fault as a value, so that no task group wraps it."""
    try:
        return await understand()
    except EngineError as fault:
        return fault
