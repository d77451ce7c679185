"""When Python looks for cycles: seldom, and never through all that was loaded before the first call."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 20
"""Objects made and not yet freed, and rounds, before the next generation is gone through. With Python's own 700, 10, 10
a hundred calls stood still for up to 160 ms; so the oldest come once in several million objects."""


def settle() -> None:
    """Everything is loaded: what is there now stays, and is never gone through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
