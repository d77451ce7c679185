"""Every shipped scenario goes as it says."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from agent.understanding.local import LocalUnderstander
from switchboard.rehearsal.allowances import load_allowances
from switchboard.rehearsal.collection import SCENARIOS, scenario_files
from switchboard.rehearsal.performance import perform
from switchboard.rehearsal.scenario_reader import load_scenario, read_scenario
from workflows.language.nodes import ScriptError
from workflows.language.scripts import shipped_scripts

FILES = scenario_files()
SCRIPTS = shipped_scripts()
SCHEMA = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
VALIDATOR.check_schema(SCHEMA)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_scenario(path: Path) -> None:
    verdict = asyncio.run(perform(load_scenario(path), SCRIPTS, LocalUnderstander()))
    assert verdict.passed, "\n".join(map(str, verdict.problems))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_scenario_is_what_the_schema_says(path: Path) -> None:
    # every scalar is text to us: "yes" and 10:00 mean what they say
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    VALIDATOR.validate(written)


def test_every_shipped_script_has_scenarios() -> None:
    assert {path.parent.name for path in FILES} >= set(SCRIPTS.scripts)


def examples(name: str) -> list[str]:
    text = (Path(__file__).parents[2] / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def test_the_documented_examples_work(tmp_path: Path) -> None:
    scenario, changes = examples("testing-scripts.md")
    verdict = asyncio.run(perform(read_scenario(scenario, "docs", "book"), SCRIPTS, LocalUnderstander()))
    assert verdict.passed, "\n".join(map(str, verdict.problems))
    VALIDATOR.validate(yaml.load(scenario, Loader=yaml.BaseLoader))
    path = tmp_path / "changes.yaml"
    path.write_text(changes, encoding="utf-8")
    assert [change.event for change in load_allowances(path)] == ["line.chosen"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("scenario: x\nsteps:\n  - says: hi\n    keys: '1'\n", "x.yaml:3: a step has says and keys; make each"),
        ("scenario: x\nsteps:\n  - at_word: 3\n", "x.yaml:3: at_word belongs to something the caller does"),
        ("scenario: x\nsteps:\n  - interrupts: hi\n", "x.yaml:3: interrupts does not say when; add at_word"),
        ("scenario: x\nsteps:\n  - keys: one\n", "x.yaml:3: 'one' are no keys; write digits"),
        ("scenario: x\nsteps:\n  - hears: hi\n    events: slot.filed\n", "x.yaml:4: there is no event 'slot.filed'"),
        ("scenario: x\nsteps:\n  - sings: la\n", "x.yaml:3: a step has no 'sings'"),
        ("scenario: x\nnow: soon\nsteps:\n  - silent\n", "x.yaml:2: now 'soon' is no moment"),
        ("scenario: x\nrows: {bokings: []}\nsteps:\n  - silent\n", "x.yaml:2: rows has no 'bokings'; did you mean"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match="^" + re.escape(complaint)):
        read_scenario(text, "x.yaml", "book")


def played(steps: str, end: str = "") -> list[str]:
    text = f"scenario: x\nsteps:\n{steps}{end}"
    verdict = asyncio.run(perform(read_scenario(text, "x.yaml", "book"), SCRIPTS, LocalUnderstander()))
    return [f"{problem.line}: {problem.reason}" for problem in verdict.problems]


@pytest.mark.parametrize(
    ("steps", "end", "told"),
    [
        ("  - hears: a haircut\n", "", "3: 'a haircut' was not heard"),
        ("  - not_hears: recorded\n", "", "3: 'recorded' was heard"),
        ("  - says: a check-up\n    slots: {service: cleaning}\n", "", "4: slot service is 'checkup', not 'cleaning'"),
        ("  - says: a check-up\n    lines: time.ask\n", "", "4: line time.ask was not heard"),
        ("  - says: a check-up\n    events: action.committed\n", "", "4: action.committed did not happen"),
        ("  - says: a check-up\n    no_events: slot.filled\n", "", "4: slot.filled happened"),
        ("  - says: a check-up\n    reply_within_ms: 5\n", "", "4: the reply came after 375.0 ms, not within 5"),
        ("  - says: a check-up\n    questions: 3\n", "", "4: 1 questions were asked, not 3"),
        ("  - says: a check-up\n    step: phone\n", "", "4: step is 'date', not 'phone'"),
        ("  - hangs_up\n", "ended: handed_over\n", "4: ended is 'caller_hung_up', not 'handed_over'"),
        ("  - hangs_up\n", "rows: {bookings: [{name: Ann}]}\n", "4: 0 rows in bookings, not 1"),
        ("  - comes_back\n", "", "3: the caller cannot come back: the line was not lost"),
    ],
)
def test_what_is_not_as_expected_is_told(steps: str, end: str, told: str) -> None:
    assert played(steps, end) == [told]
