"""The patterns, their table and their tests are the same."""

from __future__ import annotations

import re
from pathlib import Path

from calls.repairs import Repair

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "docs" / "repair.md"
_ROW = re.compile(r"^\| `(\w+)` \|.*\| `(test_\w+)` \|$", re.MULTILINE)


def test_the_table_names_every_pattern_once() -> None:
    rows = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    assert [name for name, _ in rows] == [pattern.value for pattern in Repair]


def test_each_has_its_test_with_ten_draws() -> None:
    for name, test in _ROW.findall(TABLE.read_text(encoding="utf-8")):
        text = (HERE / f"{test}.py").read_text(encoding="utf-8")
        numbered = re.sub(r"_[123]$", "", name)
        named = f"Repair.{name.upper()}" in text or f'Repair(f"{numbered}_{{count}}")' in text
        assert named, f"{test} does not look at {name}"
        assert '"seed", SEEDS' in text, test


def test_there_are_at_least_thirty() -> None:
    assert len(Repair) >= 30
