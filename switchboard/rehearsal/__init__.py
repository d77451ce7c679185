"""Calls without audio, on virtual time: what scenarios, simulated callers, coverage and replays run on."""

from __future__ import annotations

from switchboard.rehearsal.call import RehearsalError
from switchboard.rehearsal.rehearsal import Rehearsal
from switchboard.rehearsal.timing import Said, Timing

__all__ = ["Rehearsal", "RehearsalError", "Said", "Timing"]
