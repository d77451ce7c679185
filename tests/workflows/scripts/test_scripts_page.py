"""docs/scripts.md says of every shipped script what its file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflows.language import shipped_scripts
from workflows.language.model import Act, Call, Choose, End, Script, Start, Verify

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "scripts.md").read_text(encoding="utf-8")
SCRIPTS = shipped_scripts().scripts


def row(name: str, what: str) -> set[str]:
    """The names in a row of a script's table."""
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section, f"docs/scripts.md has no section {name}"
    found = re.search(rf"^\| {what} \| (.*) \|$", section.group(1), re.MULTILINE)
    assert found, f"the section {name} has no row {what}"
    return set(re.findall(r"`([a-z_]+)`", found.group(1)))


def actions(script: Script) -> set[str]:
    """Everything a script may ask to be done."""
    steps = script.steps.values()
    named = {step.action for step in steps if isinstance(step, Act)}
    return named | {"verify_caller" for step in steps if isinstance(step, Verify)}


def outcomes(script: Script) -> set[str]:
    """How its calls may be filed."""
    ends = {step.disposition for step in script.steps.values() if isinstance(step, End)}
    return ends | {step.outcome for step in script.steps.values() if isinstance(step, Act) and step.outcome}


def led_to(script: Script) -> set[str]:
    """Other scripts it names."""
    steps = script.steps.values()
    handed = {step.script for step in steps if isinstance(step, Start | Call)}
    return handed | {i.script for step in steps if isinstance(step, Choose) for i in step.intents if i.script}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_the_page_and_the_file_say_the_same(name: str) -> None:
    script = SCRIPTS[name]
    proofs = [step for step in script.steps.values() if isinstance(step, Verify)]
    assert row(name, "slots") == set(script.slots)
    assert row(name, "proof") == {p.what for p in proofs} | {slot for p in proofs for slot in p.by}
    assert row(name, "actions") == actions(script)
    assert row(name, "outcomes") == outcomes(script)
    assert row(name, "fields kept") == set(script.notes)
    assert row(name, "topics") == set(script.topics)
    assert row(name, "leads to") == led_to(script)


def test_the_page_has_no_script_that_is_not_there() -> None:
    assert set(re.findall(r"^\| \[`([a-z_]+)`\]", PAGE, re.MULTILINE)) == set(SCRIPTS)
