"""What every event body has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

EVENTS: dict[str, type[Body]] = {}
"""Every body by its name."""


@dataclass(frozen=True, slots=True)
class Body:
    """What every event body has: a stable ``name`` and a ``version``."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    def __init_subclass__(cls, *, name: str = "", version: int = 1) -> None:
        # dataclass(slots=True) builds each class twice; the second, final one takes the name over.
        cls.name = name or cls.name
        cls.version = version if name else cls.version
        if cls.name:
            EVENTS[cls.name] = cls
