"""How long a language model may keep a caller waiting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelPatience:
    """Limits of one request, ms. Pings and comments do not count as an answer."""

    connect_ms: float = 2_000
    first_ms: float = 4_000
    """from the request to the first event of the answer; a stage's fallback comes earlier than this"""
    between_ms: float = 3_000
    """from one event to the next"""
