"""An export whose manifest was damaged or written by a stranger is refused in a sentence, whatever stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calls.errors import RecordError
from records.export import MANIFEST, verify_export


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        [],
        {},
        {"files": [], "calls": {}},
        {"files": {"a": 1}, "calls": {}},
        {"files": {"a": {}}, "calls": {}},
        {"files": {}, "calls": {"CA1": 3}},
        {"files": {}, "calls": {"CA1": {"file": "a"}}},
        {"files": {}, "calls": {"CA1": {"file": "a", "events": "many", "last_leaf": ""}}},
    ],
)
def test_what_is_no_manifest_is_refused(manifest: object, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(RecordError, match="no readable manifest"):
        verify_export(tmp_path)


def test_a_call_that_names_no_file_of_the_export_is_a_fault(tmp_path: Path) -> None:
    call = {"file": "../elsewhere.jsonl", "events": 1, "last_leaf": "", "recording": 4}
    (tmp_path / MANIFEST).write_text(json.dumps({"files": {"gone": {"sha256": ""}}, "calls": {"CA1": call}}))
    assert verify_export(tmp_path).faults == ("gone: missing", "CA1: its events are missing")
