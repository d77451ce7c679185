"""The two parts in which `make test` runs the tests side by side, and how each is shared among its workers.

A file with a test marked `wire` belongs to the part that waits, every other file to the part that computes. The
variable SWITCHBOARD_TESTS_PART names the part that is wanted; without it everything runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest

PART = "SWITCHBOARD_TESTS_PART"
COUNTS = "SWITCHBOARD_TESTS_COUNTS"
"""a file into which the part's counts are written as JSON"""
WAITING, COMPUTING = "waiting", "computing"
COUNTED = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")


class _Placed(Protocol):
    path: Path


def other_part(path: Path) -> bool:
    """Whether the file is left to the other part."""
    wanted = os.environ.get(PART)
    return wanted is not None and path.suffix == ".py" and _mentions(path, "pytest.mark.wire") != (wanted == WAITING)


def keep_part(items: list[pytest.Item]) -> None:
    """Drop what the other part runs. Of what waits the newest subjects, whose tests are longest, come first."""
    items[:] = [item for item in items if not other_part(item.path)]
    if os.environ.get(PART) == WAITING:
        items.sort(key=_reversed)


def scheduler(config: pytest.Config, log: Any) -> Any:
    """pytest-xdist's: a worker takes whole files, and one of them all that load the weights, which take a gigabyte."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            file: str = nodeid.split("::", 1)[0]
            return "models" if _mentions(config.rootpath / file, "pytest.mark.models") else file

    return Files(config, log)


def write_counts(stats: dict[str, Sequence[object]]) -> None:
    """For the process that runs both parts."""
    if path := os.environ.get(COUNTS):
        counts = {name: len(stats[name]) for name in COUNTED if stats.get(name)}
        Path(path).write_text(json.dumps(counts), encoding="utf-8")


@cache
def _mentions(path: Path, marker: str) -> bool:
    return marker in path.read_text(encoding="utf-8")


def _reversed(item: _Placed) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in str(item.path))
