"""Every shipped scenario goes as it says."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from agent.understanding.local import LocalUnderstander
from switchboard.rehearsal.collection import SCENARIOS, scenario_files
from switchboard.rehearsal.performance import perform
from switchboard.rehearsal.scenario_reader import load_scenario
from workflows.language.scripts import shipped_scripts

FILES = scenario_files()
SCRIPTS = shipped_scripts()
SCHEMA = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))


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
    jsonschema.validate(written, SCHEMA)


def test_every_shipped_script_has_scenarios() -> None:
    assert {path.parent.name for path in FILES} >= set(SCRIPTS.scripts)
