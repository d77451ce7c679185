"""docs/language.md: drawn from the tables, complete, and its example without fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spoken import Kind
from switchboard.script_pages import language_page
from workflows.language import ACTIONS, shipped_scripts
from workflows.language.keys import ARGUMENT, CASE, INTENT, LINE, NOTE, SCRIPT, SLOT, STEPS, TOPIC, Key
from workflows.language.model import CALL_PLACES, CALL_TRUTHS
from workflows.lint import Source, lint_sources

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert language_page(TEXT) == TEXT, "run: switchboard docs"


TABLES = (SCRIPT, SLOT, TOPIC, LINE, INTENT, CASE, NOTE, ARGUMENT, *STEPS.values())


@pytest.mark.parametrize("key", [key for keys in TABLES for key in keys], ids=lambda key: key.name)
def test_every_key_is_described(key: Key) -> None:
    assert f"| `{key.name}` |" in TEXT
    assert key.meaning in TEXT
    assert key.meaning.endswith(".")


@pytest.mark.parametrize("word", [*STEPS, *ACTIONS, *CALL_PLACES, *CALL_TRUTHS, *(kind.value for kind in Kind)])
def test_every_verb_action_kind_and_gap_is_named(word: str) -> None:
    assert re.search(rf"(### |`|`\{{){word}(`|\}}`|\n)", TEXT), word


def test_its_example_has_no_fault() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    found = lint_sources([Source("callback_only.yaml", example)], shipped_scripts().scripts.values())
    assert [str(complaint) for complaint in found] == []
