"""How long to wait before trying again. Pure, but for the chance it is handed."""

from __future__ import annotations

from datetime import timedelta

from calls.randomness import Randomness

PATIENT_S = (10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0)
"""Webhooks and e-mail: from ten seconds to a day; a receiver may be down over a night."""
BRIEF_S = (10.0, 60.0, 300.0, 1_800.0)
"""Texts: what comes later confuses more than it helps."""
SPREAD = 0.2
"""Up to so much less or more, so that what failed together does not come back together."""


def wait_before(attempt: int, waits_s: tuple[float, ...], randomness: Randomness) -> timedelta | None:
    """How long after failed ``attempt`` (from 1) the next one is due; None when that was the last."""
    if attempt > len(waits_s):
        return None
    return timedelta(seconds=waits_s[attempt - 1] * randomness.uniform(1 - SPREAD, 1 + SPREAD))
