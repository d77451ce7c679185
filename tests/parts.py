"""The parts in which `make test` runs the tests, and how each is shared among its workers.

A test marked `alone` belongs to the part that runs alone; of the others, all in a file where one is marked `wire` to
the part that waits, and all else to the part that computes. The variable SWITCHBOARD_TESTS_PART names the part that
is wanted; without it everything runs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest

PART = "SWITCHBOARD_TESTS_PART"
COUNTS = "SWITCHBOARD_TESTS_COUNTS"
"""a file into which the part's counts are written as JSON"""
WAITING, COMPUTING, ALONE = "waiting", "computing", "alone"
COUNTED = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")


class _Placed(Protocol):
    path: Path


def other_part(path: Path) -> bool:
    """Whether nothing in the file is for the wanted part."""
    wanted = os.environ.get(PART)
    if wanted is None or path.suffix != ".py":
        return False
    return not _marks(path, ALONE) if wanted == ALONE else _marks(path, "wire") != (wanted == WAITING)


def keep_part(items: list[pytest.Item]) -> None:
    """Drop what the other parts run. Of what waits the newest subjects, whose tests are longest, come first."""
    wanted = os.environ.get(PART)
    if wanted is not None:
        items[:] = [item for item in items if not other_part(item.path) and _is_alone(item) == (wanted == ALONE)]
    if wanted == WAITING:
        items.sort(key=_reversed)


def _is_alone(item: pytest.Item) -> bool:
    return _marks(item.path, ALONE) and item.get_closest_marker(ALONE) is not None


def scheduler(config: pytest.Config, log: Any) -> Any:
    """pytest-xdist's: a worker takes whole files, and one of them all that load the weights, which take a gigabyte."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            file: str = nodeid.split("::", 1)[0]
            return "models" if _marks(config.rootpath / file, "models") else file

    return Files(config, log)


def write_counts(stats: dict[str, Sequence[object]]) -> None:
    """For the process that runs both parts."""
    if path := os.environ.get(COUNTS):
        counts = {name: len(stats[name]) for name in COUNTED if stats.get(name)}
        Path(path).write_text(json.dumps(counts), encoding="utf-8")


@cache
def _marks(path: Path, marker: str) -> bool:
    text = path.read_text(encoding="utf-8")
    return re.search(rf"^(@|pytestmark = .*)pytest\.mark\.{marker}\b", text, re.MULTILINE) is not None


def _reversed(item: _Placed) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in str(item.path))
