"""A value with some of its fields changed, for the large values that every event changes."""

from __future__ import annotations

from typing import Any, TypeVar

V = TypeVar("V")


def changed(value: V, **changes: Any) -> V:
    """A copy of a frozen dataclass without slots, with ``changes``. Raises TypeError for a field it does not have.

    What ``dataclasses.replace`` gives, where no ``__post_init__`` is wanted, without setting field after field: the
    state of a call has some fifty, and one or two of them change.
    """
    held = value.__dict__
    if not held.keys() >= changes.keys():
        raise TypeError(f"{type(value).__name__} has no field {sorted(changes.keys() - held.keys())}")
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", held | changes)
    return copy
