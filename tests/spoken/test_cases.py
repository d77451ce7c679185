"""Every table of spoken cases: what is said, and the value that is meant."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from spoken import Choice, Context, Kind, parse, validate

TABLES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def table_of(path: Path) -> dict[str, Any]:
    # Every scalar stays a string: YAML would read 14:30 as a number and 2026-03-17 as a date.
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return loaded


def context_of(table: dict[str, Any]) -> Context:
    hours = table.get("business_hours")
    return Context(
        now=datetime.fromisoformat(table["now"]),
        tz=table["tz"],
        locale=table.get("locale", "en-US"),
        choices=tuple(Choice(c["id"], tuple(c["says"])) for c in table.get("choices", ())),
        length=int(table["length"]) if "length" in table else None,
        pattern=table.get("pattern"),
        business_hours=(hours[0], hours[1]) if hours else None,
    )


def written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


CASES = [
    pytest.param(table["kind"], said, meant, context_of(table), id=f"{path.stem}: {said}")
    for path in TABLES
    for table in [table_of(path)]
    for said, meant in table["cases"].items()
]


@pytest.mark.parametrize(("kind", "said", "meant", "context"), CASES)
def test_value(kind: str, said: str, meant: str, context: Context) -> None:
    parsed = parse(kind, said, context)
    assert written(parsed.value if parsed else None) == meant
    if parsed is not None:
        start, end = parsed.span
        assert parsed.text == said[start:end]
        assert 0 < parsed.confidence <= 1
        assert parsed.value not in parsed.alternatives


@pytest.mark.parametrize(("kind", "said", "meant", "context"), CASES)
def test_recognizer_text_means_the_same(kind: str, said: str, meant: str, context: Context) -> None:
    """Upper case with a full stop, as some recognizers write it."""
    if kind in ("free_text", "address"):
        return
    parsed = parse(kind, said.upper() + ".", context)
    value = written(parsed.value if parsed else None)
    assert value.lower() == meant.lower()


def test_every_kind_has_a_table() -> None:
    assert {table_of(path)["kind"] for path in TABLES} == set(Kind)
    assert len(CASES) >= 250


def test_what_a_table_calls_whole_can_be_validated() -> None:
    for case in CASES:
        kind, said, _, context = case.values
        parsed = parse(kind, said, context)
        if parsed is not None:
            reason = validate(kind, parsed.value, context)
            assert reason is None or reason.endswith(".")
